// After `vite build`: lays compressed forms beside the files of dist/, where they are smaller; and checks the page.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { root } from "./checks/sources.mjs";

const dist = join(root, "dist");
const PACKED = /\.(html|js|css|json|svg|webmanifest|wasm|txt)$/;
// The strongest brotli takes half a minute for the WebAssembly; one step below it loses a few per cent.
const quality = (size) => (size > 1_000_000 ? 9 : 11);

const page = readFileSync(join(dist, "index.html"), "utf8");
if (/<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=|\sstyle=/i.test(page)) {
    console.error("dist/index.html has something inline, which the page's policy forbids");
    process.exit(1);
}
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isFile() || !PACKED.test(path) || path.includes("/.vite/")) continue;
    const bytes = readFileSync(path);
    const forms = {
        br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality(bytes.length), [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
        gz: gzipSync(bytes, { level: 9 }),
    };
    for (const [ending, packed] of Object.entries(forms)) {
        if (packed.length < bytes.length * 0.95) writeFileSync(`${path}.${ending}`, packed);
        else rmSync(`${path}.${ending}`, { force: true });
    }
}
