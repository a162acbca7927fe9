import decodeQR from "qr/decode.js";
import encodeQR from "qr";
import { describe, expect, it } from "vitest";
import { challengeOf, Given, Proof } from "../src/client/proof.ts";
import { accountName, arrivalOf, pastedArrival } from "../src/model/arrival.ts";
import { bytesToText, textToBytes } from "../src/model/qr.ts";
import { SAS_PICTURES, sasNumber } from "../src/model/sasPictures.ts";
import { verifyEnd } from "../src/model/verification.ts";

describe("pictures", () => {
    it("are 64, each found with and without its variation mark", () => {
        expect(new Set(SAS_PICTURES).size).toBe(64);
        SAS_PICTURES.forEach((symbol, number) => {
            expect(sasNumber(symbol)).toBe(number);
            expect(sasNumber(symbol.replace(/\ufe0f/g, ""))).toBe(number);
            expect(sasNumber(`${symbol}\ufe0f`)).toBe(number);
        });
        expect(sasNumber("🦊")).toBe(-1);
    });
});

describe("codes", () => {
    it("carry every byte there and back", () => {
        const bytes = Uint8Array.from({ length: 160 }, (_, index) => (index * 37 + 11) % 256);
        bytes.set(new TextEncoder().encode("MATRIX"));
        const bits = encodeQR(bytesToText(bytes), "raw", { ecc: "low", encoding: "byte", border: 4, textEncoder: textToBytes });
        const scale = 6;
        const side = bits.length * scale;
        const data = new Uint8Array(side * side * 4).fill(255);
        bits.forEach((row, y) =>
            row.forEach((dark, x) => {
                if (!dark) return;
                for (let dy = 0; dy < scale; dy++) {
                    for (let dx = 0; dx < scale; dx++) data.fill(0, ((y * scale + dy) * side + x * scale + dx) * 4, ((y * scale + dy) * side + x * scale + dx) * 4 + 3);
                }
            }),
        );
        const read = decodeQR({ width: side, height: side, data }, { textDecoder: bytesToText, timeLimit: 2000 });
        expect(textToBytes(read)).toEqual(bytes);
    });
});

describe("links", () => {
    it("bring an invitation or a token behind the #", () => {
        expect(arrivalOf("#/invitation/aB3_x-9")).toEqual({ is: "invitation", code: "aB3_x-9" });
        expect(arrivalOf("#/join/ward4b")).toEqual({ is: "join", token: "ward4b" });
        expect(arrivalOf("#token=ward4b")).toEqual({ is: "join", token: "ward4b" });
        for (const bad of ["", "#", "#/join/", "#/join/a b", "#/join/%", "#/join/<b>", `#/join/${"a".repeat(300)}`, "#/elsewhere/x"]) {
            expect(arrivalOf(bad)).toBeNull();
        }
    });
    it("may be pasted whole or as the code alone", () => {
        expect(pastedArrival(" https://talk.example/#/invitation/abc ")).toEqual({ is: "invitation", code: "abc" });
        expect(pastedArrival("ward4b")).toEqual({ is: "join", token: "ward4b" });
        expect(pastedArrival("two words")).toBeNull();
    });
    it("lead to account names of allowed letters only", () => {
        expect(accountName(" Anna.Meier ")).toBe("anna.meier");
        expect(accountName("anna meier")).toBeNull();
        expect(accountName("änna")).toBeNull();
    });
});

describe("a verification that ended", () => {
    it("says why", () => {
        expect(verifyEnd("m.user")).toBe("declined");
        expect(verifyEnd("m.mismatched_sas")).toBe("differ");
        expect(verifyEnd("com.example.other")).toBe("broken");
        expect(verifyEnd(null)).toBe("broken");
    });
});

describe("proof by password", () => {
    const refusal = { httpStatus: 401, data: { session: "s1", flows: [{ stages: ["m.login.password"] }] } };

    it("is asked for only when the server wants it, and again when it was wrong", async () => {
        const proof = new Proof("@anna:localhost");
        const tried: unknown[] = [];
        const answers = ["wrong", "right"];
        const seen: boolean[] = [];
        proof.subscribe(() => {
            const question = proof.getSnapshot();
            if (!question) return;
            seen.push(question.again);
            question.answer(answers.shift()!);
        });
        const result = await proof.run(async (auth) => {
            tried.push(auth);
            if (auth?.password === "right") return "done";
            throw refusal;
        });
        expect(result).toBe("done");
        expect(seen).toEqual([false, true]);
        expect(tried).toHaveLength(3);
        expect(tried[2]).toMatchObject({ session: "s1", identifier: { user: "@anna:localhost" } });
    });
    it("may be given up", async () => {
        const proof = new Proof("@anna:localhost");
        proof.subscribe(() => proof.getSnapshot()?.cancel());
        await expect(proof.run(() => Promise.reject(refusal))).rejects.toBeInstanceOf(Given);
    });
    it("is not for other refusals", () => {
        expect(challengeOf({ httpStatus: 403, data: {} })).toBeNull();
        expect(challengeOf({ httpStatus: 401, data: { flows: [{ stages: ["m.login.recaptcha"] }] } })).toBeNull();
    });
});
