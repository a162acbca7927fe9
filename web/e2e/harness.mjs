// What the tests of the client stand on: a real server on a temp folder, and people in Chromium.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../", import.meta.url));
export const PATIENCE_MS = Number(process.env.E2E_PATIENCE_MS ?? 30_000);
/** The session of each page. */
const tokens = new WeakMap();

/** The program: ALPHORN_BIN, else what cargo built last. */
function program() {
    const target = process.env.CARGO_TARGET_DIR ?? join(root, "../target");
    const built = [join(target, "release/alphorn"), join(target, "debug/alphorn")].filter((path) => existsSync(path));
    const newest = built.sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)[0];
    const found = process.env.ALPHORN_BIN ?? newest;
    if (!found) throw new Error("no alphorn: build it, or name it in ALPHORN_BIN");
    return found;
}

async function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.on("error", reject);
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

function run(command, args, input) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
        let out = "";
        child.stdout.on("data", (data) => (out += data));
        child.stderr.on("data", (data) => (out += data));
        child.on("close", (code) => (code === 0 ? resolve(out) : reject(new Error(`${args.join(" ")}: ${out}`))));
        child.stdin.end(input ?? "");
    });
}

async function until(what, check, patienceMs = PATIENCE_MS) {
    const end = Date.now() + patienceMs;
    for (;;) {
        const found = await Promise.resolve(check()).catch(() => null);
        if (found) return found;
        if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** A server with its data in a temp folder. `url` is where people open the client. */
export class Server {
    /** Programs of other people's clients: they end with the server. */
    guests = [];

    static async start({ serve = [], registration = "open" } = {}) {
        const server = new Server();
        server.folder = mkdtempSync(join(tmpdir(), "alphorn-e2e-"));
        server.port = await freePort();
        server.api = `http://127.0.0.1:${server.port}`;
        server.url = `http://localhost:${server.port}`;
        server.extra = serve;
        server.registration = registration;
        await server.up();
        const page = await fetch(server.api).then((answer) => answer.text()).catch(() => "");
        // A program without the client embedded, or with an older one: the build is served beside it.
        if (process.env.E2E_DIST || !page.includes('id="root"')) await server.serveBuild();
        return server;
    }

    async up() {
        const args = ["--data-dir", join(this.folder, "data"), "--set", `registration.mode=${this.registration}`, "--set", "limits.rate_limits=false"];
        this.child = spawn(program(), [...args, "serve", "--server-name", "localhost", "--listen", this.api, ...this.extra], { stdio: "ignore" });
        await until("the server is ready", async () => (await fetch(`${this.api}/_matrix/client/versions`)).ok);
    }

    /** Ends the server as a power cut would. */
    async kill() {
        const gone = new Promise((resolve) => this.child.once("close", resolve));
        this.child.kill("SIGKILL");
        await gone;
    }

    async serveBuild() {
        process.env.ALPHORN_URL = this.api;
        const { preview } = await import("vite");
        const port = await freePort();
        this.preview = await preview({ root, preview: { port, strictPort: true, host: "127.0.0.1" }, logLevel: "error" });
        this.url = `http://localhost:${port}`;
    }

    async person(name, { admin = false, shown } = {}) {
        const password = `${name}-in-the-alps`;
        await run(program(), ["--data-dir", join(this.folder, "data"), "user", "add", name, "--password-stdin", ...(admin ? ["--admin"] : [])], `${password}\n`);
        if (shown) await this.asPerson(name, password, shown);
        return { name, password, id: `@${name}:localhost` };
    }

    /** Sends this content in clear, over the API. */
    async sayAs({ name, password }, room, content) {
        await this.#asked(name, password, (ask, token) =>
            ask("PUT", `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${Math.random()}`, content, token),
        );
    }

    /** A registration token, good once. */
    async token() {
        const out = await run(program(), ["--json", "--data-dir", join(this.folder, "data"), "token", "add", "--uses", "1"]);
        return JSON.parse(out).token;
    }

    /** Sets the name that people see, over the API. */
    async asPerson(name, password, shown) {
        await this.#asked(name, password, (ask, token, id) =>
            ask("PUT", `/_matrix/client/v3/profile/${encodeURIComponent(id)}/displayname`, { displayname: shown }, token),
        );
    }

    /** Asks the API as somebody: `ask(method, path, body)`, the path below `/_matrix/client/v3`. */
    async as({ name, password }) {
        const call = async (method, path, body, token) => {
            const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
            const answer = await fetch(`${this.api}/_matrix/client/v3${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
            if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
            return answer.json();
        };
        const identifier = { type: "m.id.user", user: name };
        const { access_token: token } = await call("POST", "/login", { type: "m.login.password", identifier, password });
        return (method, path, body) => call(method, path, body, token);
    }

    /** The same of the administrator's API: the path below `/_alphorn/admin/v1`. */
    async admin(person) {
        const ask = await this.as(person);
        return (method, path, body) => ask(method, `/../../../_alphorn/admin/v1${path}`, body);
    }

    async #asked(name, password, act) {
        const ask = async (method, path, body, token) => {
            const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
            const answer = await fetch(this.api + path, { method, headers, body: JSON.stringify(body) });
            if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
            return answer.json();
        };
        const identifier = { type: "m.id.user", user: name };
        const { access_token: token, user_id: id } = await ask("POST", "/_matrix/client/v3/login", { type: "m.login.password", identifier, password });
        await act(ask, token, id);
        await ask("POST", "/_matrix/client/v3/logout", {}, token);
    }

    /** The messages of the room that the page shows, as they lie on the server. */
    async events(page) {
        const room = decodeURIComponent(new URL(page.url()).pathname.split("/")[2]);
        const token = await this.watcherToken(page);
        const answer = await fetch(`${this.api}/_matrix/client/v3/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=50`, {
            headers: { Authorization: `Bearer ${token}` },
        });
        const { chunk } = await answer.json();
        return chunk.filter((event) => event.state_key === undefined);
    }

    /** The session of a page, out of what it last sent. */
    async watcherToken(page) {
        return until("the page has asked the server", () => tokens.get(page));
    }

    async stop() {
        for (const guest of this.guests) guest.kill("SIGKILL");
        await this.preview?.close();
        if (this.child.exitCode === null && this.child.signalCode === null) await this.kill();
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/** A browser; `visit` opens the client as one person's own. */
export class Browser {
    static async start() {
        const browser = new Browser();
        browser.faults = [];
        browser.chromium = await chromium.launch({
            executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
            args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        });
        return browser;
    }

    async visit(server, { width = 1440, height = 900, language = "en-GB", guide = false, skewMs = 0, quotaBytes = null, ...rest } = {}) {
        const context = await this.chromium.newContext({ viewport: { width, height }, locale: language, ...rest });
        context.setDefaultTimeout(PATIENCE_MS);
        // What comes up by itself for who is new is put off, but where a test is about it.
        if (!guide) await context.addInitScript(() => localStorage.setItem("alphorn.guide", "9999999999999"));
        // A device whose clock is wrong.
        if (skewMs !== 0) await context.addInitScript(skewed, skewMs);
        const page = await context.newPage();
        // What the page's policy refuses, what is thrown, and whatever goes elsewhere is a fault.
        page.on("pageerror", (error) => this.faults.push(`thrown: ${error.stack ?? error.message}`));
        page.on("console", (message) => {
            if (/Content Security Policy/.test(message.text())) this.faults.push(message.text());
            if (process.env.E2E_CONSOLE && (message.type() === "error" || message.type() === "warning")) console.log("  console:", message.text().slice(0, 400));
        });
        page.on("request", (request) => {
            const { hostname, protocol } = new URL(request.url());
            const { authorization } = request.headers();
            if (authorization) tokens.set(page, authorization.slice("Bearer ".length));
            if (/^http/.test(protocol) && hostname !== "localhost" && hostname !== "127.0.0.1") this.faults.push(`asked elsewhere: ${request.url()}`);
        });
        // Before anything is asked: the browser remembers for half a minute how much room there was.
        if (quotaBytes !== null) await quota(page, new URL(server.url).origin, quotaBytes);
        await page.goto(server.url);
        return page;
    }

    /**
     * What pages have worked since, in milliseconds of the processor on their main threads: unlike the clock it says the
     * same on a busy machine. `null` where the system does not tell.
     */
    async worked() {
        const session = await this.chromium.newBrowserCDPSession();
        const { processInfo } = await session.send("SystemInfo.getProcessInfo");
        await session.detach();
        const pages = processInfo.filter((one) => one.type === "renderer").map(({ id }) => `/proc/${id}/task/${id}/schedstat`);
        const now = () => pages.reduce((sum, path) => sum + (existsSync(path) ? Number(readFileSync(path, "utf8").split(" ")[0]) / 1e6 : 0), 0);
        const from = now();
        return () => (from > 0 ? Math.round(now() - from) : null);
    }

    async stop() {
        await this.chromium.close();
    }
}

/** So many bytes this origin may keep; what the browser thinks right when null. */
export async function quota(page, origin, bytes) {
    page.cdp ??= await page.context().newCDPSession(page);
    await page.cdp.send("Storage.overrideQuotaForOrigin", bytes === null ? { origin } : { origin, quotaSize: bytes });
}

/** Runs in the page: its clock is off by so much. */
function skewed(ms) {
    const Right = Date;
    globalThis.Date = class extends Right {
        constructor(...given) {
            if (given.length > 0) super(...given);
            else super(Right.now() + ms);
        }
        static now() {
            return Right.now() + ms;
        }
    };
}

/** Signs in on the page that is open. */
export async function signIn(page, person) {
    await page.fill('input[name="user"]', person.name);
    await page.fill('input[name="password"]', person.password);
    await page.click('button[type="submit"]');
    await page.waitForSelector(".side, .tabs");
}

/** Writes one message in the room that is open, and waits until it is there. */
export async function say(page, text) {
    await page.fill(".cmp textarea", text);
    await page.press(".cmp textarea", "Enter");
    await page.waitForSelector(`.msg.own:has-text(${JSON.stringify(text.split("\n")[0].replace(/^- |[*`]/g, ""))})`);
}

export { until };
