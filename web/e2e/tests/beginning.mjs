// A room that is opened again while the server is slow to tell of what came: nothing is missing in it.
import { signIn, until } from "../harness.mjs";

export const tests = {
    "a room opened before the server has told what came shows all of it": async ({ server, browser }) => {
        const anna = await server.person("anna");
        const bruno = await server.person("bruno");
        const ask = await server.as(bruno);
        const room = (await ask("POST", "/createRoom", { name: "Ward", preset: "public_chat", invite: [anna.id] })).room_id;
        const say = async (word, count) => {
            for (let at = 0; at < count; at++) await ask("PUT", `/rooms/${encodeURIComponent(room)}/send/m.room.message/${word}${at}`, { msgtype: "m.text", body: `${word}-${at}` });
        };
        await (await server.as(anna))("POST", `/rooms/${encodeURIComponent(room)}/join`, {});
        await say("early", 5);
        const page = await browser.visit(server, { height: 2600 });
        await signIn(page, anna);
        await page.click(".rrow");
        await page.waitForSelector('.msg:has-text("early-4")');
        await page.goto(`${server.url}/icon.svg`);
        // More than the server tells at once to who comes back.
        await say("later", 40);
        // What is older is asked before the news come, and answered after them.
        let synced = false;
        await page.route(/\/sync\?/, async (route) => {
            await new Promise((resolve) => setTimeout(resolve, 1500));
            await route.continue();
            setTimeout(() => (synced = true), 1000);
        });
        await page.route(/\/messages\?/, async (route) => {
            const answer = await route.fetch();
            await until("the news are here", () => synced);
            await route.fulfill({ response: answer });
        });
        await page.goto(`${server.url}/chats/${encodeURIComponent(room)}`);
        await page.waitForSelector('.msg:has-text("later-39")');
        const wanted = [...Array.from({ length: 5 }, (_, at) => `early-${at}`), ...Array.from({ length: 40 }, (_, at) => `later-${at}`)];
        const shown = () => page.$$eval(".msg .bd p", (all) => all.map((one) => one.textContent.trim()));
        await until("all are here, in order", async () => JSON.stringify(await shown()) === JSON.stringify(wanted)).catch(async (error) => {
            throw new Error(`${error.message}: ${await shown()}`);
        });
    },
};
