import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sealFile } from "../../src/client/uploads.ts";
import { Addresses } from "../../src/continuity/addresses.ts";
import { ServerClock } from "../../src/continuity/clock.ts";
import { Pilot } from "../../src/continuity/pilot.ts";
import { upload, type UploadRequest } from "../../src/continuity/upload.ts";
import { advance, SimCluster } from "./simulation.ts";

/** An XMLHttpRequest that goes to the simulated nodes. */
function requests(cluster: SimCluster) {
    const asked: string[] = [];
    return {
        asked,
        make: (): UploadRequest => {
            let url = "";
            const one = {
                upload: {} as { onprogress?: (event: ProgressEvent) => void },
                status: 0,
                responseText: "",
                onload: null as (() => void) | null,
                onerror: null as (() => void) | null,
                onabort: null as (() => void) | null,
                setRequestHeader: () => {},
                open: (_method: string, to: string) => void (url = to),
                abort: () => one.onabort?.(),
                send: () => {
                    asked.push(new URL(url).origin);
                    one.upload.onprogress?.({ loaded: 5, total: 10 } as ProgressEvent);
                    cluster.world().fetch(url, { method: "POST" }).then(
                        async (response) => {
                            one.status = response.status;
                            one.responseText = await response.text();
                            one.onload?.();
                        },
                        () => one.onerror?.(),
                    );
                },
            };
            return one as unknown as UploadRequest;
        },
    };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

describe("an upload", () => {
    it.each(["kill", "freeze"])("goes on at another node when its own has a %s", async (hurt) => {
        const cluster = new SimCluster();
        const world = cluster.world();
        const addresses = new Addresses(world, "http://node1", null);
        const pilot = new Pilot(world, addresses, new ServerClock(world));
        pilot.start();
        await advance(50);
        cluster.handler = () => Response.json({ content_uri: "mxc://x/1" });
        const { asked, make } = requests(cluster);
        if (hurt === "kill") cluster.node(0).kill();
        else cluster.node(0).state = "frozen";
        const done: number[] = [];
        const sending = upload({ world, pilot, request: make }, "/_matrix/media/v3/upload", "t", new Blob(["x"]), (of) => done.push(of));
        await advance(16_000);
        expect(await sending).toEqual({ status: 200, body: { content_uri: "mxc://x/1" } });
        expect(asked[0]).toBe("http://node1");
        expect(asked).toHaveLength(2);
        expect(done).toContain(0.5);
        pilot.stop();
    });

    it("is sealed so that only who has the key can open it", async () => {
        vi.useRealTimers();
        const { blob, info } = await sealFile(new Blob(["room 401, bed 12"]));
        const sealed = await blob.arrayBuffer();
        expect(new TextDecoder().decode(sealed)).not.toContain("401");
        const { key: jwk, iv, hashes } = info as { key: JsonWebKey; iv: string; hashes: { sha256: string } };
        const key = await crypto.subtle.importKey("jwk", jwk, "AES-CTR", false, ["decrypt"]);
        const counter = Buffer.from(iv, "base64");
        const plain = await crypto.subtle.decrypt({ name: "AES-CTR", counter, length: 64 }, key, sealed);
        expect(new TextDecoder().decode(plain)).toBe("room 401, bed 12");
        const hash = await crypto.subtle.digest("SHA-256", sealed);
        expect(Buffer.from(hash).toString("base64").replace(/=+$/, "")).toBe(hashes.sha256);
        expect([...counter.subarray(8)]).toEqual(Array(8).fill(0));
    });
});
