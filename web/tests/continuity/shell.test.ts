import { describe, expect, it } from "vitest";
import { cacheName, disused, planFor } from "../../src/worker/shell.ts";

const shell = { version: "v2", files: ["/", "/boot.js", "/assets/index-b.js"] };
const origin = "https://a.example";
const plan = (path: string, more: object = {}) =>
    planFor({ method: "GET", mode: "cors", url: new URL(path, origin).href, ...more }, origin, shell);

describe("the service worker", () => {
    it("never answers for the server", () => {
        for (const path of ["/_matrix/client/v3/sync", "/_alphorn/v1/nodes", "/.well-known/matrix/client", "/ready", "/health"]) {
            expect(plan(path), path).toBe("network");
            expect(plan(path, { mode: "navigate" }), path).toBe("network");
        }
        expect(plan("/", { method: "POST" })).toBe("network");
        expect(plan("https://b.example/assets/x.js")).toBe("network");
        expect(plan("/readyness-of-mind", { mode: "navigate" })).toBe("page");
    });

    it("hands out the page for every address of the client, and files of old versions too", () => {
        expect(plan("/room/!x:y", { mode: "navigate" })).toBe("page");
        expect(plan("/assets/old-chunk.js")).toBe("file");
        expect(plan("/boot.js")).toBe("file");
        expect(plan("/unknown.txt")).toBe("network");
    });

    it("keeps a version as long as a page was loaded from it", () => {
        const names = [cacheName("v0"), cacheName("v1"), cacheName("v2"), "other"];
        const holds = new Map([
            [cacheName("v0"), new Set(["/assets/index-0.js"])],
            [cacheName("v1"), new Set(["/assets/index-a.js"])],
            [cacheName("v2"), new Set(["/assets/index-b.js"])],
        ]);
        expect(disused(names, "v2", ["/assets/index-a.js"], holds)).toEqual([cacheName("v0")]);
        expect(disused(names, "v2", [], holds)).toEqual([cacheName("v0"), cacheName("v1")]);
        // A page that sleeps does not answer; it may be of any version.
        expect(disused(names, "v2", [null, "/assets/index-b.js"], holds)).toEqual([]);
    });
});
