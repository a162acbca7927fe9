/** Verification of devices and people, one at a time: asked for here or by the other side. */
import type { MatrixClient } from "matrix-js-sdk";
import {
    CryptoEvent,
    VerificationPhase,
    VerificationRequestEvent,
    VerifierEvent,
    type CryptoApi,
    type ShowQrCodeCallbacks,
    type ShowSasCallbacks,
    type VerificationRequest,
    type Verifier,
} from "matrix-js-sdk/lib/crypto-api/index.js";
import { cleanName, localpart } from "../model/names.ts";
import { Store } from "../model/store.ts";
import { verifyEnd, type VerifyStep, type VerifyView } from "../model/verification.ts";
import { Failure, toFailure } from "./failures.ts";

const SAS = "m.sas.v1";
const SHOWS_CODE = "m.qr_code.show.v1";
const SCANS_CODE = "m.qr_code.scan.v1";

export class Verifications extends Store<VerifyView | null> {
    #request: VerificationRequest | null = null;
    readonly #waiting: VerificationRequest[] = [];
    #verifier: Verifier | null = null;
    #sas: ShowSasCallbacks | null = null;
    #scanned: ShowQrCodeCallbacks | null = null;
    #agreed = false;
    #differed = false;
    #code: { for: string; bytes: Uint8Array | null } | null = null;

    constructor(
        private readonly client: MatrixClient,
        /** Finds or makes the conversation with a person. */
        private readonly direct: (userId: string) => Promise<string>,
        /** Called when one of my own devices was verified. */
        private readonly onOwn: () => void,
    ) {
        super(null);
    }

    start(): void {
        this.client.on(CryptoEvent.VerificationRequestReceived, (request) => {
            if (this.#request?.pending) this.#waiting.push(request);
            else this.#take(request);
        });
    }

    /** Asks my other devices; with an id only that one. */
    async askOwn(deviceId?: string): Promise<void> {
        const crypto = this.#crypto();
        const me = this.client.getSafeUserId();
        await this.#ask(() => (deviceId ? crypto.requestDeviceVerification(me, deviceId) : crypto.requestOwnUserVerification()));
    }

    async askPerson(userId: string): Promise<void> {
        await this.#ask(async () => {
            const room = await this.direct(userId);
            await this.client.getRoom(room)?.loadMembersIfNeeded();
            return this.#crypto().requestVerificationDM(userId, room);
        });
    }

    async accept(): Promise<void> {
        await this.#tried(() => this.#request?.accept());
    }

    async comparePictures(): Promise<void> {
        await this.#tried(() => this.#request?.startVerification(SAS));
    }

    /** What the camera saw. False: it belongs to something else. */
    async scanned(bytes: Uint8Array): Promise<boolean> {
        try {
            await this.#request?.scanQRCode(new Uint8ClampedArray(bytes));
            return true;
        } catch (error) {
            console.warn("not the code of this verification", error);
            return false;
        }
    }

    async same(): Promise<void> {
        this.#agreed = true;
        this.#renew();
        await this.#tried(() => (this.#scanned ? this.#scanned.confirm() : this.#sas?.confirm()));
    }

    differ(): void {
        this.#differed = true;
        if (this.#sas) this.#sas.mismatch();
        else if (this.#scanned) this.#scanned.cancel();
        else void this.#request?.cancel();
    }

    /** Puts it away; cancels what is still under way. */
    close(): void {
        const request = this.#request;
        this.#drop();
        if (request?.pending) void request.cancel().catch(() => undefined);
        const next = this.#waiting.shift();
        if (next?.pending) this.#take(next);
    }

    async #ask(make: () => Promise<VerificationRequest>): Promise<void> {
        try {
            this.close();
            this.#take(await make());
        } catch (error) {
            throw toFailure(error);
        }
    }

    #take(request: VerificationRequest): void {
        this.#drop();
        this.#request = request;
        request.on(VerificationRequestEvent.Change, this.#changed);
        this.#renew();
    }

    #drop(): void {
        this.#request?.off(VerificationRequestEvent.Change, this.#changed);
        this.#request = null;
        this.#verifier = null;
        this.#sas = null;
        this.#scanned = null;
        this.#agreed = false;
        this.#differed = false;
        this.#code = null;
        this.set(null);
    }

    readonly #changed = (): void => {
        const request = this.#request;
        if (!request) return;
        if (request.phase === VerificationPhase.Ready && !this.#code) void this.#makeCode(request);
        const { verifier } = request;
        if (verifier && verifier !== this.#verifier) this.#follow(verifier);
        const before = this.getSnapshot()?.step;
        this.#renew();
        if (this.getSnapshot()?.step === "done" && before !== "done" && this.getSnapshot()?.own) this.onOwn();
    };

    #follow(verifier: Verifier): void {
        this.#verifier = verifier;
        const sas = (shown: ShowSasCallbacks | null): void => {
            this.#sas = shown;
            this.#renew();
        };
        const scanned = (shown: ShowQrCodeCallbacks | null): void => {
            this.#scanned = shown;
            this.#renew();
        };
        verifier.on(VerifierEvent.ShowSas, sas);
        verifier.on(VerifierEvent.ShowReciprocateQr, scanned);
        verifier.on(VerifierEvent.Cancel, () => this.#renew());
        this.#sas = verifier.getShowSasCallbacks();
        this.#scanned = verifier.getReciprocateQrCodeCallbacks();
        verifier.verify().then(this.#changed, this.#changed);
    }

    async #makeCode(request: VerificationRequest): Promise<void> {
        this.#code = { for: request.transactionId ?? "", bytes: null };
        if (!request.otherPartySupportsMethod(SCANS_CODE)) return;
        try {
            const bytes = await request.generateQRCode();
            if (this.#request !== request || !bytes) return;
            this.#code = { for: request.transactionId ?? "", bytes: Uint8Array.from(bytes) };
            this.#renew();
        } catch (error) {
            console.warn("no code to show", error);
        }
    }

    #step(request: VerificationRequest): VerifyStep {
        switch (request.phase) {
            case VerificationPhase.Unsent:
            case VerificationPhase.Requested:
                return request.initiatedByMe || request.accepting ? "waiting" : "asked";
            case VerificationPhase.Ready:
                return "choose";
            case VerificationPhase.Started:
                if (this.#sas) return this.#agreed ? "agreed" : "pictures";
                if (this.#scanned) return this.#agreed ? "agreed" : "scanned";
                return "starting";
            case VerificationPhase.Done:
                return "done";
            default:
                return "ended";
        }
    }

    #renew(): void {
        const request = this.#request;
        if (!request) return;
        const step = this.#step(request);
        const userId = request.otherUserId;
        const own = request.isSelfVerification;
        const { emoji = [], decimal } = this.#sas?.sas ?? {};
        const pending = step === "choose" || step === "starting";
        this.set({
            id: request.transactionId ?? "",
            own,
            person: { id: userId, name: cleanName(this.client.getUser(userId)?.displayName, localpart(userId)) },
            device: own && request.otherDeviceId ? { id: request.otherDeviceId, name: this.#deviceName(request.otherDeviceId) } : null,
            mine: request.initiatedByMe,
            step,
            pictures: emoji.map(([symbol]) => symbol),
            numbers: decimal ? [...decimal] : [],
            code: pending ? (this.#code?.bytes ?? null) : null,
            mayScan: pending && request.otherPartySupportsMethod(SHOWS_CODE),
            end: step !== "ended" ? null : this.#differed ? "differ" : verifyEnd(request.cancellationCode),
        });
        if (own && request.otherDeviceId) void this.#learnDevice(request.otherDeviceId);
    }

    readonly #names = new Map<string, string>();

    #deviceName(id: string): string {
        return this.#names.get(id) ?? id;
    }

    async #learnDevice(id: string): Promise<void> {
        if (this.#names.has(id)) return;
        const me = this.client.getSafeUserId();
        const devices = await this.#crypto().getUserDeviceInfo([me]).catch(() => null);
        this.#names.set(id, cleanName(devices?.get(me)?.get(id)?.displayName, id));
        this.#renew();
    }

    async #tried(act: () => unknown): Promise<void> {
        try {
            await act();
        } catch (error) {
            console.warn("the verification did not go on", error);
            if (toFailure(error).kind === "offline") throw toFailure(error);
            this.#renew();
        }
    }

    #crypto(): CryptoApi {
        const crypto = this.client.getCrypto();
        if (!crypto) throw new Failure("unknown");
        return crypto;
    }
}
