/** Addresses lead to places and back. */
import { expect, test } from "vitest";
import { CLIENT_PATHS, formatRoute, parseRoute, type Route } from "../src/model/route.ts";

const ROUTES: Route[] = [
    { place: "chats" },
    { place: "chats", room: "!abc/def:example.org" },
    { place: "chats", room: "!a:b", panel: "details" },
    { place: "chats", room: "!a:b", panel: "thread", thread: "$x/y" },
    { place: "chats", room: "!a:b", event: "$x" },
    { place: "chats", room: "!a:b", panel: "search", event: "$x" },
    { place: "chats", view: "explore" },
    { place: "chats", view: "search" },
    { place: "chats", view: "space", space: "!a:b/c" },
    { place: "settings", section: "devices" },
    { place: "admin", section: "people", item: "@a:b" },
    { place: "invite", token: "abc" },
];

test.each(ROUTES)("%o survives its address", (route) => {
    const path = formatRoute(route);
    expect(parseRoute(path)).toEqual(route);
    expect(path === "/" || CLIENT_PATHS.includes(path.split("/")[1]!)).toBe(true);
});

test("a broken address leads to the list, not to an error", () => {
    expect(parseRoute("/chats/%E0%A4%A")).toEqual({ place: "chats" });
    expect(parseRoute("/nonsense")).toEqual({ place: "unknown" });
});
