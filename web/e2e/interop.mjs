// `npm run e2e:interop [-- WORDS]`: builds the companion with matrix-rust-sdk and runs the scenes with it, at most for as
// long as E2E_INTEROP_MINUTES says.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MINUTES = Number(process.env.E2E_INTEROP_MINUTES ?? 20);
const crate = fileURLToPath(new URL("../../tests/clients/rust-sdk/", import.meta.url));

if (!process.env.ALPHORN_COMPANION) {
    const built = spawnSync("cargo", ["build", "--quiet", "--locked", "--bin", "companion"], { cwd: crate, stdio: "inherit" });
    if (built.status !== 0) process.exit(built.status ?? 1);
    process.env.ALPHORN_COMPANION = join(process.env.CARGO_TARGET_DIR ?? join(crate, "target"), "debug/companion");
}
const words = process.argv.slice(2);
const run = fileURLToPath(new URL("run.mjs", import.meta.url));
// In a group of its own: servers, browsers and companions end with it.
const scenes = spawn(process.execPath, [run, ...(words.length > 0 ? words : ["others: "])], { stdio: "inherit", detached: true });
const end = (signal) => process.kill(-scenes.pid, signal);
const timer = setTimeout(() => {
    console.error(`interop: not done after ${MINUTES} minutes`);
    end("SIGKILL");
}, MINUTES * 60_000);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => end("SIGKILL"));
scenes.on("close", (status) => {
    clearTimeout(timer);
    process.exit(status ?? 1);
});
