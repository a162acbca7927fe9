// What is told of what arrives, and when nothing is.
import assert from "node:assert/strict";
import { say, signIn, until } from "../harness.mjs";

/** Records what is shown and played, and lets the test say whether the window is in front. */
function record() {
    window.told = [];
    window.away = false;
    Document.prototype.hasFocus = () => !window.away;
    window.Notification = class {
        static permission = "granted";
        static requestPermission = async () => "granted";
        constructor(title, { body }) {
            window.told.push(`${title}: ${body}`);
        }
        close() {}
    };
    const start = OscillatorNode.prototype.start;
    window.notes = 0;
    OscillatorNode.prototype.start = function (...rest) {
        window.notes += 1;
        return start.apply(this, rest);
    };
}

export const tests = {
    "notifications: told while away, quiet when asked, priority comes through": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const beat = await server.person("beat", { shown: "Beat Lüthi" });
        const b = await browser.visit(server);
        await signIn(b, beat);
        const a = await browser.visit(server);
        await a.addInitScript(record);
        await a.reload();
        await signIn(a, anna);
        await b.click('button[aria-label="New conversation"]');
        await b.fill('input[name="person"]', "anna");
        await b.click('.dlg footer button:has-text("Start")');
        await a.click('.rrow.invitation button:has-text("Accept")');
        await a.waitForSelector(".cmp textarea");
        await b.waitForSelector('.sys:has-text("Anna Meier joined"), .sys:has-text("changes")');
        const told = () => a.evaluate(() => window.told);

        await say(b, "You see this one.");
        await a.waitForSelector('.msg:has-text("You see this one.")');
        assert.deepEqual(await told(), [], "what is looked at is not told");

        await a.click('.rail a:has-text("People")');
        await a.evaluate(() => void (window.away = true));
        await say(b, "Fridge 4 is at 9 °C");
        await until("it is told", async () => (await told()).length === 1);
        assert.match((await told())[0], /Beat Lüthi: Fridge 4 is at 9 °C/);
        assert.ok((await a.evaluate(() => window.notes)) > 0, "a sound was made");
        await until("the number is in the title", async () => /^\(1\)/.test(await a.title()));
        await until("and on the icon", () => a.evaluate(() => document.querySelector('link[rel~="icon"]').href.startsWith("blob:")));

        await a.evaluate(() => history.pushState(null, "", "/settings/notifications"));
        await a.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
        await a.click('button:has-text("Quiet for 1 hour")');
        await a.waitForSelector("text=You are not disturbed at the moment.");
        await a.evaluate(() => void ((window.told = []), (window.notes = 0)));
        await say(b, "Nothing urgent.");
        await until("it is counted", async () => (await a.locator(".rail .badge").count()) > 0);
        await a.waitForTimeout(2000);
        assert.deepEqual(await told(), []);

        // To everybody in the room, from one who may do that.
        const token = await server.watcherToken(b);
        const room = new URL(b.url()).pathname.split("/")[2];
        const sent = await fetch(`${server.api}/_matrix/client/v3/rooms/${room}/send/m.room.message/priority1`, {
            method: "PUT",
            headers: { Authorization: `Bearer ${token}` },
            body: JSON.stringify({ msgtype: "m.text", body: "@room Evacuate ward 4B", "m.mentions": { room: true } }),
        });
        assert.ok(sent.ok);
        await until("priority comes through", async () => (await told()).length === 1);
        assert.match((await told())[0], /^Priority: .*Evacuate ward 4B/);
        assert.equal(await a.evaluate(() => window.notes), 8, "in its own rhythm");

        // With the mark of the composer's menu; list and timeline say it, too.
        await b.click('.cmp button[aria-label="Attach"]');
        await b.click('[role="menuitem"]:has-text("Mark as critical")');
        await b.waitForSelector('.cmp .about:has-text("Critical")');
        await say(b, "Fire in ward 4B");
        await until("the mark comes through", async () => (await told()).length === 2);
        await b.waitForSelector('.msg:has-text("Fire in ward 4B") b.critical:has-text("Critical")');
        assert.equal(await b.locator(".cmp .about").count(), 0, "the next message is not marked");
        await a.click('.rail a:has-text("Chats")');
        await a.waitForSelector('.rrow [aria-label="Critical"]');
        await a.evaluate(() => history.pushState(null, "", "/settings/notifications"));
        await a.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));

        await a.fill('input[name="keyword"]', "fridge");
        await a.click('button:has-text("Add")');
        await a.waitForSelector('.chip:has-text("fridge")');
        await a.click('label:has-text("All messages in rooms")');
        await a.reload();
        await a.waitForSelector('.chip:has-text("fridge")');
        await until("the choice is kept", () => a.locator('.switch-row:has-text("All messages in rooms") input:not(:checked)').count());
    },
};
