// Spaces, the directory, asking to be let in, marks of rooms, and jumping.
import { signIn, until } from "../harness.mjs";
import { accessible } from "./accessibility.mjs";
import { look } from "../look.mjs";

const make = async (page, name, { who, encrypted = true } = {}) => {
    await page.click('button[aria-label="New conversation"]');
    await page.click('.dlg .segm button:has-text("New room")');
    await page.fill('input[name="room-name"]', name);
    if (who) await page.selectOption('select[name="who-joins"]', who);
    if (!encrypted) await page.uncheck('input[name="encrypted"]');
    await page.click('.dlg footer button:has-text("Create")');
    await page.waitForSelector(`.main h2:has-text("${name}")`);
};

export const tests = {
    "a space is made, filled, browsed and filters the list": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const beat = await server.person("beat", { shown: "Beat Lüthi" });
        const a = await browser.visit(server);
        await signIn(a, anna);
        await make(a, "IT on call");
        await a.click(".space-button");
        await a.click('[role="menuitem"]:has-text("New space")');
        await a.fill('input[name="space-name"]', "Cardiology");
        await a.fill('input[name="space-topic"]', "Wards 4A and 4B");
        await a.selectOption('select[name="who-joins"]', "anybody");
        await a.click('.dlg footer button:has-text("Create space")');
        await a.waitForSelector('.main h2:has-text("Cardiology")');
        await a.waitForSelector('.empty:has-text("No rooms yet")');
        // The list shows the space's rooms alone: what is made now lies in it.
        await until("the list is filtered", async () => (await a.locator(".rrow").count()) === 0);
        await make(a, "Ward 4B", { who: "space" });
        await a.waitForSelector('.rrow:has-text("Ward 4B")');
        await a.click('.side a[aria-label="Open Cardiology"]');
        await a.waitForSelector('.seen:has-text("Ward 4B")');
        await a.click('button:has-text("Add rooms")');
        await a.click('.dlg label:has-text("IT on call")');
        await a.click('.dlg footer button:has-text("Add")');
        await a.waitForSelector('.seen:has-text("IT on call")');
        await look(a, "space");
        await accessible(a, "space");
        await a.click(".space-button");
        await look(a, "space-menu");
        await a.keyboard.press("Escape");

        // Beat finds the space in the directory, joins it, and may then join its rooms.
        const b = await browser.visit(server);
        await signIn(b, beat);
        await b.click(".space-button");
        await b.click('[role="menuitem"]:has-text("Discover rooms")');
        await b.click('.segm button:has-text("Spaces")');
        await b.click('.seen:has-text("Cardiology") button:has-text("Join")');
        await b.waitForSelector('.main h2:has-text("Cardiology")');
        await b.click('.seen:has-text("Ward 4B") button:has-text("Join")');
        await b.waitForSelector('.main h2:has-text("Ward 4B")');
        await b.waitForSelector(".cmp textarea");
    },

    "rooms are found, looked into, joined, or asked for": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const beat = await server.person("beat", { shown: "Beat Lüthi" });
        const a = await browser.visit(server);
        const b = await browser.visit(server);
        await signIn(a, anna);
        await signIn(b, beat);
        await make(a, "Canteen", { who: "anybody", encrypted: false });
        await a.click('.main > header button[aria-label="Details"]');
        await a.click('.tile:has-text("More")');
        await a.click('[role^="menuitem"]:has-text("Settings")');
        await a.click('.dlg .segm button:has-text("Access")');
        await a.click('.gov-option:has-text("Anyone, also without joining")');
        await a.waitForSelector('.gov-saved:has-text("Saved")');
        await a.keyboard.press("Escape");
        await a.fill(".cmp textarea", "Soup today");
        await a.press(".cmp textarea", "Enter");
        await a.waitForSelector('.msg.own:has-text("Soup today")');
        await make(a, "Night watch", { who: "anybody", encrypted: false });
        await a.click('.main > header button[aria-label="Details"]');
        await a.click('.tile:has-text("More")');
        await a.click('[role^="menuitem"]:has-text("Settings")');
        await a.click('.dlg .segm button:has-text("Access")');
        await a.click('.gov-option:has-text("Anyone may ask")');
        await until("asking is allowed", () => a.locator('.gov-option:has-text("Anyone may ask") input:checked').count());
        await a.keyboard.press("Escape");

        await b.goto(`${server.url}/chats/explore`);
        await b.click('.seen:has-text("Canteen") >> text=Look inside');
        await b.waitForSelector('.seen-inside:has-text("Soup today")');
        await look(b, "explore");
        await accessible(b, "directory");
        await b.fill('input[name="explore"]', "night");
        await until("one is found", async () => (await b.locator(".seen").count()) === 1);
        await b.click('.seen:has-text("Night watch") button:has-text("Ask to join")');
        await b.fill('.dlg input[name="reason"]', "I take over on Friday");
        await b.click('.dlg footer button:has-text("Ask to join")');
        await a.waitForSelector('.rrow:has-text("Night watch") .badge[aria-label="1 person asks to join"]');
        await a.waitForSelector('.knock:has-text("I take over on Friday")');
        await look(a, "knock");
        await a.click('.knock button:has-text("Let in")');
        await b.waitForSelector('.rrow.invitation:has-text("Night watch")');
        await b.click('.rrow.invitation button:has-text("Accept")');
        await b.waitForSelector(".cmp textarea");
    },

    "rooms are marked from the list, and reached by a few letters": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        await server.person("beat", { shown: "Beat Lüthi" });
        const a = await browser.visit(server);
        await signIn(a, anna);
        for (const name of ["Emergency department", "Ward 4B", "Technical services"]) await make(a, name);
        const mark = async (room, item) => {
            await a.click(`.rrow:has-text("${room}")`, { button: "right" });
            await look(a, "row-menu");
            await a.click(`[role^="menuitem"]:has-text("${item}")`);
        };
        await mark("Ward 4B", "Favourite");
        await a.waitForSelector('.sec:has-text("Favourites")');
        await mark("Technical services", "Low priority");
        await a.waitForSelector('.sec:has-text("Low priority")');
        await mark("Emergency department", "Nothing");
        await a.waitForSelector('.rrow:has-text("Emergency department") [aria-label="Muted"]');
        await look(a, "list-sections");
        await a.keyboard.press("Control+k");
        await a.waitForSelector(".jump input");
        await a.keyboard.type("wa 4");
        await look(a, "jump");
        await accessible(a, "jump");
        await a.keyboard.press("Enter");
        await a.waitForSelector('.main h2:has-text("Ward 4B")');
        await a.keyboard.press("Control+k");
        await a.waitForSelector(".jump input");
        await a.keyboard.type("beat");
        await a.waitForSelector('.jump-row:has-text("@beat:localhost")');
        await a.click('.jump-row:has-text("@beat:localhost")');
        await a.waitForSelector('.dlg h3:has-text("Beat Lüthi")');
        await a.click('.dlg button:has-text("Message")');
        await a.waitForSelector('.main h2:has-text("Beat Lüthi")');
        await a.keyboard.press("Control+k");
        await a.waitForSelector(".jump input");
        await a.keyboard.type("dark");
        await a.keyboard.press("Enter");
        await until("it is dark", () => a.evaluate(() => document.documentElement.dataset.theme === "dark"));
        await a.goto(`${server.url}/people`);
        await a.waitForSelector(".people-list .prow");
        await look(a, "people-dark");
        await accessible(a, "people");
    },
};
