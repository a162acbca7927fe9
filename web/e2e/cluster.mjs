// A real cluster of three nodes on loopback, whose nodes can be killed, frozen and started again.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "./harness.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const built = join(root, "dist");
const KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
};

/**
 * ALPHORN_CLUSTER names the program that starts a cluster (`target/debug/cluster`), else `cargo xtask cluster` builds
 * it; ALPHORN_BIN names the server.
 */
export class Cluster {
    /** `standby`: so many nodes of a second site, which copies the first. */
    static async start({ standby = 0 } = {}) {
        const cluster = new Cluster();
        const tool = process.env.ALPHORN_CLUSTER;
        const wanted = ["--json", "--open", ...(standby > 0 ? ["--standby", String(standby)] : [])];
        const [command, args] = tool ? [tool, wanted] : ["cargo", ["xtask", "cluster", ...wanted]];
        cluster.child = spawn(command, args, { cwd: join(root, ".."), stdio: ["ignore", "pipe", "inherit"] });
        const line = await new Promise((resolve, reject) => {
            createInterface({ input: cluster.child.stdout }).once("line", resolve);
            cluster.child.once("exit", (code) => reject(new Error(`the cluster ended: ${code}`)));
        });
        const described = JSON.parse(line).nodes;
        cluster.nodes = await Promise.all(described.map((one) => Node.of(one)));
        const addresses = cluster.nodes.flatMap((node) => [node.direct, node.url]);
        for (const { front } of cluster.nodes) if (front) front.policy = policy(addresses);
        cluster.addresses = addresses;
        cluster.home = cluster.nodes.slice(0, cluster.nodes.length - standby);
        return cluster;
    }

    /** The line between the two sites. */
    cutLine() {
        this.child.kill("SIGUSR1");
    }

    mendLine() {
        this.child.kill("SIGUSR2");
    }

    /** A build of its own before one node, whose program may have another one in it. */
    async front(node) {
        const front = await Front.open(node.direct);
        front.policy = policy([...this.addresses, front.url]);
        return front;
    }

    /** Makes an administrator, and waits until all nodes know. */
    async administrator(name) {
        const password = `${name}-in-the-alps`;
        const [program] = this.nodes[0].program;
        const args = ["--config", this.nodes[0].config, "user", "add", name, "--password-stdin", "--admin"];
        execFileSync(program, args, { input: `${password}\n`, stdio: ["pipe", "ignore", "pipe"] });
        const login = { type: "m.login.password", identifier: { type: "m.id.user", user: name }, password };
        const { user_id: id, access_token: token } = await until("the first node knows", () => this.nodes[0].api("POST", "/login", null, login));
        for (const node of this.nodes) await until("everybody is known", () => node.api("GET", "/account/whoami", token));
        return { name, password, id, token };
    }

    node(at) {
        return this.nodes[at];
    }

    /** Registers somebody, and waits until all nodes know. */
    async person(name) {
        const password = `${name}-in-the-alps`;
        const { user_id: id, access_token: token } = await this.nodes[0].api("POST", "/register", null, {
            auth: { type: "m.login.dummy" },
            username: name,
            password,
        });
        for (const node of this.nodes) await until("everybody is known", () => node.api("GET", "/account/whoami", token));
        return { name, password, id, token };
    }

    /** Whatever a test has done to the nodes is undone. */
    async mend() {
        for (const node of this.nodes) await node.mend();
    }

    async stop() {
        for (const node of this.nodes) node.end();
        const gone = new Promise((resolve) => this.child.once("exit", resolve));
        this.child.kill("SIGTERM");
        await gone;
    }
}

export class Node {
    static async of({ name, url, pid, config, nats_pid: nats }) {
        const node = Object.assign(new Node(), { name, direct: url, pid, config, nats, frozen: false });
        node.program = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
        const page = await fetch(url).then((answer) => answer.text(), () => "");
        // A program without the client in it, or with an older one: it stands behind a front that has it, and that lives as
        // long as the node.
        if (process.env.E2E_DIST || !page.includes('id="root"')) node.front = await Front.open(url);
        node.url = node.front?.url ?? url;
        return node;
    }

    async api(method, path, token, body) {
        const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
        const answer = await fetch(`${this.direct}/_matrix/client/v3${path}`, {
            method,
            headers,
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
    }

    /** `front`: what stands before it and hands the client out goes with it. */
    kill(front = true) {
        process.kill(this.pid, "SIGKILL");
        if (front) this.front?.cut();
    }

    freeze() {
        process.kill(this.pid, "SIGSTOP");
        this.frozen = true;
    }

    thaw() {
        process.kill(this.pid, "SIGCONT");
        this.frozen = false;
    }

    /** The nats-server of its machine: two of three, and nothing can be written. */
    freezeLog() {
        process.kill(this.nats, "SIGSTOP");
        this.logFrozen = true;
    }

    thawLog() {
        if (this.logFrozen) process.kill(this.nats, "SIGCONT");
        this.logFrozen = false;
    }

    /** Asks it to leave, as an upgrade does. Its connections end with it. */
    async leave() {
        process.kill(this.pid, "SIGTERM");
        await until("the node has left", () => !existsSync(`/proc/${this.pid}/exe`) || /^State:\s+Z/m.test(readFileSync(`/proc/${this.pid}/status`, "utf8")));
        this.front?.cut();
    }

    async up() {
        const [program, ...args] = this.program;
        this.own = spawn(program, args, { stdio: "ignore" });
        this.pid = this.own.pid;
        await until("the node is ready", async () => (await fetch(`${this.direct}/ready`)).ok);
        await this.front?.mend();
    }

    async mend() {
        if (this.frozen) this.thaw();
        this.thawLog();
        const alive = await fetch(`${this.direct}/health`).then((answer) => answer.ok, () => false);
        if (!alive) await this.up();
    }

    end() {
        this.thawLog();
        if (this.frozen && existsSync(`/proc/${this.pid}`)) this.thaw();
        if (this.own && this.own.exitCode === null) this.own.kill("SIGKILL");
        this.front?.cut();
    }
}

/**
 * The next version of the build: the page's script and the settings have other names, and their old ones are gone, as
 * they are on a server that was upgraded.
 */
export function nextVersion() {
    const folder = mkdtempSync(join(tmpdir(), "alphorn-next-"));
    cpSync(built, folder, { recursive: true });
    const assets = join(folder, "assets");
    const page = readFileSync(join(folder, "index.html"), "utf8");
    const entry = /assets\/(index-[\w-]+\.js)/.exec(page)[1];
    const settings = readdirSync(assets).find((name) => /^Settings-.*\.js$/.test(name));
    const renamed = new Map([entry, settings].map((name) => [name, name.replace("-", "-next")]));
    for (const [old, name] of renamed) renameSync(join(assets, old), join(assets, name));
    const version = /version:[`"']?([0-9a-f]{16})/.exec(readFileSync(join(folder, "sw.js"), "utf8"))[1];
    for (const file of readdirSync(folder, { recursive: true })) {
        if (!/\.(js|html|css)$/.test(file)) continue;
        let text = readFileSync(join(folder, file), "utf8");
        for (const [old, name] of renamed) text = text.replaceAll(old, name);
        writeFileSync(join(folder, file), text.replaceAll(version, "nextnextnextnext"));
    }
    return { folder, settings, entry: renamed.get(entry) };
}

/** What `crates/alphorn-web` lets the page do. */
function policy(addresses) {
    const self = ["script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "font-src 'self'", "img-src 'self' blob:", "media-src 'self' blob:"];
    const rest = ["worker-src 'self'", "manifest-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"];
    return ["default-src 'none'", ...self, `connect-src 'self' ${addresses.join(" ")}`, ...rest].join("; ");
}

/** Serves the build, and hands everything else to one node. */
class Front {
    static async open(node) {
        const front = new Front();
        front.node = new URL(node);
        front.sockets = new Set();
        await front.mend();
        return front;
    }

    async mend() {
        if (this.server?.listening) return;
        this.server = createServer((incoming, answer) => this.#serve(incoming, answer));
        this.server.on("connection", (socket) => {
            this.sockets.add(socket);
            socket.on("close", () => this.sockets.delete(socket));
        });
        await new Promise((resolve) => this.server.listen(this.port ?? 0, "127.0.0.1", resolve));
        this.port = this.server.address().port;
        this.url = `http://127.0.0.1:${this.port}`;
    }

    cut() {
        this.server.close();
        for (const socket of this.sockets) socket.resetAndDestroy();
    }

    #serve(incoming, answer) {
        const { pathname } = new URL(incoming.url, this.url);
        if (/^\/(_matrix|_alphorn|\.well-known|ready|health)/.test(pathname)) return this.#hand(incoming, answer);
        const dist = this.dist ?? built;
        const file = join(dist, normalize(pathname));
        const there = existsSync(file) && statSync(file).isFile();
        if (!there && pathname.startsWith("/assets/")) return answer.writeHead(404).end();
        const found = pathname !== "/" && there ? file : join(dist, "index.html");
        answer.writeHead(200, {
            "content-type": KINDS[extname(found)] ?? "application/octet-stream",
            ...(this.policy ? { "content-security-policy": this.policy } : {}),
            "cache-control": pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
        });
        createReadStream(found).pipe(answer);
    }

    #hand(incoming, answer) {
        const { method, headers, url: path } = incoming;
        const onward = ask({ host: this.node.hostname, port: this.node.port, method, path, headers }, (reply) => {
            answer.writeHead(reply.statusCode, reply.headers);
            reply.pipe(answer);
        });
        onward.on("error", () => answer.destroy());
        answer.on("close", () => onward.destroy());
        incoming.pipe(onward);
    }
}
