// What one does with messages: reactions, answers, changes, deletions, mentions, threads, pins, forwarding. Encrypted.
import assert from "node:assert/strict";
import { say, until } from "../harness.mjs";
import { conversation } from "./talking.mjs";

/** The menu of the last message with these words. */
export async function act(page, words, what) {
    await page.hover(`.msg:has-text("${words}") >> nth=-1`);
    const direct = page.locator(`.msg:has-text("${words}") >> nth=-1 >> .hoverbar button[aria-label="${what}"]`);
    if ((await direct.count()) > 0) return direct.click();
    await page.click(`.msg:has-text("${words}") >> nth=-1 >> .hoverbar button[aria-label="More"]`);
    await page.click(`[role="menuitem"]:has-text("${what}")`);
}

async function look(page, name) {
    if (process.env.E2E_LOOK) await page.screenshot({ path: `${process.env.E2E_LOOK}/${name}.png` });
}

export const tests = {
    "reactions, answers, changes and deletions reach the other person": async (world) => {
        const { a, b } = await conversation(world);
        await say(a, "Bed 12 is free");
        await b.waitForSelector('.msg:has-text("Bed 12 is free")');
        // A reaction by the picker, the same one by pressing the pill, and taken back.
        await act(b, "Bed 12 is free", "React");
        await b.fill(".emoji input", "thumbs up");
        await b.click('.emoji .all button[aria-label="thumbs up"]');
        await a.click('.msg .react:has-text("👍")');
        await b.waitForSelector('.msg .react[aria-pressed="true"]:has-text("2")');
        await look(b, "reactions");
        await b.click('.msg .react:has-text("👍")');
        await a.waitForSelector('.msg .react[aria-pressed="true"]:has-text("1")');
        // An answer, by key.
        await b.focus('.msg:has-text("Bed 12 is free")');
        await b.keyboard.press("r");
        await b.waitForSelector('.cmp .about:has-text("Reply to Anna Meier")');
        await look(b, "replying");
        await say(b, "I take it at 15:00");
        await a.waitForSelector('.msg:has-text("I take it at 15:00") .quote:has-text("Bed 12 is free")');
        // A change by the arrow, another one dropped by Escape.
        await b.press(".cmp textarea", "ArrowUp");
        await b.waitForSelector(".cmp.editing");
        await look(b, "editing");
        await b.fill(".cmp textarea", "I take it at 16:00");
        await b.press(".cmp textarea", "Enter");
        await a.waitForSelector('.msg:has-text("I take it at 16:00"):has-text("(edited)")');
        await b.press(".cmp textarea", "ArrowUp");
        await b.press(".cmp textarea", "Escape");
        assert.equal(await b.locator(".cmp.editing").count(), 0);
        // A deletion that is taken back, and one that is not.
        await say(b, "A mistake");
        await a.waitForSelector('.msg:has-text("A mistake")');
        await act(b, "A mistake", "Delete");
        await b.click('.toast button:has-text("Undo")');
        await b.waitForSelector('.msg:has-text("A mistake")');
        await b.focus('.msg:has-text("A mistake")');
        await b.keyboard.press("Delete");
        await b.waitForSelector('.msg:has-text("Message deleted")');
        await a.waitForSelector('.msg:has-text("Message deleted")');
        const events = await world.server.events(a);
        assert.ok(events.some((event) => event.unsigned?.redacted_because), "the server has deleted it");
        await look(a, "messages");
    },

    "mentions, emoji by name, and who has read": async (world) => {
        const { a, b, beat } = await conversation(world);
        await a.waitForSelector('.sys:has-text("Beat Lüthi joined")');
        await a.locator(".cmp textarea").pressSequentially("Ask @be");
        await a.waitForSelector('.suggest [role="option"]:has-text("Beat Lüthi")');
        await look(a, "mention");
        await a.keyboard.press("Enter");
        await a.locator(".cmp textarea").pressSequentially("today :rocke");
        await a.waitForSelector('.suggest [role="option"]:has-text("rocket")');
        await a.keyboard.press("Tab");
        assert.equal(await a.inputValue(".cmp textarea"), "Ask @Beat Lüthi today 🚀");
        await a.keyboard.press("Enter");
        await b.waitForSelector(`.msg.named .men[data-person="${beat.id}"]:has-text("@Beat Lüthi")`);
        await a.waitForSelector('.msg.own [aria-label="Read"]');
        await act(a, "Ask", "Read by");
        await a.waitForSelector('.dlg:has-text("Beat Lüthi")');
        await look(a, "read-by");
    },

    "threads have their own place, and say so in the room": async (world) => {
        const { a, b } = await conversation(world);
        await say(a, "Fridge 2 is warm");
        await b.waitForSelector('.msg:has-text("Fridge 2 is warm")');
        await act(b, "Fridge 2 is warm", "Thread");
        await b.waitForSelector('.pane .msg:has-text("Fridge 2 is warm")');
        for (const text of ["Since when?", "I go and look"]) {
            await b.fill(".pane .cmp textarea", text);
            await b.press(".pane .cmp textarea", "Enter");
            await b.waitForSelector(`.pane .msg:has-text("${text}")`);
        }
        await a.click('.thr:has-text("2 replies")');
        await a.waitForSelector('.pane .msg:has-text("I go and look")');
        assert.equal(await a.locator('.main .msg:has-text("Since when?")').count(), 0, "the answers stand in the thread only");
        await a.fill(".pane .cmp textarea", "Thank you");
        await a.press(".pane .cmp textarea", "Enter");
        await b.waitForSelector('.pane .msg:has-text("Thank you")');
        await b.waitForSelector('.thr:has-text("3 replies")');
        await until("what was read in the thread is no longer counted", async () => (await b.locator(".rrow .badge").count()) === 0);
        await look(b, "thread");
        await b.reload();
        await b.waitForSelector('.pane .msg:has-text("Thank you")');
    },

    "pins, forwarding, and the way to a message far above": async (world) => {
        const { a, b } = await conversation(world);
        await say(a, "Door code: see the board");
        await act(a, "Door code", "Pin");
        await a.click('.main > header button[aria-label="Pinned messages"]');
        await a.waitForSelector('.pane .pinned-row:has-text("Door code")');
        await look(a, "pinned");
        for (let count = 0; count < 90; count++) await a.evaluate(() => undefined).then(() => a.fill(".cmp textarea", `line ${count}\n\n\n\n`).then(() => a.press(".cmp textarea", "Enter")));
        await a.waitForSelector('.msg.own:has-text("line 89")');
        await until("it has scrolled away", async () => (await a.locator('.main .msg:has-text("Door code")').count()) === 0);
        await a.click('.pane .pinned-row button:has-text("Door code")');
        await a.waitForSelector('.main .msg.hit:has-text("Door code")');
        await a.click(".to-end");
        await a.waitForSelector('.main .msg:has-text("line 89")');
        await b.waitForSelector('.msg:has-text("line 89")');
        // The address of a message leads to it.
        const link = await a.evaluate(() => [...document.querySelectorAll(".main .msg")].at(-1).dataset.event);
        await a.goto(`${world.server.url}/chats/${new URL(a.url()).pathname.split("/")[2]}/event/${encodeURIComponent(link)}`);
        await a.waitForSelector('.main .msg.hit:has-text("line 89")');
        await act(b, "line 89", "Forward");
        await look(b, "forward");
        await b.click('.dlg .choice label:has-text("Anna Meier")');
        await b.click('.dlg footer button:has-text("Forward")');
        await until("it is there twice", async () => (await a.locator('.main .msg:has-text("line 89")').count()) === 2);
    },
};
