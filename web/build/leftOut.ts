/**
 * Parts of the SDK that nothing here uses are left out of the page: calls (which come later, and with their own chunk),
 * sliding sync, and trees of files. The SDK imports them whether they are used or not.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** By file below the SDK's `lib`: what stands in its place. Its other exports are undefined. */
const INSTEAD: Record<string, string> = {
    // Without support for calls the SDK makes none of their handlers.
    "webrtc/call.js": "export const supportsMatrixCall = () => false;",
    "webrtc/callEventHandler.js": "",
    "webrtc/callFeed.js": "",
    "webrtc/groupCall.js": "",
    "webrtc/groupCallEventHandler.js": "",
    "webrtc/mediaHandler.js": "export class MediaHandler {}",
    "webrtc/stats/statsReport.js": "",
    "matrixrtc/MatrixRTCSessionManager.js": "export class MatrixRTCSessionManager { start() {} stop() {} }",
    "sliding-sync.js": "",
    "sliding-sync-sdk.js": "",
    "models/MSC3089TreeSpace.js": "",
};

const LIB = "/node_modules/matrix-js-sdk/lib/";
const EXPORTED = /^export (?:default )?(?:async )?(?:class|function\*?|const|let|var) (\w+)/gm;
const LISTED = /^export \{([^}]*)\}/gm;

function exportsOf(code: string): string[] {
    const listed = [...code.matchAll(LISTED)].flatMap(([, names]) => names!.split(",").map((name) => name.trim().split(/\s+as\s+/).at(-1)!));
    return [...[...code.matchAll(EXPORTED)].map(([, name]) => name!), ...listed.filter((name) => name !== "")];
}

export function leftOut(): Plugin {
    return {
        name: "alphorn-left-out",
        enforce: "pre",
        apply: "build",
        load(id) {
            const path = id.replaceAll("\\", "/").split("?")[0]!;
            const at = path.lastIndexOf(LIB);
            const instead = at < 0 ? undefined : INSTEAD[path.slice(at + LIB.length)];
            if (instead === undefined) return null;
            const own = new Set(exportsOf(instead));
            const others = [...new Set(exportsOf(readFileSync(path, "utf8")))].filter((name) => !own.has(name));
            return [instead, ...others.map((name) => `export const ${name} = undefined;`)].join("\n");
        },
    };
}
