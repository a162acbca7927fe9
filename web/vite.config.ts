import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { leftOut } from "./build/leftOut.ts";
import { serviceWorker } from "./build/serviceWorker.ts";

/** Where `npm run dev` and `npm run preview` send what is for the server: set ALPHORN_URL. */
const server = process.env.ALPHORN_URL ?? "http://127.0.0.1:8008";
const proxy = Object.fromEntries(
    ["/_matrix", "/_alphorn", "/.well-known", "/ready", "/health"].map((path) => [
        path,
        { target: server, changeOrigin: true },
    ]),
);

/** The policy of `crates/alphorn-web`, so that `npm run preview` and tests against it refuse the same. */
const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
].join("; ");

export default defineConfig({
    plugins: [leftOut(), react(), serviceWorker()],
    server: { proxy },
    preview: { proxy, headers: { "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff" } },
    worker: { format: "es" },
    build: {
        target: "es2022",
        outDir: "dist",
        assetsDir: "assets",
        // Everything is a file with a hash in its name: the page's policy allows no inline data for scripts or styles.
        assetsInlineLimit: 0,
        manifest: true,
        sourcemap: false,
        cssCodeSplit: true,
        chunkSizeWarningLimit: 2000,
        rolldownOptions: {
            treeshake: {
                // Modules of the SDK do nothing when they are loaded: what is not used is left out.
                moduleSideEffects: [{ test: /node_modules\/matrix-js-sdk\//, sideEffects: false }],
            },
        },
    },
    test: { include: ["tests/**/*.test.ts", "src/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0] & { test: unknown });
