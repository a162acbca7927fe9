// The place of administrators: people, proof, operation.
import assert from "node:assert/strict";
import { say, signIn, until } from "../harness.mjs";
import { accessible } from "./accessibility.mjs";
import { look } from "../look.mjs";

const section = async (page, name) => {
    await page.click(`.adm-nav a:has-text("${name}")`);
    await page.waitForSelector(`.adm-main h1:has-text("${name}")`);
};

async function administrator({ server, browser }, options) {
    const anna = await server.person("anna", { admin: true, shown: "Anna Meier" });
    const a = await browser.visit(server, options);
    await signIn(a, anna);
    return { anna, a };
}

const act = async (page, verb) => {
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
