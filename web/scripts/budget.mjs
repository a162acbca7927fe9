// `npm run budget`: what a browser loads before the list of rooms and a room are there, compressed (brotli, as it is sent), without the crypto WebAssembly.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { root } from "./checks/sources.mjs";

const KB_MAX = 350;
const dist = join(root, "dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

// The page, then what opening a session, the shell and a room ask for; one language.
const STARTS = ["index.html", "src/client/client.ts", "src/views/shell/Shell.tsx", "src/i18n/languages/en.ts", "src/views/timeline/RoomPane.tsx"];
const files = new Set();
const walk = (key) => {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`the manifest has no ${key}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const other of chunk.imports ?? []) walk(other);
};
STARTS.forEach(walk);

let total = 0;
for (const file of files) {
    if (!file.endsWith(".js")) continue;
    const size = brotliCompressSync(readFileSync(join(dist, file))).length;
    total += size;
    console.log(`${(size / 1024).toFixed(1).padStart(8)} kB  ${file}`);
}
const kb = total / 1024;
console.log(`${kb.toFixed(1).padStart(8)} kB in all, at most ${KB_MAX}`);
if (kb > KB_MAX) process.exit(1);
