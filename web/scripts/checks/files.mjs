// Short files, tokens instead of colours, nothing that a strict policy forbids, no download addresses.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, sources } from "./sources.mjs";

const LINES_MAX = 400;

export function checkFiles() {
    const found = [];
    for (const { path, text } of sources()) {
        // Made from another file, and not kept.
        if (/\.gen\.ts$/.test(path)) continue;
        const lines = text.split("\n").length;
        if (/\.(tsx?|css)$/.test(path) && lines > LINES_MAX) found.push(`${path}: ${lines} lines, at most ${LINES_MAX}`);
        if (/\.(tsx|css)$/.test(path) && path !== "src/design/tokens.css" && /#[0-9a-f]{3,8}\b(?![\w-])/i.test(text.replace(/["'`(]#[^"'`)]*["'`)]/g, ""))) {
            found.push(`${path}: a raw colour; use a token`);
        }
        if (/\.tsx?$/.test(path)) {
            if (/dangerouslySetInnerHTML/.test(text) && path !== "src/views/timeline/Html.tsx") {
                found.push(`${path}: HTML of others goes through src/views/timeline/Html.tsx`);
            }
            if (/\beval\(|new Function\(|javascript:/.test(text) && !path.startsWith("src/model/")) {
                found.push(`${path}: runs text as code`);
            }
        }
    }
    const lock = readFileSync(join(root, "package-lock.json"), "utf8");
    if (/"resolved"\s*:\s*"[^"]*:/.test(lock)) found.push("package-lock.json: download addresses (see .npmrc)");
    return found;
}
