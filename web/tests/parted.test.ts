// What the server says of a room that is closed, in words of people.
import type { MatrixClient } from "matrix-js-sdk";
import { expect, test } from "vitest";
import { failureOf, toFailure } from "../src/client/failures.ts";
import { howParted } from "../src/client/parted.ts";

const CLOSED = "this room was closed by an administrator of the server";

test("a closed room is told from what one may not do", () => {
    expect(failureOf("M_FORBIDDEN", undefined, CLOSED).kind).toBe("closed-room");
    expect(toFailure({ errcode: "M_FORBIDDEN", data: { error: CLOSED } }).kind).toBe("closed-room");
    expect(toFailure({ errcode: "M_FORBIDDEN", data: { error: "your level is too low" } }).kind).toBe("forbidden");
    expect(failureOf("M_UNKNOWN", undefined, CLOSED).kind).toBe("unknown");
});

function out(membership: string, sender: string, reason?: unknown, before = "join"): MatrixClient {
    const event = { getContent: () => ({ membership, reason }), getPrevContent: () => ({ membership: before }), getSender: () => sender };
    const member = (id: string): unknown => (id === "@me:here" ? { events: { member: event } } : { name: "Rosa" });
    const room = { name: "Ward", getMember: member, getMyMembership: () => membership };
    return { getSafeUserId: () => "@me:here", getRoom: (id: string) => (id === "!a" ? room : null) } as unknown as MatrixClient;
}

test("who was put out of a room is told how; who left is not", () => {
    expect(howParted(out("leave", "@me:here", "This room was closed."), "!a")).toMatchObject({ how: "closed", room: "Ward" });
    expect(howParted(out("leave", "@me:here", "Holidays"), "!a")).toBeNull();
    expect(howParted(out("leave", "@me:here"), "!a")).toBeNull();
    expect(howParted(out("leave", "@rosa:here", " noise "), "!a")).toEqual({ how: "removed", room: "Ward", by: "Rosa", reason: "noise" });
    // Somebody who removes cannot say that an administrator closed the room.
    expect(howParted(out("leave", "@rosa:here", "This room was closed."), "!a")).toMatchObject({ how: "removed" });
    expect(howParted(out("ban", "@rosa:here", { not: "text" }), "!a")).toMatchObject({ how: "banned", reason: "" });
    expect(howParted(out("leave", "@rosa:here", "never mind", "invite"), "!a")).toBeNull();
    expect(howParted(out("join", "@me:here"), "!a")).toBeNull();
    expect(howParted(out("leave", "@rosa:here"), "!b")).toBeNull();
});
