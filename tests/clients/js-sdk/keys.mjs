// Cross-signing, verification, secret storage, key backup, devices and the account itself.
import { VerificationPhase, VerifierEvent, VerificationRequestEvent } from "matrix-js-sdk/lib/crypto-api/index.js";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api/CryptoEvent.js";

import { Failure, ensure, refused, sleep, until } from "./report.mjs";
import { Person } from "./person.mjs";

/** Creates and uploads the cross-signing keys; the own device is signed then. */
export async function crossSigning(person) {
    await person.crypto.bootstrapCrossSigning({
        authUploadDeviceSigningKeys: (makeRequest) => person.withPassword(makeRequest),
    });
    ensure(await person.crypto.isCrossSigningReady(), "cross-signing is not ready");
    await until("the own device to be signed", async () => {
        const status = await person.crypto.getDeviceVerificationStatus(person.id, person.client.getDeviceId());
        return status?.crossSigningVerified;
    });
}

/** Creates secret storage and a key backup with all room keys in it. */
export async function secretStorage(person) {
    const key = await person.crypto.createRecoveryKeyFromPassphrase();
    person.secretKey = key.privateKey;
    let remaining;
    person.client.on(CryptoEvent.KeyBackupSessionsRemaining, (count) => (remaining = count));
    await person.crypto.bootstrapSecretStorage({
        createSecretStorageKey: async () => key,
        setupNewKeyBackup: true,
    });
    ensure(await person.crypto.isSecretStorageReady(), "secret storage is not ready");
    await until("the key backup to be active", () => person.crypto.getActiveSessionBackupVersion());
    // The SDK waits up to ten seconds before it begins.
    await until("all room keys to be in the backup", () => remaining === 0);
    const backup = await person.client.http.authedRequest("GET", "/room_keys/version");
    ensure(backup.count > 0, `the server counts ${backup.count} keys in the backup`);
}

/** A request from a device whose keys are not known yet is ignored by the SDK, so wait for them. */
async function knows(person, other) {
    await until(`${person.name} to know the other device`, async () => {
        const devices = await person.crypto.getUserDeviceInfo([other.id]);
        return devices.get(other.id)?.has(other.client.getDeviceId());
    });
}

/** The next incoming verification request. */
function incoming(person) {
    return new Promise((resolve) => person.client.once(CryptoEvent.VerificationRequestReceived, resolve));
}

async function phase(request, wanted) {
    await until(`the verification to be in phase ${VerificationPhase[wanted]}`, () => {
        if (request.phase === VerificationPhase.Cancelled && wanted !== VerificationPhase.Cancelled) {
            throw new Failure(`the verification was cancelled: ${request.cancellationCode}`);
        }
        return request.phase >= wanted;
    });
}

/** Both sides of a request show emojis, which must be the same, and confirm. */
async function compare(asked, received) {
    await phase(asked, VerificationPhase.Ready);
    const ours = await asked.startVerification("m.sas.v1");
    const theirs = await until("the other side's verifier", () => received.verifier);
    const shown = (verifier) =>
        new Promise((resolve) => verifier.once(VerifierEvent.ShowSas, (callbacks) => resolve(callbacks)));
    const both = Promise.all([shown(ours), shown(theirs)]);
    const done = Promise.all([ours.verify(), theirs.verify()]);
    const [left, right] = await Promise.race([both, done.then(() => [])]);
    ensure(left && right, "the verification ended without emojis");
    const symbols = (callbacks) => callbacks.sas.emoji.map(([symbol]) => symbol).join("");
    ensure(symbols(left) === symbols(right), `the emojis differ: ${symbols(left)} and ${symbols(right)}`);
    // First one screen, then the other, as a person does. At the very same moment the new device may ask
    // for the secrets before the old one has finished trusting it, and the SDK does not ask again.
    const other = right.confirm();
    await sleep(1500);
    await Promise.all([other, left.confirm()]);
    await done;
    await phase(asked, VerificationPhase.Done);
}

/** Two users verify each other by messages in a direct room. */
export async function verifyEachOther(asker, other) {
    const { room_id: roomId } = await asker.client.createRoom({
        is_direct: true, preset: "trusted_private_chat", invite: [other.id],
        initial_state: [
            { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } },
        ],
    });
    await other.roomAs(roomId, "invite");
    await other.client.joinRoom(roomId);
    await other.roomAs(roomId, "join");
    await until("the other as a member", () => asker.room(roomId).getMember(other.id)?.membership === "join");
    await knows(other, asker);
    const reaches = incoming(other);
    const asked = await asker.crypto.requestVerificationDM(other.id, roomId);
    const received = await reaches;
    await received.accept();
    await compare(asked, received);
    for (const [one, two] of [[asker, other], [other, asker]]) {
        await until(`${one.name} to see ${two.name} as verified`, async () =>
            (await one.crypto.getUserVerificationStatus(two.id)).isCrossSigningVerified());
    }
}

/** A new device is verified by an old one and then holds the private keys. */
export async function verifyOwnDevice(old, fresh) {
    await knows(old, fresh);
    const reaches = incoming(old);
    await until("the own identity on the new device", () => fresh.crypto.userHasCrossSigningKeys(fresh.id, true));
    const asked = await fresh.crypto.requestOwnUserVerification();
    const received = await reaches;
    await received.accept();
    await compare(asked, received);
    await until("the new device to be signed", async () => {
        const status = await old.crypto.getDeviceVerificationStatus(old.id, fresh.client.getDeviceId());
        return status?.crossSigningVerified;
    });
    await until("the private keys on the new device", () => fresh.crypto.isCrossSigningReady());
}

/** With the recovery key alone, the device gets the room keys and reads what was said before its time. */
export async function restore(device, secretKey, roomId, text) {
    const timeline = () => device.room(roomId).getLiveTimeline();
    while (await device.client.paginateEventTimeline(timeline(), { backwards: true, limit: 50 })) {}
    const find = () => timeline().getEvents().find((event) => event.getContent().body === text);
    ensure(!find(), "the history was readable before the keys were restored");
    device.secretKey = secretKey;
    // The private keys are taken only beside the public ones, which a new device does not ask for at once.
    ensure(await device.crypto.userHasCrossSigningKeys(device.id, true), "the server has no cross-signing keys");
    await device.crypto.bootstrapCrossSigning({});
    ensure(await device.crypto.isCrossSigningReady(), "cross-signing is not ready with the recovery key");
    await device.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
    const result = await device.crypto.restoreKeyBackup();
    ensure(result.imported > 0 && result.imported === result.total, `restored ${result.imported} of ${result.total}`);
    await until(`the old text ${JSON.stringify(text)}`, find);
}

/** A device is removed with the password; its token works no more. */
export async function removeDevice(person, device) {
    const gone = device.client.getDeviceId();
    device.stop();
    await person.withPassword((auth) => person.client.deleteMultipleDevices([gone], auth ?? undefined));
    const { devices } = await person.client.getDevices();
    ensure(!devices.some((listed) => listed.device_id === gone), "the device is still listed");
    await refused("whoami of the removed device", 401, "M_UNKNOWN_TOKEN", () => device.client.whoami());
}

/** After a change the old password is refused and the new one works. */
export async function changePassword(person) {
    const old = person.password;
    await person.withPassword((auth) => person.client.setPassword(auth ?? undefined, "another password", false));
    person.password = "another password";
    await refused("the old password", 403, "M_FORBIDDEN", () =>
        Person.login(person.url, person.name, old, "too late"));
    const again = await Person.login(person.url, person.name, person.password, "new password");
    again.stop();
}

/** After deactivation neither the token nor the password work. */
export async function deactivate(person) {
    person.stop();
    await person.withPassword((auth) => person.client.deactivateAccount(auth ?? undefined, false));
    await refused("whoami after deactivation", 401, "M_UNKNOWN_TOKEN", () => person.client.whoami());
    let allowed = false;
    try {
        await Person.login(person.url, person.name, person.password, "ghost");
        allowed = true;
    } catch (error) {
        ensure(error.httpStatus === 403, `login was refused with ${error.httpStatus} ${error.errcode}`);
    }
    ensure(!allowed, "a deactivated account could log in");
}
