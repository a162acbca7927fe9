// A small hospital, so that pictures show what people will see: rooms, people, and messages of the design's mockups.
import { say, signIn } from "./harness.mjs";

const OTHERS = [
    ["nadia", "Nadia Frei"],
    ["elif", "Dr. Elif Yalçın"],
    ["beat", "Beat Lüthi"],
    ["jonas", "Jonas Amrein"],
];
const ROOMS = ["Emergency department", "Ward 4B Cardiology", "IT on call", "Technical services", "Seeburg and Hochmatt"];

/** Makes people and rooms over the API, and talks in the encrypted one with real clients. */
export async function fill(server, browser) {
    const me = await server.person("marie", { shown: "Marie Oberholzer", admin: true });
    const others = [];
    for (const [name, shown] of OTHERS) others.push(await server.person(name, { shown }));
    const [nadia, elif] = others;
    const api = await Api.of(server, me);
    const nadiaApi = await Api.of(server, nadia);
    for (const name of ROOMS) {
        const room = await nadiaApi.ask("POST", "/createRoom", { name, preset: "private_chat", invite: [me.id] });
        if (name !== "Seeburg and Hochmatt") await api.ask("POST", `/rooms/${encodeURIComponent(room.room_id)}/join`, {});
        for (let count = 0; count < (name.startsWith("Ward") ? 12 : 1); count++) {
            await nadiaApi.say(room.room_id, name.startsWith("Emergency") ? "Two ambulances in ten minutes" : "Thank you, that helps a lot");
        }
    }
    const ward = await nadiaApi.ask("POST", "/createRoom", {
        name: "Bed coordination",
        preset: "private_chat",
        invite: [me.id, ...others.slice(1).map((one) => one.id)],
        initial_state: [{ type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
    });
    const room = encodeURIComponent(ward.room_id);
    const pages = {};
    for (const person of [me, nadia, elif, others[2], others[3]]) {
        const own = await Api.of(server, person);
        if (person !== nadia) await own.ask("POST", `/rooms/${room}/join`, {});
        const page = await browser.visit(server);
        await signIn(page, person);
        await page.goto(`${server.url}/chats/${room}`);
        await page.waitForSelector(".cmp textarea");
        pages[person.name] = page;
    }
    await pages.marie.waitForTimeout(1500);
    await say(pages.nadia, "Bed 12 on 4B is free from 14:30. Cleaning is booked, ready for a transfer from intensive care.");
    await say(pages.elif, "Good. I have one patient ready, stable since this morning. He needs a monitor with an **arterial line**. Can you take him at 15:00?");
    await say(pages.nadia, "Yes, 15:00 works. I have asked Jonas to check the monitor.");
    await say(pages.nadia, "- bed 12: monitor\n- bed 14: oxygen\n- see https://intranet.example/beds");
    await say(pages.beat, "Fridge 4 is at 3.8 °C and holding. Compressor of fridge 2 is off, I am replacing the relay now. Ten minutes.");
    await say(pages.marie, "Thank you. I have told the emergency department. Next update here at 14:30.");
    await say(pages.marie, "The list is in the folder `beds/today`.");
    await say(pages.jonas, "The monitor in bed 12 is tested and on the network. Arterial line works.");
    await pages.elif.fill(".cmp textarea", "One mo");
    await pages.jonas.waitForTimeout(1000);
    for (const person of [nadia, others[2], others[3]]) await pages[person.name].context().close();
    // The same device goes on: its keys open what was written.
    return { me, page: pages.marie, room };
}

class Api {
    static async of(server, { name, password }) {
        const api = new Api();
        api.base = `${server.api}/_matrix/client/v3`;
        const { access_token } = await api.ask("POST", "/login", { type: "m.login.password", identifier: { type: "m.id.user", user: name }, password });
        api.token = access_token;
        return api;
    }

    async ask(method, path, body) {
        const headers = { "Content-Type": "application/json", ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) };
        const answer = await fetch(this.base + path, { method, headers, body: JSON.stringify(body) });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
    }

    say(room, body) {
        return this.ask("PUT", `/rooms/${encodeURIComponent(room)}/send/m.room.message/${Math.random()}`, { msgtype: "m.text", body });
    }
}
