/** Builds `sw.js` after everything else: it has to know all files, and its own bytes change when any of them does. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build, type Plugin } from "vite";

/** Not for the device: maps, what only the build reads, the worker itself. */
const LEFT_OUT = /(\.map|\.br|\.gz|^\.vite\/.*|^sw\.js)$/;

function filesBelow(folder: string): string[] {
    const found = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    return files.filter((file) => !LEFT_OUT.test(file)).sort();
}

export function serviceWorker(): Plugin {
    let root = "";
    let outDir = "";
    return {
        name: "alphorn-service-worker",
        apply: "build",
        configResolved(config) {
            root = config.root;
            outDir = join(config.root, config.build.outDir);
        },
        closeBundle: {
            order: "post",
            sequential: true,
            async handler() {
                const files = filesBelow(outDir);
                const hash = createHash("sha256");
                for (const file of files) hash.update(file).update("\0").update(readFileSync(join(outDir, file)));
                const shell = {
                    version: hash.digest("hex").slice(0, 16),
                    files: files.map((file) => (file === "index.html" ? "/" : `/${file}`)),
                };
                await build({
                    root,
                    configFile: false,
                    publicDir: false,
                    logLevel: "warn",
                    define: { __SHELL__: JSON.stringify(shell) },
                    build: {
                        outDir,
                        emptyOutDir: false,
                        target: "es2022",
                        rollupOptions: {
                            input: join(root, "src/worker/sw.ts"),
                            output: { entryFileNames: "sw.js", format: "iife" },
                        },
                    },
                });
            },
        },
    };
}
