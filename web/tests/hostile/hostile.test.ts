// @vitest-environment jsdom
/** Nothing that somebody sends runs, breaks the timeline, or looks like what it is not. */
import { createClient, MatrixEvent, Room } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { itemOf } from "../../src/client/convert.ts";
import { RelationIndex } from "../../src/client/relations.ts";
import { boxOf, barsOf, durationWords, kindOf, safeFileName, shownMime, sizeWords } from "../../src/model/files.ts";
import { cleanName } from "../../src/model/names.ts";
import { pollOf } from "../../src/model/poll.ts";
import { calm, rowsOf, type TimelineItem } from "../../src/model/timeline.ts";
import { sanitise } from "../../src/views/timeline/sanitise.ts";
import { CONTENTS, HTML, KEYS, LINKS, NAMES, POLLS } from "./corpus.mjs";

const names: Record<string, string> = { "@evil:localhost": "Eve Example" };
const nameOf = (id: string): string | null => names[id] ?? null;
const client = createClient({ baseUrl: "http://localhost", userId: "@me:localhost" });
const room = new Room("!r:localhost", client, "@me:localhost");
const TURNING = /[\u202a-\u202e]/;
let next = 0;

function event(content: Record<string, unknown>, type = "m.room.message"): MatrixEvent {
    return new MatrixEvent({ type, content, event_id: `$${next++}`, sender: "@evil:localhost", room_id: room.roomId, origin_server_ts: 1 });
}

function box(html: string): HTMLElement {
    const element = document.createElement("div");
    element.innerHTML = html;
    return element;
}

test.each(Object.entries(HTML))("HTML: %s", (_name, html) => {
    const clean = sanitise(html, nameOf);
    if (clean === null) return;
    const found = box(clean);
    expect(found.querySelector("script,style,svg,math,img,iframe,object,embed,form,input,button,video,audio,base,meta,link,textarea,select,picture")).toBeNull();
    for (const element of found.querySelectorAll("*")) {
        for (const { name, value } of element.attributes) {
            expect(["href", "start", "rel", "target", "class", "title", "data-person", "data-room", "data-event", "role", "tabindex", "aria-label"]).toContain(name);
            if (name === "class") expect(["men", "strange", "spoiler"]).toContain(value);
            if (name === "href") expect(value).toMatch(/^((https?|mailto|tel|geo|matrix):|\/(chats|people)\/[%\w.~!$-]+(\/event\/[%\w.~!$-]+)?$)/i);
        }
    }
});

test("what is nested too deeply is shown as text", () => {
    expect(sanitise(HTML.deep!, nameOf)).toBeNull();
});

test("a link that names another address says where it leads", () => {
    expect(box(sanitise(LINKS.otherHost!, nameOf)!).textContent).toContain("(evil.example)");
    expect(box(sanitise(LINKS.userinfo!, nameOf)!).textContent).toContain("(evil.example)");
    expect(box(sanitise(LINKS.turned!, nameOf)!).textContent).not.toMatch(TURNING);
});

test("a mention shows the name of whom it names, whatever it says", () => {
    const found = box(sanitise(LINKS.pill!, nameOf)!);
    expect(found.querySelector(".men")?.textContent).toBe("@Eve Example");
    expect(found.textContent).not.toContain("Anna");
    const odd = box(sanitise(LINKS.pillOdd!, nameOf)!);
    expect(odd.querySelector(".men")?.textContent).toBe("@Eve Example");
    expect(odd.querySelectorAll(".men").length).toBe(1);
    expect(odd.textContent).not.toContain("@room");
});

test.each(Object.entries(CONTENTS))("message: %s", (_name, content) => {
    for (const type of ["m.room.message", "m.sticker", "m.room.encrypted"]) {
        const item = itemOf(client, room, event(structuredClone(content), type));
        if (!item || item.kind !== "message") continue;
        expect(JSON.stringify(item).length).toBeLessThan(400_000);
        const { content: shown } = item;
        if (shown.type === "text") expect(`${shown.body}${shown.html ?? ""}`).not.toMatch(TURNING);
        if ("file" in shown) {
            expect(shown.file.name).not.toMatch(TURNING);
            expect(shown.file.name.length).toBeLessThanOrEqual(200);
            boxOf(shown.file.width, shown.file.height, { width: 400, height: 300 });
            expect(barsOf(shown.file.waveform, 40).every((one) => one >= 0 && one <= 1)).toBe(true);
            expect(durationWords(shown.file.durationMs).length).toBeLessThan(12);
            sizeWords(shown.file.sizeBytes, "de");
            kindOf(shown.file.name, shown.file.mime);
        }
        expect(item.mentions.length).toBeLessThanOrEqual(100);
        expect(item.replyTo === null || typeof item.replyTo === "string").toBe(true);
    }
});

test("all of them together make rows", () => {
    const items = Object.values(CONTENTS).map((content) => itemOf(client, room, event(content))).filter((item): item is TimelineItem => item !== null);
    expect(items.length).toBeGreaterThan(100);
    expect(rowsOf(items, items[3]!.eventId).length).toBeGreaterThan(items.length);
});

test("state of any form does not break the timeline", () => {
    for (const type of ["m.room.member", "m.room.name", "m.room.topic", "m.room.pinned_events", "m.room.power_levels", "m.room.create"]) {
        for (const content of Object.values(CONTENTS).slice(0, 120)) {
            const state = new MatrixEvent({ type, content: { ...content, name: content.body, membership: content.body, displayname: content.info } as Record<string, string>, state_key: "@x:y", event_id: `$${next++}`, sender: "@evil:localhost", room_id: room.roomId, origin_server_ts: NaN as number });
            expect(() => itemOf(client, room, state)).not.toThrow();
        }
    }
});

test("an edit by somebody else is none", () => {
    const target = event({ msgtype: "m.text", body: "I agree" });
    const edit = new MatrixEvent({ type: "m.room.message", event_id: "$edit", sender: "@other:localhost", room_id: room.roomId, origin_server_ts: 2, content: { msgtype: "m.text", body: "* no", "m.new_content": { msgtype: "m.text", body: "I do not" }, "m.relates_to": { rel_type: "m.replace", event_id: target.getId() } } });
    target.makeReplaced(edit);
    const item = itemOf(client, room, target);
    expect(item).toMatchObject({ edited: false, content: { body: "I agree" } });
});

test("reactions with odd keys", () => {
    const index = new RelationIndex();
    for (const key of [...KEYS, 5, null, {}]) index.add(event({ "m.relates_to": { rel_type: "m.annotation", event_id: "$t", key } }, "m.reaction"));
    const found = index.of("$t", "@me:localhost", new Set(), []);
    for (const { shown } of found) {
        expect(shown).not.toMatch(TURNING);
        expect(shown.length).toBeLessThan(80);
    }
});

test("names and file names", () => {
    for (const name of NAMES) {
        const clean = cleanName(name, "somebody");
        expect(clean).not.toMatch(/[\u202a-\u202e\u200b\n]/);
        expect([...clean].length).toBeLessThanOrEqual(300);
    }
    expect(safeFileName("../../../etc/passwd")).toBe("passwd");
    expect(safeFileName("..\\..\\cmd.exe")).toBe("cmd.exe");
    expect(safeFileName("photo\u202egpj.exe")).toBe("photogpj.exe");
    expect(safeFileName("....")).toBe("file");
    for (const mime of ["text/html", "image/svg+xml", "application/xhtml+xml", "image/svg+xml; charset=x", "TEXT/HTML", "application/pdf"]) expect(shownMime(mime)).toBe("application/octet-stream");
});

test("marks do not grow over other lines, and overrides go", () => {
    expect(calm(`Z${"\u0335".repeat(500)}`).length).toBeLessThan(8);
    expect(calm("a\u202eb")).toBe("ab");
    expect(calm("שלום \u2067x\u2069")).toBe("שלום \u2067x\u2069");
});

test("polls of any form", () => {
    for (const poll of POLLS) {
        const found = pollOf(poll);
        if (found) expect(found.question.length).toBeLessThan(600);
    }
});
