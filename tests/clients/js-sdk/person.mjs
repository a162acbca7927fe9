// One user on one device: matrix-js-sdk with its Rust encryption in memory, syncing by the classic /sync.
import * as sdk from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";

import { Failure, ensure, until } from "./report.mjs";

// The SDK and its WebAssembly part tell everything they do on the console; steps go to console.log.
const QUIET = ["trace", "debug", "info", "warn", "error"];
const quiet = Object.fromEntries(QUIET.map((level) => [level, () => {}]));
quiet.getChild = () => quiet;
if (!process.env.DEBUG) {
    logger.setLevel("silent", false);
    Object.assign(console, Object.fromEntries(QUIET.map((level) => [level, () => {}])));
}

/** Registers through the flow with only the dummy stage; returns the user id. */
export async function register(url, name, password) {
    const client = sdk.createClient({ baseUrl: url, logger: quiet });
    const request = { username: name, password, inhibit_login: true };
    let session;
    try {
        await client.registerRequest(request);
        throw new Failure("registration without any authentication stage was accepted");
    } catch (error) {
        if (error instanceof Failure) throw error;
        const flows = error.data?.flows ?? [];
        ensure(error.httpStatus === 401, `expected 401 with flows, got ${error.httpStatus} ${error.message}`);
        const dummy = flows.some((flow) => flow.stages.every((stage) => stage === "m.login.dummy"));
        ensure(dummy, `no flow with only m.login.dummy: ${JSON.stringify(flows)}`);
        session = error.data.session;
    }
    const answer = await client.registerRequest({ ...request, auth: { type: "m.login.dummy", session } });
    ensure(answer.access_token === undefined, "inhibit_login was ignored");
    return answer.user_id;
}

/**
 * A `fetch` whose syncs wait for the sends that are under way. The two are answered in any order, but the SDK takes an
 * event of a thread for failed when its echo comes first: it looks for it in the main timeline only, and sends it again.
 */
function sendsBeforeEchoes() {
    const sending = new Set();
    return async (resource, options) => {
        const { pathname } = new URL(resource);
        const asked = fetch(resource, options);
        if (options?.method === "PUT" && /\/(send|redact)\//.test(pathname)) {
            const answered = asked.then(async (answer) => new Response(await answer.text(), answer));
            sending.add(answered);
            return answered.finally(() => sending.delete(answered));
        }
        const answer = await asked;
        if (pathname.endsWith("/sync") && sending.size > 0) {
            await Promise.allSettled(sending);
            // The SDK reads the answer, which is all here, in the turns of the event loop before this one.
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return answer;
    };
}

export class Person {
    /** Logs in by password on a new device and waits for the first sync. */
    static async login(url, name, password, device) {
        const person = new Person();
        Object.assign(person, { url, name, password, secretKey: undefined });
        const login = await sdk.createClient({ baseUrl: url, logger: quiet }).loginRequest({
            type: "m.login.password",
            identifier: { type: "m.id.user", user: name },
            password,
            initial_device_display_name: device,
        });
        person.client = sdk.createClient({
            baseUrl: url,
            accessToken: login.access_token,
            userId: login.user_id,
            deviceId: login.device_id,
            timelineSupport: true,
            fetchFn: sendsBeforeEchoes(),
            logger: quiet,
            verificationMethods: ["m.sas.v1"],
            cryptoCallbacks: {
                getSecretStorageKey: async ({ keys }) => person.secretKey && [Object.keys(keys)[0], person.secretKey],
            },
        });
        await person.client.initRustCrypto({ useIndexedDB: false });
        await person.client.startClient({ lazyLoadMembers: true, threadSupport: true, initialSyncLimit: 20 });
        await until("the first sync", () => person.client.isInitialSyncComplete());
        return person;
    }

    get id() {
        return this.client.getUserId();
    }

    get crypto() {
        return this.client.getCrypto();
    }

    room(roomId) {
        const room = this.client.getRoom(roomId);
        ensure(room, `${this.name} does not know ${roomId}`);
        return room;
    }

    /** The room once sync has brought it with the wanted membership. */
    async roomAs(roomId, membership) {
        return until(`${this.name} to be "${membership}" in the room`, () => {
            const room = this.client.getRoom(roomId);
            return room?.getMyMembership() === membership && room;
        });
    }

    /** An event by its id, once sync has brought it and it could be decrypted. */
    async event(roomId, eventId, what = "the event") {
        return until(`${this.name} to get ${what}`, () => {
            const event = this.room(roomId).findEventById(eventId);
            const ready = event && !event.isBeingDecrypted() && !event.isDecryptionFailure() && !event.status;
            return ready && event.getType() !== "m.room.encrypted" && event;
        });
    }

    async say(roomId, body) {
        return (await this.client.sendTextMessage(roomId, body)).event_id;
    }

    /** What user-interactive authentication by password needs. */
    async withPassword(makeRequest) {
        try {
            return await makeRequest(null);
        } catch (error) {
            if (error.httpStatus !== 401 || !error.data?.flows) throw error;
            return makeRequest({
                type: "m.login.password",
                identifier: { type: "m.id.user", user: this.id },
                password: this.password,
                session: error.data.session,
            });
        }
    }

    stop() {
        this.client.stopClient();
    }
}
