// Search: encrypted rooms on the device, open ones at the server; nothing readable lies on the device.
import assert from "node:assert/strict";
import { say, until } from "../harness.mjs";
import { accessible } from "./accessibility.mjs";
import { look } from "../look.mjs";
import { room } from "./rooms.mjs";

/** Everything that lies in a database of the page, as text where it is bytes. */
const lying = (page, name) =>
    page.evaluate(async (database) => {
        const open = await new Promise((resolve, reject) => {
            const request = indexedDB.open(database);
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        let text = "";
        let count = 0;
        for (const store of open.objectStoreNames) {
            const all = await new Promise((resolve) => {
                const request = open.transaction(store).objectStore(store).getAll();
                request.onsuccess = () => resolve(request.result);
            });
            for (const one of all) {
                count += 1;
                text += one.bytes ? new TextDecoder("latin1").decode(one.bytes) : JSON.stringify(one);
            }
        }
        open.close();
        return { text, count };
    }, name);

export const tests = {
    "messages of encrypted and open rooms are found, marked, and lead to their place": async (world) => {
        const { a, b } = await room(world, "Bed coordination");
        await say(b, "Compressor of fridge 2 is off, I am replacing the relay now.");
        await say(a, "Who has the key for Fridge 2?");
        for (let count = 0; count < 25; count++) await say(b, `Round ${count}: nothing special`);
        // Another room, open: the server searches it.
        await b.click('button[aria-label="New conversation"]');
        await b.click('.dlg .segm button:has-text("New room")');
        await b.fill('input[name="room-name"]', "Canteen");
        await b.fill('input[name="person"]', "anna");
        await b.uncheck('input[name="encrypted"]');
        await b.click('.dlg footer button:has-text("Create")');
        await b.waitForSelector('.main h2:has-text("Canteen")');
        await say(b, "The fridge of the canteen is full");
        await a.click('.rrow.invitation button:has-text("Accept")');
        await a.waitForSelector('.main h2:has-text("Canteen")');

        await a.keyboard.press("Control+Shift+f");
        await a.waitForSelector(".search-field input");
        await a.keyboard.type("frídge");
        await until("three are found", async () => {
            const found = await a.locator(".result").count();
            if (found < 3) await a.fill(".search-field input", found % 2 ? "fridge" : "fridge ");
            await a.waitForTimeout(700);
            return found === 3;
        });
        assert.deepEqual(await a.locator(".hit-group h3 bdi").allInnerTexts(), ["Canteen", "Bed coordination"]);
        assert.equal(await a.locator(".result mark").first().innerText(), "fridge");
        await look(a, "search");
        await accessible(a, "search");
        await a.click('.search-filters label:has-text("Anna Meier")');
        await until("only Anna's is shown", async () => (await a.locator(".result").count()) === 1);
        await a.click('.search-filters label:has-text("Anna Meier")');
        await a.click('.result:has-text("Compressor")');
        await a.waitForSelector('.msg:has-text("Compressor")');

        await a.click('.main > header button[aria-label="Search"]');
        await a.fill(".search-field input", '"key for"');
        await a.waitForSelector('.room-hits .result:has-text("Who has the key")');
        await look(a, "search-room");
        await a.click('.room-hits .result:has-text("Who has the key")');
        await a.waitForSelector('.msg:has-text("Who has the key")');
        assert.ok(await a.locator(".room-hits").count(), "the search stays open beside the room");

        await a.waitForTimeout(4000);
        const index = await lying(a, "alphorn-index");
        assert.ok(index.count > 0, "the index lies on the device");
        assert.ok(!/fridge|Compressor|relay|nothing special/i.test(index.text), "and nothing in it can be read");
        // It is there after loading the page again, without reading the rooms anew.
        await a.goto(`${world.server.url}/chats/search`);
        await a.fill(".search-field input", "compressor");
        await a.waitForSelector('.result:has-text("relay")');
    },
};
