// Imports go downwards only: docs/web.md has the picture.
import { posix } from "node:path";
import { sources } from "./sources.mjs";

// What a layer may import besides itself.
const MAY = {
    model: [],
    i18n: ["model"],
    continuity: ["model"],
    client: ["model", "continuity"],
    design: ["model", "i18n"],
    worker: ["model", "continuity"],
    views: ["model", "i18n", "continuity", "client", "design"],
};
// Packages that only some layers may know.
const ONLY = [
    { name: /^matrix-js-sdk/, layers: ["client"] },
    { name: /^(react|react-dom|@base-ui|lucide-react|virtua)/, layers: ["design", "views", "main"] },
];

export function checkLayers() {
    const found = [];
    for (const { path, text } of sources()) {
        if (!/\.tsx?$/.test(path) || path.endsWith(".test.ts")) continue;
        const own = path.split("/").length > 2 ? path.split("/")[1] : "main";
        for (const [, specifier] of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)) {
            if (specifier.startsWith(".")) {
                const target = posix.join(posix.dirname(path), specifier).split("/")[1];
                if (own !== "main" && target !== own && !(MAY[own] ?? []).includes(target)) {
                    found.push(`${path}: layer ${own} may not import ${specifier} (layer ${target})`);
                }
            } else {
                for (const rule of ONLY) {
                    if (rule.name.test(specifier) && !rule.layers.includes(own)) {
                        found.push(`${path}: ${specifier} is for ${rule.layers.join(", ")} only`);
                    }
                }
            }
        }
        if (/import \{[^}]*\blazy\b[^}]*\} from "react"/.test(text)) found.push(`${path}: lazy is that of views/lazy.tsx`);
        if (own === "model" && /\b(document|window|localStorage|indexedDB)\b\s*[.[]/.test(text)) {
            found.push(`${path}: the model knows no browser`);
        }
    }
    return found;
}
