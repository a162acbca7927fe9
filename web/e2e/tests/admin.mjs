// The place of administrators: people, proof, operation.
import assert from "node:assert/strict";
import { say, signIn, until } from "../harness.mjs";
import { accessible } from "./accessibility.mjs";
import { look } from "../look.mjs";

export const section = async (page, name) => {
    await page.click(`.adm-nav a:has-text("${name}")`);
    await page.waitForSelector(`.adm-main h1:has-text("${name}")`);
};

export async function administrator({ server, browser }, options) {
    const anna = await server.person("anna", { admin: true, shown: "Anna Meier" });
    const a = await browser.visit(server, options);
    await signIn(a, anna);
    return { anna, a };
}

export const act = async (page, verb) => {
    await page.click(`.dlg footer button:has-text("${verb}")`);
    await page.waitForSelector(".dlg", { state: "detached" });
};

export const tests = {
    "an administrator invites a person by link, who talks; is locked and let in again; the audit log says so": async (world) => {
        const { server, browser } = world;
        const { a } = await administrator(world);
        await a.click('.rail a:has-text("Admin")');
        await section(a, "People");
        await a.waitForSelector('.tbl tr:has-text("Anna Meier") .tag:has-text("Administrator")');
        await a.click('button:has-text("Invite")');
        await a.fill('input[name="shown-name"]', "Dr. Chiara Pedretti");
        assert.equal(await a.inputValue('input[name="user-name"]'), "c.pedretti");
        await look(a, "invite");
        await accessible(a, "invite");
        await a.click('.dlg footer button:has-text("Make link")');
        const link = await a.locator(".dlg .copied output").textContent();
        assert.match(link, /\/#\/invitation\/\S+$/);
        await a.waitForSelector(".dlg .qr-box svg path");
        await look(a, "invite-link");
        await a.click('.dlg footer button:has-text("Done")');
        await a.waitForSelector('.tbl tr:has-text("Chiara Pedretti") .tag:has-text("Invited")');

        // Who opens the link in another browser chooses a password and is in.
        const c = await browser.visit(server);
        await c.goto(server.url + link.slice(link.indexOf("/#/")));
        await c.reload();
        await join(c);
        await a.click('.tbl tr:has-text("Chiara Pedretti") .tbl-open');
        await a.click('.pane button:has-text("Message")');
        await a.waitForSelector(".cmp textarea");
        await say(a, "Welcome");
        await c.click('.rrow.invitation button:has-text("Accept")');
        await c.waitForSelector('.msg:has-text("Welcome")');
        await say(c, "Good morning");
        await a.waitForSelector('.msg:has-text("Good morning")');

        await a.click('.rail a:has-text("Admin")');
        await section(a, "People");
        await a.fill(".adm-search input", "chi");
        await until("one is found", async () => (await a.locator(".tbl tbody tr").count()) === 1);
        await a.focus(".tbl-open");
        await a.keyboard.press("Enter");
        await a.waitForSelector('.pane .device');
        await look(a, "person");
        await accessible(a, "person");
        await a.click('.pane button:has-text("Lock this account")');
        await a.fill('.dlg input[name="reason"]', "Badge was found in the car park");
        await look(a, "lock");
        await act(a, "Lock this account");
        await a.waitForSelector('.tbl tr:has-text("Chiara Pedretti") .tag:has-text("Locked")');
        await a.click('.pane button:has-text("Unlock this account")');
        await act(a, "Unlock this account");
        await a.waitForSelector('.pane button:has-text("Lock this account")');

        await section(a, "Registration tokens");
        await a.click('header button:has-text("Make token")');
        await a.fill('.dlg input[name="uses"]', "many");
        await a.click('.dlg footer button:has-text("Make token")');
        await a.waitForSelector('.dlg .field-error:has-text("Enter a number")');
        await a.fill('.dlg input[name="uses"]', "12");
        await look(a, "token");
        await a.click('.dlg footer button:has-text("Make token")');
        const token = await a.locator(".dlg .copied output").textContent();
        await a.click('.dlg footer button:has-text("Done")');
        await a.waitForSelector(`.tbl tr:has-text("${token}"):has-text("0 of 12") .tag:has-text("Good")`);
        await look(a, "tokens");
        await a.click(`.tbl tr:has-text("${token}") .act button`);
        await act(a, "End token");
        await until("it ended", async () => (await a.locator(`.tbl tr:has-text("${token}"):not(:has(.tag:has-text("Not valid")))`).count()) === 0);

        await section(a, "Audit log");
        await a.waitForSelector('.adm-card:has-text("The chain is complete up to entry")');
        await a.waitForSelector('.tbl tr:has(.b:text-is("Locked an account")):has-text("anna")');
        await a.click('.tbl tr:has(.b:text-is("Locked an account")) .tbl-open');
        await a.waitForSelector('.tbl tr.below:has-text("Badge was found in the car park")');
        await look(a, "audit");
        await accessible(a, "audit log");
        await a.selectOption('select[aria-label="Kind of act"]', "tokens");
        await until("tokens only", async () => {
            const rows = await a.locator(".tbl tbody tr").allTextContents();
            return rows.length === 2 && rows.every((row) => /token/.test(row));
        });
    },

    "the overview names the next step; the emergency number that is set is shown when no node answers": async (world) => {
        const { server } = world;
        const { a } = await administrator(world);
        const api = await apiOf(server, "anna");
        const room = await api("POST", "/createRoom", { name: "Emergencies", room_alias_name: "emergencies", preset: "public_chat" });
        await a.click('.rail a:has-text("Admin")');
        await a.waitForSelector('.adm-main h1:has-text("Overview")');
        // How full this machine's disk is decides what is most pressing.
        await a.waitForSelector('.adm-card:has-text("One node serves everybody") a:has-text("Set the number"), .adm-card a:has-text("Look at storage")');
        await look(a, "overview");
        await accessible(a, "overview");
        await section(a, "Settings");
        await a.fill('input[name="phone"]', "ask Anna");
        await a.click('.settings-form button[type="submit"]');
        await a.waitForSelector('.field-error:has-text("Use digits")');
        await a.fill('input[name="phone"]', "4400");
        await a.fill('input[name="channel"]', "#emergencies:localhost");
        await a.fill('input[name="organisation"]', "Hospital of Hochmatt");
        await a.fill('input[name="message"]', "Drill at ten: node C is switched off. Nothing is lost.");
        await a.click('.settings-form button[type="submit"]');
        await a.waitForSelector('.dlg:has-text("4 settings count at once")');
        await act(a, "Save");
        await until("all is saved", () => a.locator('.settings-form button[type="submit"][disabled]').count());
        await look(a, "settings");
        await accessible(a, "settings");
        const told = await (await fetch(`${server.api}/_alphorn/v1/organisation`)).json();
        assert.equal(told.emergency_phone, "4400");
        assert.equal(told.name, "Hospital of Hochmatt");
        await section(a, "Nodes");
        await a.waitForSelector('.tbl tr:has-text("Node") .tag:has-text("In order")');
        await look(a, "nodes");
        await section(a, "Storage");
        await a.waitForSelector(".figures dd");
        await look(a, "storage");
        await accessible(a, "storage");
        await a.click('.rail a:has-text("Chats")');
        // What everybody is told stands above the list until it was read, and where one signs in.
        await a.waitForSelector('.side .announcement:has-text("Drill at ten")');
        await look(a, "announcement");
        await accessible(a, "announcement");
        await a.click('.announcement button[aria-label="Hide this notice"]');
        await a.waitForSelector(".announcement", { state: "detached" });
        const stranger = await world.browser.visit(server);
        await stranger.waitForSelector('.si .announcement:has-text("Drill at ten")');
        await look(stranger, "announcement-sign-in");
        await accessible(stranger, "announcement where one signs in");
        await server.kill();
        await a.waitForSelector('.still .emergency:has-text("use the telephone: 4400") a[href="tel:4400"]');
        await a.waitForSelector(`.still .emergency a[href*="${encodeURIComponent(room.room_id)}"]:has-text("Emergencies")`);
        await look(a, "offline-emergency");
    },

    "a reported message is dealt with; its room is closed and opened; its files are deleted": async (world) => {
        const { server } = world;
        const { a } = await administrator(world);
        await server.person("beat", { shown: "Beat Lüthi" });
        const anna = await apiOf(server, "anna");
        const beat = await apiOf(server, "beat");
        const { room_id } = await beat("POST", "/createRoom", { name: "Buy and sell", preset: "private_chat", invite: ["@anna:localhost"] });
        const room = encodeURIComponent(room_id);
        await anna("POST", `/rooms/${room}/join`, {});
        const { event_id } = await beat("PUT", `/rooms/${room}/send/m.room.message/1`, { msgtype: "m.text", body: "Cheap <b>watches</b>" });
        await beat("PUT", `/rooms/${room}/send/m.room.message/2`, { msgtype: "m.file", body: "list.txt", url: await upload(server, beat, "list.txt") });
        await anna("POST", `/rooms/${room}/report/${encodeURIComponent(event_id)}`, { reason: "Advertising" });
        await a.click('.rail a:has-text("Admin")');
        await section(a, "Reports");
        await a.click('.tbl tr:has-text("Advertising") .tbl-open');
        await a.waitForSelector('.below blockquote:has-text("Cheap <b>watches</b>")');
        await look(a, "report");
        await accessible(a, "reports");
        await a.fill('.below input[name="note"]', "Talked with Beat");
        await a.click('.below button:has-text("Dealt with")');
        await a.waitForSelector('.tbl tr:has-text("Advertising") .tag:has-text("Dealt with")');
        await a.click('.below a:has-text("Buy and sell")');
        await a.waitForSelector('.pane h3:has-text("Buy and sell")');
        await a.waitForSelector('.pane .who:has-text("Beat Lüthi")');
        await look(a, "room");
        await accessible(a, "room");
        await a.click('.pane button:has-text("Delete files")');
        await act(a, "Delete files");
        await a.waitForSelector('.toast:has-text("1 file deleted")');
        await a.click('.pane button:has-text("Close room")');
        await a.waitForSelector('.dlg:has-text("2 people leave it")');
        await act(a, "Close room");
        await a.waitForSelector('.tbl tr:has-text("Buy and sell") .tag:has-text("Closed")');
        await assert.rejects(beat("PUT", `/rooms/${room}/send/m.room.message/3`, { msgtype: "m.text", body: "More" }), /403/);
        await a.click('.pane button:has-text("Open again")');
        await act(a, "Open again");
        await a.click('.pane button:has-text("Delete everything")');
        await a.waitForSelector('.dlg:has-text("closed for good")');
        await act(a, "Delete everything");
        await a.waitForSelector('.tbl tr:has-text("Buy and sell") .tag:has-text("Being emptied")');
        await a.waitForSelector('.pane:has-text("Without a name") .tag:has-text("Emptied")');
        assert.equal(await a.locator('.pane button:has-text("Open again")').count(), 0);
        await section(a, "Files");
        await a.waitForSelector('.adm-main:has-text("No files")');
        await section(a, "Audit log");
        await a.waitForSelector('.tbl tr:has(.b:text-is("Closed a room; all left it"))');
        await a.waitForSelector('.tbl tr:has(.b:text-is("Deleted files of a room"))');
        await a.waitForSelector('.tbl tr:has(.b:text-is("Deleted everything in a room"))');
        await a.waitForSelector('.tbl tr:has(.b:text-is("Dealt with a report"))');
    },

    "who is no administrator sees no entry and gets nothing": async ({ server, browser }) => {
        const beat = await server.person("beat");
        const b = await browser.visit(server);
        await signIn(b, beat);
        await b.waitForTimeout(1500);
        assert.equal(await b.locator('.rail a:has-text("Admin")').count(), 0);
        await b.goto(`${server.url}/admin/people`);
        await b.waitForSelector("text=This place is for administrators");
    },
};

async function join(page) {
    const fields = page.locator('input[type="password"]');
    await fields.first().waitFor();
    for (let at = 0; at < (await fields.count()); at++) await fields.nth(at).fill("correct horse battery");
    await page.click('button[type="submit"]');
    await page.waitForSelector(".side, .tabs");
}

/** What the API answers to this person. */
async function apiOf(server, name) {
    const call = async (method, path, body, token) => {
        const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
        const answer = await fetch(`${server.api}/_matrix/client/v3${path}`, { method, headers, body: JSON.stringify(body) });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
    };
    const identifier = { type: "m.id.user", user: name };
    const { access_token } = await call("POST", "/login", { type: "m.login.password", identifier, password: `${name}-in-the-alps` });
    return Object.assign((method, path, body) => call(method, path, body, access_token), { token: access_token });
}

async function upload(server, { token }, name) {
    const answer = await fetch(`${server.api}/_matrix/media/v3/upload?filename=${name}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "text/plain" },
        body: "one\ntwo\n",
    });
    return (await answer.json()).content_uri;
}
