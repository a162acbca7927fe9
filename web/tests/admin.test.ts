import { describe, expect, it } from "vitest";
import { filled } from "../src/client/admin/admin.ts";
import { Paged } from "../src/client/admin/paged.ts";
import { auditFacts, auditName, sinceOf } from "../src/model/admin/audit.ts";
import { bytes, shortHash } from "../src/model/admin/figures.ts";
import { goodUserName, invitationLink, madePassword, marks, mayTakeAway, proposedName } from "../src/model/admin/people.ts";
import { tokenState, typedBound } from "../src/model/admin/tokens.ts";

const account = {
    administrator: false,
    deactivated: false,
    guest: false,
    has_password: true,
    invitation_expires_at_ms: null,
    locked: false,
    suspended: false,
    application_service: null,
};

describe("accounts", () => {
    it("says the exception only", () => {
        expect(marks(account, 0)).toEqual([]);
        expect(marks({ ...account, locked: true, administrator: true }, 0)).toEqual(["locked", "administrator"]);
        expect(marks({ ...account, deactivated: true, locked: true }, 0)).toEqual(["closed"]);
    });

    it("tells an open invitation from one that ended", () => {
        const invited = { ...account, has_password: false, invitation_expires_at_ms: 100 };
        expect(marks(invited, 99)).toEqual(["invited"]);
        expect(marks(invited, 100)).toEqual(["shut"]);
        expect(marks({ ...account, has_password: false, guest: true }, 0)).toEqual(["guest"]);
    });

    it("takes access from nobody that the server would refuse", () => {
        expect(mayTakeAway(account, false)).toBe("yes");
        expect(mayTakeAway(account, true)).toBe("own");
        expect(mayTakeAway({ ...account, administrator: true }, false)).toBe("administrator");
        expect(mayTakeAway({ ...account, administrator: true, deactivated: true }, true)).toBe("closed");
    });

    it("proposes user names that may be", () => {
        expect(proposedName("Dr. Elif Yalçın")).toBe("e.yalcin");
        expect(proposedName("Chiara Pedretti")).toBe("c.pedretti");
        expect(proposedName("Jürg Straßer")).toBe("j.strasser");
        expect(proposedName("Admin")).toBe("admin");
        expect(proposedName("   ")).toBe("");
        expect(goodUserName("c.pedretti")).toBe(true);
        expect(goodUserName("Chiara P")).toBe(false);
        expect(goodUserName("")).toBe(false);
    });

    it("makes passwords of letters that are not mixed up, all alike likely", () => {
        let next = 0;
        const made = madePassword((into) => into.map(() => (next = (next + 37) % 256)));
        expect(made).toMatch(/^([abcdefghjkmnpqrstuvwxyz2-9]{4}-){3}[abcdefghjkmnpqrstuvwxyz2-9]{4}$/);
        // Bytes from 248 on would favour the first letters.
        const high = [255, 250, 248, 0];
        let at = 0;
        expect(madePassword((into) => into.map(() => high[at++ % 4]!), 1)).toBe("aaaa");
    });

    it("links by this page's address where none is configured", () => {
        expect(invitationLink("https://chat.example/#/invitation/x", "x", "https://b")).toBe("https://chat.example/#/invitation/x");
        expect(invitationLink(null, "a/b", "https://b")).toBe("https://b/#/invitation/a%2Fb");
    });
});

describe("tokens", () => {
    it("says why one cannot be used", () => {
        const token = { expires_at_ms: null, used: 0, uses_allowed: null, valid: true };
        expect(tokenState(token, 5)).toBe("good");
        expect(tokenState({ ...token, expires_at_ms: 5, valid: false }, 5)).toBe("ended");
        expect(tokenState({ ...token, used: 3, uses_allowed: 3, valid: false }, 5)).toBe("used-up");
        expect(tokenState({ ...token, valid: false }, 5)).toBe("off");
    });

    it("understands bounds as they are typed", () => {
        expect(typedBound(" ")).toBeNull();
        expect(typedBound("1’000")).toBe(1000);
        for (const wrong of ["0", "-1", "2.5", "many", "1000001", "12345678"]) expect(typedBound(wrong)).toBeUndefined();
    });
});

describe("the audit log", () => {
    it("names an act by what its details say", () => {
        expect(auditName({ action: "people.lock", details: { locked: true } })).toBe("people.lock");
        expect(auditName({ action: "people.lock", details: { locked: false } })).toBe("people.lock/not");
        expect(auditName({ action: "people.log_out", details: { device: "ABC" } })).toBe("people.log_out");
        expect(auditName({ action: "people.log_out", details: {} })).toBe("people.log_out/not");
        expect(auditName({ action: "new.thing", details: {} })).toBe("new.thing");
    });

    it("shows details flat, without those that the words say", () => {
        expect(auditFacts({ action: "people.lock", details: { locked: true, more: { deep: 1, deeper: { no: 1 } }, list: ["a", "b", {}] } })).toEqual([
            { name: "deep", value: 1 },
            { name: "list", value: "a, b" },
        ]);
        expect(auditFacts({ action: "people.log_out", details: { device: "ABC" } })).toEqual([{ name: "device", value: "ABC" }]);
    });

    it("counts spans back from now", () => {
        expect(sinceOf("all", 1e9)).toBeUndefined();
        expect(sinceOf("day", 1e9)).toBe(1e9 - 86_400_000);
    });
});

describe("figures and paths", () => {
    it("writes sizes and hashes for eyes", () => {
        expect(bytes(0, "en")).toBe("0\u00a0B");
        expect(bytes(41_200_000, "en")).toBe("41.2\u00a0MB");
        expect(bytes(999_600, "en")).toBe("1\u00a0MB");
        expect(shortHash("b2c94410a6e358fd99")).toBe("b2c9 4410 a6e3 58fd");
    });

    it("keeps what stands in a path one segment", () => {
        expect(filled("/people/{user_id}/devices/{device_id}", { user_id: "@a/b:c", device_id: "x?y" })).toBe("/people/%40a%2Fb%3Ac/devices/x%3Fy");
    });
});

describe("lists in pages", () => {
    it("goes on over empty pages, and stops at the last", async () => {
        const asked: (string | undefined)[] = [];
        const pages: Record<string, { entries: number[]; next: string | null }> = {
            start: { entries: [], next: "a" },
            a: { entries: [1], next: "b" },
            b: { entries: [2], next: null },
        };
        const list = new Paged<number>((from) => (asked.push(from), Promise.resolve(pages[from ?? "start"]!)));
        await list.load();
        expect(asked).toEqual([undefined, "a", "b"]);
        expect(list.getSnapshot()).toMatchObject({ rows: [1, 2], more: false, state: "ready" });
        await list.more();
        expect(asked).toHaveLength(3);
    });

    it("keeps rows when the next page fails, and goes on from there", async () => {
        let fails = false;
        const page = Array.from({ length: 20 }, (_, row) => row);
        const list = new Paged<number>((from) => (fails ? Promise.reject(new TypeError("gone")) : Promise.resolve({ entries: page, next: from ? null : "second" })));
        await list.load();
        fails = true;
        await list.more();
        expect(list.getSnapshot()).toMatchObject({ state: "failed", failure: "offline", more: true });
        expect(list.getSnapshot().rows).toHaveLength(20);
        fails = false;
        await list.more();
        expect(list.getSnapshot()).toMatchObject({ state: "ready", more: false });
        expect(list.getSnapshot().rows).toHaveLength(40);
    });

    it("forgets an answer that was overtaken", async () => {
        const answers: ((page: { entries: string[]; next: null }) => void)[] = [];
        const list = new Paged<string>(() => new Promise((resolve) => answers.push(resolve)));
        const first = list.load();
        const second = list.load();
        answers[1]!({ entries: ["new"], next: null });
        await second;
        answers[0]!({ entries: ["old"], next: null });
        await first;
        expect(list.getSnapshot().rows).toEqual(["new"]);
    });
});
