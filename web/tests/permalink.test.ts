/** Addresses in text lead to people, rooms and messages inside. */
import { expect, test } from "vitest";
import { insideOf, linksIn, pathInside } from "../src/model/permalink.ts";

const OWN = ["https://chat.example.org", "https://node-b.example.org:8443"];

test.each([
    ["https://matrix.to/#/@anna:example.org", { person: "@anna:example.org" }],
    ["https://matrix.to/#/%23ward:example.org", { room: "#ward:example.org" }],
    ["https://matrix.to/#/#ward:example.org?via=x.org", { room: "#ward:example.org" }],
    ["https://matrix.to/#/!abc/%24ev?via=x.org", { room: "!abc", event: "$ev" }],
    ["matrix:u/anna:example.org", { person: "@anna:example.org" }],
    ["matrix:u/anna:example.org?action=chat", { person: "@anna:example.org" }],
    ["matrix:r/ward:example.org", { room: "#ward:example.org" }],
    ["MATRIX:roomid/abc:example.org/e/xyz?via=example.org", { room: "!abc:example.org", event: "$xyz" }],
    ["https://chat.example.org/chats/%23ward%3Aexample.org", { room: "#ward:example.org" }],
    ["https://node-b.example.org:8443/chats/!abc/event/%24ev", { room: "!abc", event: "$ev" }],
    ["https://chat.example.org/people/%40anna%3Aexample.org", { person: "@anna:example.org" }],
])("%s", (href, to) => expect(insideOf(href, OWN)).toEqual(to));

test.each([
    "https://matrix.to/#/nonsense",
    "https://matrix.to.evil.example/#/@anna:example.org",
    "https://evil.example/chats/!abc",
    "https://chat.example.org/chats",
    "https://chat.example.org/settings/profile",
    "https://chat.example.org/chats/explore",
    "matrix:x/anna:example.org",
    "matrix:r/%E0%A4%A",
    "matrix:",
    "javascript:alert(1)",
    `https://matrix.to/#/@${"a".repeat(3000)}:example.org`,
])("not inside: %s", (href) => expect(insideOf(href, OWN)).toBeNull());

test("another tab is given an address of this client", () => {
    expect(pathInside({ person: "@anna:example.org" })).toBe("/people/%40anna%3Aexample.org");
    expect(pathInside({ room: "!a/b", event: "$e" })).toBe("/chats/!a%2Fb/event/%24e");
});

const texts = (text: string): string[] => linksIn(text).map((one) => one.text);

test("addresses are found in plain text, with what belongs to the sentence left out", () => {
    expect(texts("See https://intranet.example/beds, then (#ward-4b:example.org) and ask @anna:chat.example.org.")).toEqual(["https://intranet.example/beds", "#ward-4b:example.org", "@anna:chat.example.org"]);
    expect(texts("#Zürich:localhost und matrix:r/ward:example.org!")).toEqual(["#Zürich:localhost", "matrix:r/ward:example.org"]);
    expect(texts("#a:b.ch #c:d.ch\n#e:f.ch")).toEqual(["#a:b.ch", "#c:d.ch", "#e:f.ch"]);
    expect(linksIn("go #ward:example.org")).toEqual([{ from: 3, to: 20, text: "#ward:example.org", href: "https://matrix.to/#/%23ward%3Aexample.org" }]);
    expect(insideOf(linksIn("go #ward:example.org")[0]!.href)).toEqual({ room: "#ward:example.org" });
});

test("what only looks like an address is text", () => {
    for (const text of ["point #3: done", "#3:ok", "@12:30", "write to anna@example.org", "a#b:example.org", "C#:net", "ratio #1:2.", "https://", "@:example.org", "##ward:example.org"]) expect(texts(text)).toEqual([]);
});

test("a text of nothing but addresses ends", () => {
    expect(linksIn("#a:b.ch ".repeat(5000)).length).toBe(200);
    const started = performance.now();
    linksIn(`#${"a:".repeat(20_000)}`);
    linksIn(`@x:${"a.".repeat(20_000)}`);
    expect(performance.now() - started).toBeLessThan(1000);
});
