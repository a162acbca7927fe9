// Somebody else's client: what matrix-rust-sdk writes is shown as it is meant, and it reads what is written here.
import assert from "node:assert/strict";
import { together, withCompanion } from "../companion.mjs";
import { say, until } from "../harness.mjs";
import { look } from "../look.mjs";
import { act } from "./messages.mjs";

const line = (words) => `.main .msg:has-text("${words}")`;

export const tests = withCompanion({
    "others: answers, changes, reactions, deletions and mentions, both ways": async (world) => {
        const { page, companion, anna, rosa } = await together(world, { strict: true });
        // Written there.
        await say(page, "Bed 12 is free");
        const free = await companion.sees("the first message", (item) => item.text === "Bed 12 is free");
        assert.deepEqual([free.kind, free.encrypted, free.shield, free.sender], ["m.text", true, null, anna.id]);
        await companion.says("I take it at 15:00", { reply: free.event });
        await page.waitForSelector(`${line("I take it at 15:00")} .quote:has-text("Bed 12 is free")`);
        const late = await companion.says("I come at 16:00");
        await page.waitForSelector(line("I come at 16:00"));
        await companion.do("edit", { event: late.event, text: "I come at 17:00" });
        await page.waitForSelector(`${line("I come at 17:00")}:has-text("(edited)")`);
        assert.equal(await page.locator(line("I come at 16:00")).count(), 0);
        await companion.do("react", { event: free.event, key: "👍" });
        await page.waitForSelector(`${line("Bed 12 is free")} .react:has-text("👍"):has-text("1")`);
        const html = `<p><strong>Now</strong>, <a href="https://matrix.to/#/${anna.id}">Anna</a>: <span data-mx-spoiler="a name">Frau Keller</span> waits</p>`;
        await companion.do("say", { text: `**Now**, [Anna](https://matrix.to/#/${anna.id}): Frau Keller waits`, html, mentions: [anna.id] });
        const named = page.locator(".main .msg.named");
        await named.locator(`.men[data-person="${anna.id}"]:has-text("@Anna Meier")`).waitFor();
        await named.locator('strong:has-text("Now")').waitFor();
        assert.equal(await page.getByText("Frau Keller", { exact: true }).evaluate((one) => one.getClientRects().length === 0 || getComputedStyle(one).fontSize === "0px"), true, "it is hidden");
        assert.equal(await page.locator('.rrow:has-text("Frau Keller")').count(), 0, "nor does the list tell it");
        await look(page, "others-spoiler");
        await named.locator(".spoiler").click();
        assert.notEqual(await page.getByText("Frau Keller", { exact: true }).evaluate((one) => getComputedStyle(one).fontSize), "0px");
        const regret = await companion.says("A mistake");
        await page.waitForSelector(line("A mistake"));
        await companion.do("redact", { event: regret.event, reason: "regret" });
        await page.waitForSelector(line("Message deleted"));
        // Written here.
        await act(page, "I take it at 15:00", "Reply");
        await page.waitForSelector('.cmp .about:has-text("Reply to Rosa Rust")');
        await say(page, "Thank **you**");
        const thanks = await companion.sees("an answer", (item) => item.text === "Thank **you**");
        assert.equal(thanks.html, "Thank <strong>you</strong>");
        assert.equal(thanks.reply.text, "I take it at 15:00");
        assert.deepEqual(thanks.mentions, [rosa.id], "who is answered is told");
        await page.press(".cmp textarea", "ArrowUp");
        await page.waitForSelector(".cmp.editing");
        await page.fill(".cmp textarea", "Thank you both");
        await page.press(".cmp textarea", "Enter");
        const changed = await companion.sees("the changed answer", (item) => item.event === thanks.event && item.edited);
        assert.deepEqual([changed.text, changed.html, changed.reply.text], ["Thank you both", null, "I take it at 15:00"]);
        await page.click(`${line("Bed 12 is free")} .react:has-text("👍")`);
        const both = await companion.sees("a second reaction", (item) => item.event === free.event && item.reactions["👍"]?.length === 2);
        assert.deepEqual(both.reactions["👍"].toSorted(), [anna.id, rosa.id]);
        await page.click(`${line("Bed 12 is free")} .react:has-text("👍")`);
        await companion.sees("the reaction taken back", (item) => item.event === free.event && item.reactions["👍"]?.length === 1);
        await companion.do("react", { event: free.event, key: "👍" });
        await until("no reaction is left", async () => (await page.locator(`${line("Bed 12 is free")} .react`).count()) === 0);
        await page.locator(".cmp textarea").pressSequentially("Ask @ro");
        await page.waitForSelector('.suggest [role="option"]:has-text("Rosa Rust")');
        await page.keyboard.press("Enter");
        await page.keyboard.press("Enter");
        const asked = await companion.sees("a mention", (item) => item.text?.startsWith("Ask @Rosa Rust"));
        assert.deepEqual([asked.mentions, asked.everybody, asked.highlighted], [[rosa.id], false, true]);
        assert.match(asked.html, new RegExp(`<a href="https://matrix.to/#/${rosa.id}">@?Rosa Rust</a>`));
        await page.fill(".cmp textarea", "/me goes");
        await page.press(".cmp textarea", "Enter");
        await companion.sees("an act", (item) => item.kind === "m.emote" && item.text === "goes");
        await say(page, "Not for you");
        const wrong = await companion.sees("what is taken back", (item) => item.text === "Not for you");
        await page.focus(line("Not for you"));
        await page.keyboard.press("Delete");
        await companion.sees("the deletion", (item) => item.event === wrong.event && item.kind === "redacted");
        await look(page, "others-talk");
        assert.equal(await page.locator(".msg .shield").count(), 0);
    },

    "others: threads, both ways": async (world) => {
        const { page, companion, anna, rosa } = await together(world, { strict: true });
        await say(page, "Fridge 2 is warm");
        const { event: thread } = await companion.sees("the root", (item) => item.text === "Fridge 2 is warm");
        await companion.says("Since when?", { thread });
        const { event: look2 } = await companion.says("I go and look", { thread });
        await page.click('.main .thr:has-text("2 replies")');
        await page.waitForSelector('.pane .msg:has-text("Since when?")');
        await page.waitForSelector('.pane .msg:has-text("I go and look")');
        assert.equal(await page.locator('.main .msg:has-text("Since when?")').count(), 0, "the answers stand in the thread only");
        await companion.sees("that it was read", (item) => item.event === look2 && item.read_by.includes(anna.id), { thread });
        await page.fill(".pane .cmp textarea", "Since noon");
        await page.press(".pane .cmp textarea", "Enter");
        const noon = await companion.sees("a message in the thread", (item) => item.text === "Since noon", { thread });
        assert.equal(noon.thread_root, thread);
        assert.equal(noon.reply, null, "the fallback is not taken for an answer");
        assert.deepEqual(noon.mentions, []);
        await companion.sees("three of them", (item) => item.event === thread && item.thread_count === 3);
        assert.equal((await companion.do("items")).filter((item) => item.text === "Since noon").length, 0);
        // An answer inside the thread, each way.
        await companion.says("At noon exactly?", { thread, reply: noon.event });
        await page.waitForSelector('.pane .msg:has-text("At noon exactly?") .quote:has-text("Since noon")');
        await page.hover('.pane .msg:has-text("At noon exactly?")');
        await page.click('.pane .msg:has-text("At noon exactly?") .hoverbar button[aria-label="Reply"]');
        await page.fill(".pane .cmp textarea", "A little later");
        await page.press(".pane .cmp textarea", "Enter");
        const later = await companion.sees("an answer in the thread", (item) => item.text === "A little later", { thread });
        assert.deepEqual([later.reply?.text, later.thread_root, later.mentions], ["At noon exactly?", thread, [rosa.id]]);
        // A change and a reaction inside it.
        await companion.do("edit", { event: look2, text: "I went and looked", thread });
        await page.waitForSelector('.pane .msg:has-text("I went and looked"):has-text("(edited)")');
        await companion.do("react", { event: later.event, key: "🎉", thread });
        await page.waitForSelector('.pane .msg:has-text("A little later") .react:has-text("🎉")');
        await companion.do("read", { event: later.event, thread });
        await page.waitForSelector('.pane .msg:has-text("A little later") [aria-label="Read"]');
        // A thread that begins there, on a message of Rosa's.
        const { event: second } = await companion.says("Who has the key of the store?");
        await page.hover('.main .msg:has-text("Who has the key")');
        await page.click('.main .msg:has-text("Who has the key") .hoverbar button[aria-label="Thread"]');
        await page.waitForSelector('.pane .msg:has-text("Who has the key")');
        await page.fill(".pane .cmp textarea", "I have");
        await page.press(".pane .cmp textarea", "Enter");
        await companion.sees("a new thread", (item) => item.event === second && item.thread_count === 1);
        await companion.sees("its message", (item) => item.text === "I have" && item.thread_root === second, { thread: second });
        await look(page, "others-thread");
        await page.reload();
        await page.waitForSelector('.pane .msg:has-text("I have")');
        await page.waitForSelector('.main .thr:has-text("5 replies")');
    },

    "others: reading, writing, pins and older messages, both ways": async (world) => {
        const { page, companion, anna, rosa } = await together(world);
        await say(page, "Have you read this?");
        const mine = await companion.sees("it", (item) => item.text === "Have you read this?");
        await companion.do("read", { event: mine.event });
        await page.waitForSelector(`${line("Have you read this?")} [aria-label="Read"]`);
        const theirs = await companion.says("I have");
        await companion.sees("that Anna has read", (item) => item.event === theirs.event && item.read_by.includes(anna.id));
        await say(page, "And this?");
        const unthreaded = await companion.sees("it", (item) => item.text === "And this?");
        await companion.do("read", { event: unthreaded.event, unthreaded: true });
        await page.waitForSelector(`${line("And this?")} [aria-label="Read"]`);
        await companion.do("typing", { on: true });
        await page.waitForSelector('.main .typing:has-text("Rosa")');
        await companion.do("typing", { on: false });
        await until("nobody writes", async () => (await page.locator('.main .typing:has-text("Rosa")').count()) === 0);
        await page.locator(".cmp textarea").pressSequentially("One mo");
        await until("Anna is seen writing", async () => (await companion.do("who-types")).includes(anna.id));
        await page.fill(".cmp textarea", "");
        await until("and not any more", async () => (await companion.do("who-types")).length === 0);
        await act(page, "Have you read this?", "Pin");
        await until("it is pinned there", async () => (await companion.do("pinned")).includes(mine.event));
        await companion.do("pin", { event: theirs.event, on: true });
        await page.click('.main > header button[aria-label="Pinned messages"]');
        await page.waitForSelector('.pane .pinned-row:has-text("I have")');
        await page.waitForSelector('.pane .pinned-row:has-text("Have you read this?")');
        await companion.do("pin", { event: mine.event, on: false });
        await until("one is left", async () => (await page.locator(".pane .pinned-row").count()) === 1);
        assert.equal(rosa.id, companion.user);
    },
});
