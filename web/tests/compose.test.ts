/** What is written, as content for others. */
import { expect, test } from "vitest";
import { editOf as edit, forwardOf, messageOf as message, PRIORITY, urgencyOf, type Content, type Mention } from "../src/model/compose.ts";
import { write } from "../src/model/markdown.ts";
import { folded, shownKey } from "../src/model/reactions.ts";

const me = "@me:x";
const messageOf = (written: Parameters<typeof message>[0]): Content => message(written, write);
const editOf = (id: string, text: string, mentions: Mention[], before: string[], who: string, old: Content = {}): Content => edit(id, { text, mentions, me: who }, before, old, write);
const anna = { id: "@anna:x", name: "Anna Meier" };

test("a mention becomes a link and is named in m.mentions", () => {
    const content = messageOf({ text: "Ask @Anna Meier today", mentions: [anna, { id: "@b:x", name: "Beat" }], me });
    expect(content.body).toBe("Ask @Anna Meier today");
    expect(content.formatted_body).toBe('Ask <a href="https://matrix.to/#/@anna:x">@Anna Meier</a> today');
    expect(content["m.mentions"]).toEqual({ user_ids: ["@anna:x"] });
});

test("a name full of Markdown stays a name", () => {
    const odd = { id: "@odd:x", name: "**[x](https://evil)** <b>" };
    const content = messageOf({ text: `Hi @${odd.name}`, mentions: [odd], me });
    expect(content.formatted_body).toContain('<a href="https://matrix.to/#/@odd:x">@**[x](https://evil)** &lt;b&gt;</a>');
});

test("a shorter name takes nothing from a longer one", () => {
    const content = messageOf({ text: "@Anna Meier and @Anna", mentions: [{ id: "@a:x", name: "Anna" }, anna], me });
    expect(content.formatted_body).toBe('<a href="https://matrix.to/#/@anna:x">@Anna Meier</a> and <a href="https://matrix.to/#/@a:x">@Anna</a>');
});

test("a reply names who is answered, a thread falls back to its newest message", () => {
    const reply = messageOf({ text: "yes", mentions: [], reply: { eventId: "$1", sender: "@anna:x" }, me });
    expect(reply["m.mentions"]).toEqual({ user_ids: ["@anna:x"] });
    expect(reply["m.relates_to"]).toEqual({ "m.in_reply_to": { event_id: "$1" } });
    const threaded = messageOf({ text: "yes", mentions: [], thread: { root: "$r", last: "$l" }, me });
    expect(threaded["m.relates_to"]).toEqual({ rel_type: "m.thread", event_id: "$r", is_falling_back: true, "m.in_reply_to": { event_id: "$l" } });
});

test("an edit tells only who is newly named", () => {
    const edited = editOf("$1", "@Anna Meier and @Beat", [anna, { id: "@b:x", name: "Beat" }], ["@anna:x"], me);
    expect(edited.body).toBe("* @Anna Meier and @Beat");
    expect(edited["m.mentions"]).toEqual({ user_ids: ["@b:x"] });
    expect((edited["m.new_content"] as { "m.mentions": unknown })["m.mentions"]).toEqual({ user_ids: ["@anna:x", "@b:x"] });
    expect(edited["m.relates_to"]).toEqual({ rel_type: "m.replace", event_id: "$1" });
});

test("a mark of priority stands in the message, stays through an edit without being news again, and is not forwarded", () => {
    const urgent = messageOf({ text: "Evacuate", mentions: [], urgency: "critical", me });
    expect(urgencyOf(urgent)).toBe("critical");
    expect(urgencyOf(messageOf({ text: "Lunch", mentions: [], me }))).toBeNull();
    const edited = editOf("$1", "Evacuate 4B", [], [], me, urgent);
    expect(urgencyOf(edited)).toBeNull();
    expect(urgencyOf(edited["m.new_content"] as Record<string, unknown>)).toBe("critical");
    expect(urgencyOf(forwardOf(urgent))).toBeNull();
    expect(urgencyOf({ [PRIORITY]: "loud" })).toBeNull();
});

test("the words below a file are changed or taken away, the file stays", () => {
    const file = { url: "mxc://x/1", key: "secret" };
    const picture = { msgtype: "m.image", body: "Ward **today**", format: "org.matrix.custom.html", formatted_body: "Ward <b>today</b>", filename: "ward.jpg", file, info: { w: 1 }, "m.mentions": {} };
    const changed = editOf("$1", "Ward yesterday", [], [], me, picture)["m.new_content"] as Record<string, unknown>;
    expect(changed).toEqual({ msgtype: "m.image", body: "Ward yesterday", filename: "ward.jpg", file, info: { w: 1 }, "m.mentions": {} });
    const bare = editOf("$1", "", [], [], me, picture)["m.new_content"] as Record<string, unknown>;
    expect(bare).toMatchObject({ body: "ward.jpg", filename: "ward.jpg", file });
    expect(bare).not.toHaveProperty("formatted_body");
    // Older clients send the name as the only words.
    const older = editOf("$1", "Look", [], [], me, { msgtype: "m.file", body: "plan.pdf", url: "mxc://x/2" })["m.new_content"];
    expect(older).toMatchObject({ body: "Look", filename: "plan.pdf", url: "mxc://x/2" });
});

test("who is answered stays named when the answer is changed", () => {
    const edited = edit("$1", { text: "no", mentions: [], reply: { eventId: "$0", sender: "@anna:x" }, me }, ["@anna:x"], {}, write);
    expect((edited["m.new_content"] as { "m.mentions": unknown })["m.mentions"]).toEqual({ user_ids: ["@anna:x"] });
    expect(edited["m.mentions"]).toEqual({});
    expect(edited["m.relates_to"]).toEqual({ rel_type: "m.replace", event_id: "$1" });
});

test("what is forwarded loses relations and mentions", () => {
    expect(forwardOf({ msgtype: "m.text", body: "x", "m.relates_to": { rel_type: "m.thread" }, "m.mentions": { room: true } })).toEqual({ msgtype: "m.text", body: "x", "m.mentions": {} });
});

test("reaction keys: emoji stay whole, the rest is short and does not turn text", () => {
    expect(shownKey("👨‍👩‍👧")).toBe("👨‍👩‍👧");
    expect(shownKey("👍🏽")).toBe("👍🏽");
    expect(shownKey("1️⃣")).toBe("1️⃣");
    expect(shownKey("👍\u202egnp")).not.toContain("\u202e");
    expect([...shownKey("x".repeat(500))].length).toBe(20);
    expect(shownKey("\u200b")).toBe("·");
    expect(folded([1, 2, 3, 4, 5, 6, 7, 8, 9], false)).toEqual({ shown: [1, 2, 3, 4, 5, 6], more: 3 });
});
