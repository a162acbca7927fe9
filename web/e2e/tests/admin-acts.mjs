// What an administrator does about people, rooms and files, and what it is like for those whom it is done to.
import assert from "node:assert/strict";
import { say, signIn, until } from "../harness.mjs";
import { act, administrator, section } from "./admin.mjs";
import { accessible } from "./accessibility.mjs";
import { look } from "../look.mjs";

/** Anna administers; Beat is in a room with her, and looks at it. */
async function atWork(world) {
    const { server, browser } = world;
    const { anna, a } = await administrator(world);
    const beat = await server.person("beat", { shown: "Beat Lüthi" });
    const ask = await server.as(beat);
    const { room_id: id } = await ask("POST", "/createRoom", { name: "Ward 4B", preset: "private_chat", invite: [anna.id] });
    const annaAsks = await server.as(anna);
    await annaAsks("POST", `/rooms/${encodeURIComponent(id)}/join`, {});
    const b = await browser.visit(server);
    await signIn(b, beat);
    await b.click('.rrow:has-text("Ward 4B")');
    await b.waitForSelector(".cmp textarea");
    return { a, b, anna, beat, id, ask, annaAsks };
}

const gone = (page, selector) => page.waitForSelector(selector, { state: "detached" });

/** Writes, without waiting for what becomes of it. */
async function write(page, text) {
    await page.fill(".cmp textarea", text);
    await page.press(".cmp textarea", "Enter");
}

/** The entries of the log whose words these are, in any order. */
async function audited(page, ...words) {
    await section(page, "Audit log");
    for (const one of words) await page.waitForSelector(`.tbl tr:has(.b:text-is("${one}")):has-text("anna")`);
}

const person = async (page, name) => {
    await section(page, "People");
    await page.click(`.tbl tr:has-text("${name}") .tbl-open`);
    await page.waitForSelector(`.pane h3:has-text("${name}")`);
};

const choose = async (page, verb) => {
    await page.click('.pane .row > button[aria-label="More"]');
    await page.click(`[role="menuitem"]:has-text("${verb}")`);
};

export const tests = {
    "who is locked, suspended, made an administrator or given a password sees it at once": async (world) => {
        const { a, b, beat, id, annaAsks } = await atWork(world);
        await a.click('.rail a:has-text("Admin")');
        await person(a, "Beat Lüthi");

        await a.click('.pane button:has-text("Lock this account")');
        await act(a, "Lock this account");
        await write(b, "What now?");
        await b.waitForSelector('.bar:has-text("This account is locked")');
        await b.waitForSelector('.msg:has-text("What now?") .st button:has-text("Try again")');
        await look(b, "locked");
        await a.click('.pane button:has-text("Unlock this account")');
        await act(a, "Unlock this account");
        await b.click('.msg:has-text("What now?") .st button:has-text("Try again")');
        await gone(b, '.msg:has-text("What now?") .st');
        await gone(b, '.bar:has-text("This account is locked")');

        await choose(a, "Let only read");
        await a.fill('.dlg input[name="reason"]', "Wrote to the whole hospital");
        await act(a, "Let only read");
        await a.waitForSelector('.tbl tr:has-text("Beat Lüthi") .tag:has-text("Only reads")');
        await write(b, "May I?");
        await b.waitForSelector('.msg:has-text("May I?") .st:has-text("This account is suspended")');
        await annaAsks("PUT", `/rooms/${encodeURIComponent(id)}/send/m.room.message/1`, { msgtype: "m.text", body: "You can read this" });
        await b.waitForSelector('.msg:has-text("You can read this")');
        await look(b, "suspended");
        await accessible(b, "suspended");
        await choose(a, "Let write again");
        await act(a, "Let write again");
        await gone(a, '.tbl tr:has-text("Beat Lüthi") .tag:has-text("Only reads")');
        await b.click('.msg:has-text("May I?") .st button:has-text("Try again")');
        await gone(b, '.msg:has-text("May I?") .st');

        assert.equal(await b.locator('.rail a:has-text("Admin")').count(), 0);
        await choose(a, "Make administrator");
        await act(a, "Make administrator");
        await a.waitForSelector('.tbl tr:has-text("Beat Lüthi") .tag:has-text("Administrator")');
        await a.waitForSelector('.pane:has-text("Administrators are not locked")');
        await comesBack(b, () => b.locator('.rail a:has-text("Admin")').count());
        await b.click('.rail a:has-text("Admin")');
        await section(b, "People");
        await b.waitForSelector('.tbl tr:has-text("Anna Meier")');
        await choose(a, "Take rights");
        await act(a, "Take rights");
        await gone(a, '.tbl tr:has-text("Beat Lüthi") .tag:has-text("Administrator")');
        // Whatever is asked for next is refused, and the place is gone.
        await b.click('.adm-nav a:has-text("Reports")');
        await b.waitForSelector("text=This place is for administrators");
        await gone(b, '.rail a:has-text("Admin")');
        await look(b, "rights-taken");

        await a.click('.pane button:has-text("Password")');
        await a.click('.dlg button:has-text("By telephone")');
        await look(a, "password");
        await a.click('.dlg footer button:has-text("Set password")');
        const password = await a.locator(".dlg .copied output").textContent();
        await look(a, "password-set");
        await accessible(a, "password set");
        await a.click('.dlg footer button:has-text("Done")');
        await b.waitForSelector('.notice:has-text("You were signed out")');
        await b.fill('input[name="user"]', beat.name);
        await b.fill('input[name="password"]', beat.password);
        await b.click('button[type="submit"]');
        await b.waitForSelector('[role="alert"]');
        await look(b, "old-password");
        await signIn(b, { ...beat, password });
        await b.waitForSelector('.rrow:has-text("Ward 4B")');

        await audited(a, "Locked an account", "Unlocked an account", "Let somebody only read", "Let somebody write again");
        await audited(a, "Gave administrator’s rights", "Took administrator’s rights", "Set a new password");
        await a.click('.tbl tr:has(.b:text-is("Let somebody only read")) .tbl-open');
        await a.waitForSelector('.tbl tr.below:has-text("Wrote to the whole hospital")');
    },

    "a closed room says so to who writes, and its people learn that it was closed; a file that is kept back is not shown": async (world) => {
        const { a, b, id } = await atWork(world);
        const picture = { name: "plan.png", mimeType: "image/png", buffer: await b.screenshot({ clip: { x: 0, y: 0, width: 320, height: 240 } }) };
        await b.setInputFiles('.cmp input[type="file"]', picture);
        await b.waitForSelector(".cmp .tile");
        await b.press(".cmp textarea", "Enter");
        await b.waitForSelector(".msg.own .picture img");
        await gone(b, ".msg.own .picture .over");
        await until("it is sent", () => b.locator('.msg.own [aria-label="Sent"], .msg.own [aria-label^="Read"]').count());

        await a.click('.rail a:has-text("Admin")');
        await section(a, "Files");
        await a.click('.tbl tr:has-text("beat") .tbl-open');
        await a.click('.tbl tr:has-text("image/png") button[aria-haspopup="menu"]');
        await a.click('[role="menuitem"]:has-text("Keep back")');
        await act(a, "Keep back");
        await a.waitForSelector('.tbl tr:has-text("image/png") .tag:has-text("Kept back")');
        await look(a, "file-held");
        // Anna has not seen it before, and does not see it now; nor does who opens the page anew.
        for (const page of [a, b]) {
            await page.goto(`${world.server.url}/chats/${encodeURIComponent(id)}`);
            await page.waitForSelector('.msg .file:has-text("plan.png"):has-text("an administrator keeps it back")');
            assert.equal(await page.locator(".msg .picture img").count(), 0);
        }
        await look(a, "file-not-shown");
        await a.click('.rail a:has-text("Admin")');
        await section(a, "Files");
        await a.click('.adm-main button:has-text("Kept back"), .adm-main [role="radio"]:has-text("Kept back")');
        await a.click('.tbl tr:has-text("image/png") button[aria-haspopup="menu"]');
        await a.click('[role="menuitem"]:has-text("Give free")');
        await act(a, "Give free");
        await b.reload();
        await b.waitForSelector(".msg .picture img");

        const room = async () => {
            await section(a, "Rooms");
            await a.click('.tbl tr:has-text("Ward 4B") .tbl-open');
        };
        await room();
        await a.click('.pane button:has-text("Close room")');
        await a.click('.dlg label:has-text("Let members go on reading")');
        await act(a, "Close room");
        await a.waitForSelector('.tbl tr:has-text("Ward 4B") .tag:has-text("Closed")');
        await write(b, "Is it over?");
        await b.waitForSelector('.msg:has-text("Is it over?") .st:has-text("An administrator has closed this room")');
        await look(b, "room-closed");
        await a.click('.pane button:has-text("Open again")');
        await act(a, "Open again");
        await gone(a, '.tbl tr:has-text("Ward 4B") .tag:has-text("Closed")');
        await b.click('.msg:has-text("Is it over?") .st button:has-text("Try again")');
        await gone(b, '.msg:has-text("Is it over?") .st');

        await a.click('.pane button:has-text("Close room")');
        await act(a, "Close room");
        await gone(b, '.rrow:has-text("Ward 4B")');
        await b.waitForSelector('.main:has-text("Ward 4B is closed"):has-text("Everybody has left it")');
        await look(b, "room-left");
        await audited(a, "Kept a file back", "Gave a file free", "Closed a room for writing", "Opened a room again", "Closed a room; all left it");
        await look(a, "audit-acts");
    },
};

/** Somebody turns to the page again, until it has heard. */
async function comesBack(page, heard) {
    await until("the page has asked again", async () => {
        await page.evaluate(() => dispatchEvent(new Event("focus")));
        return heard();
    });
}
