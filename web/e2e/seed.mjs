// `node e2e/seed.mjs ADDRESS [ROOMS] [NAME]`: fills a server with rooms of one account, over its API; the name's password
// is `NAME-in-the-alps`. Used to see that a large account stays smooth.
import { pathToFileURL } from "node:url";

const PARALLEL = 8;
const WARDS = ["Cardiology", "Emergency", "Pharmacy", "Radiology", "Surgery", "Maternity", "Laboratory", "Logistics"];

class Account {
    static async of(api, name, make) {
        const account = new Account();
        account.base = `${api}/_matrix/client/v3`;
        const password = `${name}-in-the-alps`;
        if (make) {
            const first = await fetch(`${account.base}/register`, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" }).then((answer) => answer.json());
            await account.ask("POST", "/register", { username: name, password, auth: { type: "m.login.dummy", session: first.session } }).catch(() => undefined);
        }
        const { access_token, user_id } = await account.ask("POST", "/login", { type: "m.login.password", identifier: { type: "m.id.user", user: name }, password });
        account.token = access_token;
        account.id = user_id;
        return account;
    }

    async ask(method, path, body, patience = 10) {
        const headers = { "Content-Type": "application/json", ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) };
        const answer = await fetch(this.base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
        // A busy server says when to come back.
        if (answer.status === 503 && patience > 0) {
            await new Promise((resolve) => setTimeout(resolve, 2000));
            return this.ask(method, path, body, patience - 1);
        }
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
    }
}

/** Makes `rooms` rooms in which `name` is, each with a few messages of somebody else. */
export async function seed(api, { rooms = 2000, name = "seeded", make = true } = {}) {
    const owner = await Account.of(api, `${name}-owner`, make);
    const reader = await Account.of(api, name, make);
    let next = 0;
    const worker = async () => {
        while (next < rooms) {
            const number = next++;
            const ward = WARDS[number % WARDS.length];
            const { room_id } = await owner.ask("POST", "/createRoom", { name: `${ward} ${number}`, preset: "private_chat", invite: [reader.id] });
            const room = encodeURIComponent(room_id);
            await reader.ask("POST", `/rooms/${room}/join`, {});
            for (let count = 0; count < 1 + (number % 3); count++) {
                await owner.ask("PUT", `/rooms/${room}/send/m.room.message/${number}-${count}`, { msgtype: "m.text", body: `Message ${count} about bed ${number % 40}` });
            }
        }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    return reader.id;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
    const [, , api, rooms = "2000", name = "seeded"] = process.argv;
    if (!api) throw new Error("node e2e/seed.mjs ADDRESS [ROOMS] [NAME]");
    const started = Date.now();
    console.log(await seed(api, { rooms: Number(rooms), name }), `${rooms} rooms, ${((Date.now() - started) / 1000).toFixed(0)} s`);
}
