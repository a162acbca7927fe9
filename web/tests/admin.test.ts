import { describe, expect, it } from "vitest";
import { filled } from "../src/client/admin/admin.ts";
import { Paged } from "../src/client/admin/paged.ts";
import { auditFacts, auditName, sinceOf } from "../src/model/admin/audit.ts";
import { bytes, count, shortHash } from "../src/model/admin/figures.ts";
import { diskTight, fullness, health, nextStep, nodesState, withSites, type ServerNode } from "../src/model/admin/operation.ts";
import { goodUserName, invitationLink, madePassword, marks, mayTakeAway, proposedName } from "../src/model/admin/people.ts";
import { tokenState, typedBound } from "../src/model/admin/tokens.ts";
import { changeOf, formOf, wrongIn } from "../src/model/admin/settings.ts";
import { dialled, organisationOf } from "../src/model/organisation.ts";

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
        expect(bytes(41_200_000, "fr")).toBe("41,2\u00a0Mo");
        expect(count(1_000_000, "de")).toMatch(/^1['’]000['’]000$/);
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

const node = (number: number, more: Partial<ServerNode> = {}): ServerNode => ({
    node: number,
    url: null,
    ready: true,
    here: number === 1,
    applied: 10_000,
    behind: 0,
    version: "0.4.2",
    heard_ms_ago: 500,
    site: "",
    standby: null,
    ...more,
});

describe("operation", () => {
    it("finds what is worst", () => {
        const is = (...nodes: ServerNode[]) => nodesState(nodes).is;
        expect(is(node(1))).toBe("alone");
        expect(is(node(1), node(2), node(3))).toBe("all");
        expect(is(node(1), node(2), node(3, { heard_ms_ago: 20_000 }))).toBe("silent");
        expect(is(node(1), node(2, { heard_ms_ago: 20_000 }), node(3, { ready: false }))).toBe("last");
        expect(is(node(1, { ready: false }))).toBe("none");
        expect(is(node(1), node(2), node(3, { behind: 2653 }))).toBe("behind");
        expect(is(node(1), node(2), node(3, { behind: 20 }))).toBe("all");
        expect(is(node(1), node(2, { version: "0.4.1" }))).toBe("versions");
    });

    it("does not count on a standby site", () => {
        const standby = node(4, { site: "Seeburg", ready: false, standby: { lag: 12, heard_s_ago: 1 } });
        expect(health(standby)).toBe("good");
        expect(nodesState([node(1), standby]).is).toBe("alone");
        expect(nodesState([node(1, { ready: false }), standby]).is).toBe("none");
        expect(nodesState([node(1), node(2), { ...standby, standby: { lag: 12, heard_s_ago: 400 } }]).is).toBe("standby-late");
    });

    it("knows when a disk gets full, and when it does not know", () => {
        expect(diskTight({ free_bytes: 4, total_bytes: 100 })).toBe(true);
        expect(diskTight({ free_bytes: 50, total_bytes: 100 })).toBe(false);
        expect(diskTight({ free_bytes: null, total_bytes: 100 })).toBe(false);
        expect(fullness({ free_bytes: 25, total_bytes: 100 })).toBe(0.75);
    });

    it("puts the most pressing step first", () => {
        const calm = { nodes: "all" as const, tight: false, reports: 0, phone: true };
        expect(nextStep(calm)).toBe("invite");
        expect(nextStep({ ...calm, phone: false })).toBe("phone");
        expect(nextStep({ ...calm, phone: false, reports: 2 })).toBe("reports");
        expect(nextStep({ ...calm, tight: true, reports: 2 })).toBe("storage");
        expect(nextStep({ ...calm, nodes: "silent", tight: true })).toBe("nodes");
    });

    it("joins sites by the node's number, and trusts nothing", () => {
        const told = { nodes: [{ node: 1, site: "Hochmatt", standby: { lag: 3, heard_s_ago: 2 } }, null, { node: 2, site: 7, standby: "x" }] };
        const [one, two, three] = withSites([{ node: 1 }, { node: 2 }, { node: 3 }], told);
        expect(one).toEqual({ node: 1, site: "Hochmatt", standby: { lag: 3, heard_s_ago: 2 } });
        expect([two, three]).toEqual([2, 3].map((number) => ({ node: number, site: "", standby: null })));
        expect(withSites([{ node: 1 }], "no")).toHaveLength(1);
    });
});

describe("settings", () => {
    const kept = {
        registration_mode: "token" as const,
        organisation_name: "Spital",
        emergency_phone: null,
        emergency_channel: null,
        message_of_the_day: null,
        upload_bytes_max: 104_857_600,
        message_lifetime_default_ms: null,
    };

    it("changes only what differs; what was emptied is as configured", () => {
        const form = formOf(kept);
        expect(changeOf(kept, form)).toEqual({});
        expect(changeOf(kept, { ...form, phone: " 4400 " })).toEqual({ emergency_phone: "4400" });
        expect(changeOf(kept, { ...form, name: " ", uploadMb: "" })).toEqual({ organisation_name: null, upload_bytes_max: null });
        expect(changeOf(kept, { ...form, uploadMb: "50" })).toEqual({ upload_bytes_max: 50_000_000 });
        expect(changeOf(kept, { ...form, lifetimeDays: "30" })).toEqual({ message_lifetime_default_ms: 30 * 86_400_000 });
        const limited = { ...kept, message_lifetime_default_ms: 90 * 86_400_000 };
        expect(changeOf(limited, { ...formOf(limited), lifetimeDays: "" })).toEqual({ message_lifetime_default_ms: null });
    });

    it("finds what the server would refuse", () => {
        const form = formOf(kept);
        expect(wrongIn(form)).toEqual({});
        expect(wrongIn({ ...form, phone: "+41 44 400 44 00", channel: "#urgence:example.org" })).toEqual({});
        expect(wrongIn({ ...form, phone: "ask Anna", channel: "urgence here", uploadMb: "-5", lifetimeDays: "0" })).toEqual({ phone: true, channel: true, uploadMb: true, lifetimeDays: true });
        expect(wrongIn({ ...form, phone: "+ -" })).toEqual({ phone: true });
    });
});

describe("the organisation", () => {
    it("is checked field by field", () => {
        expect(organisationOf({ name: "Spital", emergency_phone: "4400", emergency_channel: "#notfall:spital.ch", message_of_the_day: " " })).toEqual({
            name: "Spital",
            emergencyPhone: "4400",
            emergencyChannel: "#notfall:spital.ch",
            message: null,
        });
        for (const bad of [null, "x", [], { emergency_phone: "javascript:alert(1)", emergency_channel: "https://evil.example", name: 7 }]) {
            expect(organisationOf(bad)).toEqual({ name: null, emergencyPhone: null, emergencyChannel: null, message: null });
        }
    });

    it("dials digits only", () => {
        expect(dialled("+41 (44) 400-44.00")).toBe("tel:+41444004400");
    });
});
