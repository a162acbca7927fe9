// Two people with matrix-js-sdk (the library of Element Web, with its Rust encryption) talk over the classic /sync.
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";

import * as steps from "./steps.mjs";
import * as keys from "./keys.mjs";
import { Person, register } from "./person.mjs";
import { Report, Stopped } from "./report.mjs";

async function person(report, url, name) {
    const full = `${name}${randomBytes(3).toString("hex")}`;
    const password = `${full} has a password`;
    await report.need(`${name} registers`, () => register(url, full, password));
    return report.need(`${name} logs in by password and syncs`, () => Person.login(url, full, password, "browser"));
}

async function converse(report, ada, bea, room) {
    const first = await report.need("a text of ada is decrypted by bea", () =>
        steps.textArrives(ada, bea, room, "hello bea"));
    await report.need("a text of bea is decrypted by ada", () => steps.textArrives(bea, ada, room, "hello ada"));
    await report.check("a thread with its summary", () => steps.thread(ada, bea, room, first));
    await report.check("a reaction and taking it back", () => steps.reaction(bea, ada, room, first));
    await report.check("an edit", () => steps.edit(ada, bea, room));
    await report.check("a redaction", () => steps.redaction(ada, bea, room));
    await report.check("typing starts and stops", () => steps.typing(ada, bea, room));
    await report.check("read receipts and unread counts", () => steps.receipts(ada, bea, room));
    await report.check("older messages by pagination", () => steps.pagination(ada, bea, room));
}

async function account(report, ada, bea, room) {
    await report.check("upload, authenticated download, thumbnail", () => steps.media(ada, bea));
    await report.check("profile, tags and account data", () => steps.profile(ada, bea, room));
    await report.check("push rules: a muted room counts nothing", () => steps.mute(ada, bea));
    await report.check("a mention highlights", () => steps.mention(ada, bea));
    await report.check("a public room by alias and directory", () => steps.directory(ada, bea));
    await report.check("knocking and being let in", () => steps.knock(ada, bea));
    await report.check("a room upgrade leaves a tombstone", () => steps.upgrade(ada));
    await report.check("to-device messages", () => steps.toDevice(ada, bea));
}

async function story(report, url) {
    const ada = await person(report, url, "ada");
    const bea = await person(report, url, "bea");
    await report.need("ada creates cross-signing keys", () => keys.crossSigning(ada));
    await report.need("bea creates cross-signing keys", () => keys.crossSigning(bea));
    const room = await report.need("an encrypted room, invitation, join", () => steps.meet(ada, bea));
    await converse(report, ada, bea, room);
    await report.check("ada and bea compare emojis in a direct room", () => keys.verifyEachOther(ada, bea));
    await report.need("ada creates secret storage and key backup", () => keys.secretStorage(ada));
    const later = await report.need("ada logs in on a second device", () =>
        Person.login(url, ada.name, ada.password, "second browser"));
    await report.check("both devices compare emojis", () => keys.verifyOwnDevice(ada, later));
    const third = await report.need("ada logs in on a third device", () =>
        Person.login(url, ada.name, ada.password, "third browser"));
    await report.check("the recovery key restores the history on it", () =>
        keys.restore(third, ada.secretKey, room, "hello bea"));
    await report.check("a device is removed with the password", () => keys.removeDevice(ada, third));
    await account(report, ada, bea, room);
    await report.check("leaving and forgetting", () => steps.leave(ada, bea, room));
    await report.check("the password is changed", () => keys.changePassword(bea));
    await report.check("the account is deactivated", () => keys.deactivate(bea));
    for (const someone of [ada, bea, later, third]) someone.stop();
}

const { values } = parseArgs({ options: { url: { type: "string" } } });
if (!values.url) throw new Error("--url is missing: the base URL of the server under test");
const report = new Report();
try {
    await story(report, values.url.replace(/\/+$/, ""));
} catch (error) {
    if (!(error instanceof Stopped)) throw error;
    console.log("# js-sdk: stopped here, the remaining steps need the one that failed");
}
// Clients of a stopped scenario still poll; there is nothing left to wait for.
process.exit(report.finish() ? 0 : 1);
