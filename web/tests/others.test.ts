// @vitest-environment jsdom
/** Messages as Element Web and Element X write them. */
import { createClient, MatrixEvent, Room } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { itemOf, messageContent } from "../src/client/convert.ts";
import { MemoryOutgoing } from "../src/client/outgoing.ts";
import { Polls } from "../src/client/polls.ts";
import { plainLine } from "../src/model/timeline.ts";
import { sanitise } from "../src/views/timeline/sanitise.ts";

const client = createClient({ baseUrl: "http://localhost", userId: "@me:localhost" });
const room = new Room("!r:localhost", client, "@me:localhost");
let next = 0;
const event = (type: string, content: Record<string, unknown>): MatrixEvent => new MatrixEvent({ type, content, event_id: `$${next++}`, sender: "@anna:localhost", room_id: room.roomId, origin_server_ts: next });
const box = (html: string): HTMLElement => Object.assign(document.createElement("div"), { innerHTML: html });

test("places: the name is what was given as such", () => {
    const uri = "geo:46.9481,7.4474;u=12";
    const place = (more: Record<string, unknown>, body: string) => messageContent({ msgtype: "m.location", geo_uri: uri, body, ...more });
    // Element X, Element Web, and a client that knows nothing newer.
    expect(place({ "org.matrix.msc3488.location": { uri, zoom_level: 15 } }, `Location was shared at ${uri}`)).toEqual({ type: "location", uri, body: "" });
    expect(place({ "org.matrix.msc3488.location": { uri, description: null } }, `User Location ${uri} at 2026-11-23T04:00:00.000Z`)).toEqual({ type: "location", uri, body: "" });
    expect(place({ "m.location": { uri, description: "Main gate" } }, "x")).toEqual({ type: "location", uri, body: "Main gate" });
    expect(place({}, "Main gate")).toEqual({ type: "location", uri, body: "Main gate" });
    expect(place({}, `at ${uri}`)).toEqual({ type: "location", uri, body: "" });
});

test("voice messages: length in milliseconds, waveform up to 1024", () => {
    const file = { url: "mxc://x/y", v: "v2", key: {}, iv: "", hashes: {} };
    const element = { msgtype: "m.audio", body: "Voice message", file, info: { duration: 2500, mimetype: "audio/ogg", size: 9000 }, "org.matrix.msc1767.text": "Voice message", "org.matrix.msc1767.file": { file, name: "Voice message.ogg" }, "org.matrix.msc1767.audio": { duration: 2500, waveform: [0, 512, 1024] }, "org.matrix.msc3245.voice": {} };
    expect(messageContent(element)).toMatchObject({ type: "voice", file: { durationMs: 2500, waveform: [0, 512, 1024], mime: "audio/ogg", sizeBytes: 9000 }, caption: null });
});

test("a changed poll is another poll, with its votes counted anew", () => {
    const start = (question: string, answers: string[]) => ({ "org.matrix.msc3381.poll.start": { kind: "org.matrix.msc3381.poll.disclosed", max_selections: 1, question: { "org.matrix.msc1767.text": question }, answers: answers.map((text) => ({ id: text, "org.matrix.msc1767.text": text })) } });
    const asked = event("org.matrix.msc3381.poll.start", start("Who?", ["Anna"]));
    const polls = new Polls(client, new MemoryOutgoing());
    const raw = (): Record<string, unknown> => {
        const item = itemOf(client, room, asked);
        if (item?.kind !== "message" || item.content.type !== "poll") throw new Error("no poll");
        return item.content.raw;
    };
    const first = polls.votes("!r:localhost", "$p", "@anna:localhost", raw());
    expect(polls.votes("!r:localhost", "$p", "@anna:localhost", structuredClone(raw()))).toBe(first);
    // Element Web repeats nothing outside m.new_content.
    asked.makeReplaced(event("org.matrix.msc3381.poll.start", { "m.new_content": start("Who else?", ["Anna", "Beat"]), "m.relates_to": { rel_type: "m.replace", event_id: asked.getId() } }));
    const second = polls.votes("!r:localhost", "$p", "@anna:localhost", raw());
    expect(second).not.toBe(first);
    expect(second?.poll).toMatchObject({ question: "Who else?", answers: [{ text: "Anna" }, { text: "Beat" }] });
});

test("what is hidden stays covered, with its reason, whatever the reason says", () => {
    for (const reason of ["", ' data-mx-spoiler=""', ' data-mx-spoiler="the end: javascript:"']) {
        const html = `He <span${reason || " data-mx-spoiler"}>dies <b>soon</b></span>`;
        const cover = box(sanitise(html, () => null, "Hidden")!).querySelector(".spoiler");
        expect(cover?.getAttribute("role")).toBe("button");
        expect(cover?.getAttribute("tabindex")).toBe("0");
        expect(cover?.getAttribute("aria-label")).toBe(reason.includes("the end") ? "Hidden · the end: javascript:" : "Hidden");
    }
    // Nobody makes a button of anything else.
    const other = box(sanitise('<div data-mx-spoiler="x" role="button" aria-label="y" class="spoiler">z</div>', () => null, "Hidden")!);
    expect(other.innerHTML).toBe("<div>z</div>");
});

test("small pictures in a text are their words", () => {
    expect(box(sanitise('so <img data-mx-emoticon src="mxc://x/y" alt=":party:" height="32"> it is')!).textContent).toBe("so :party: it is");
    expect(sanitise('<img alt="<script>1</script>" src="x">')).not.toContain("<script");
});

test("in one line: people by their names, nothing of what is hidden", () => {
    expect(plainLine("Ask [Anna Meier](https://matrix.to/#/@anna:localhost) today", null)).toBe("Ask Anna Meier today");
    expect(plainLine("see [this](https://example.org)", null)).toBe("see [this](https://example.org)");
    expect(plainLine("He dies soon", 'He <span data-mx-spoiler="end">dies</span> soon')).toBe("He ▒▒▒ soon");
});
