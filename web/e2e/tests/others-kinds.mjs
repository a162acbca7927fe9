// Somebody else's client: polls, files, pictures, voice messages and places, encrypted, both ways.
import assert from "node:assert/strict";
import { together, withCompanion } from "../companion.mjs";
import { until } from "../harness.mjs";
import { look } from "../look.mjs";

async function attach(page, what) {
    await page.click('.cmp button[aria-label="Attach"]');
    await page.click(`[role="menuitem"]:has-text("${what}")`);
}

const poll = (question) => `.poll:has-text("${question}")`;
const votes = (item) => Object.fromEntries(item.answers.map((one) => [one.text, one.votes?.length ?? 0]));

/** A picture as a camera would make it: a PNG that the browser draws. */
async function drawn(page, width, height) {
    const data = await page.evaluate(async ([w, h]) => {
        const canvas = new OffscreenCanvas(w, h);
        const pen = canvas.getContext("2d");
        for (let x = 0; x < w; x += 8) {
            pen.fillStyle = `hsl(${(x * 360) / w} 80% 50%)`;
            pen.fillRect(x, 0, 8, h);
        }
        const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
        let text = "";
        for (const byte of bytes) text += String.fromCharCode(byte);
        return btoa(text);
    }, [width, height]);
    return Buffer.from(data, "base64");
}

export const tests = withCompanion({
    "others: polls, both ways, in both spellings": async (world) => {
        const { page, companion, anna, rosa } = await together(world, { strict: true });
        // Asked there: changed before anybody has voted, voted in from both sides, ended.
        await companion.do("poll", { question: "Who takes the nigth?", answers: ["Anna", "Rosa"] });
        const asked = await companion.sees("its own poll", (item) => item.kind === "poll");
        await page.waitForSelector(poll("Who takes the nigth?"));
        await companion.do("change-poll", { event: asked.event, question: "Who takes the night?", answers: ["Anna", "Rosa", "Nobody"] });
        await page.waitForSelector(`${poll("Who takes the night?")} label:has-text("Nobody")`);
        await page.click(`${poll("Who takes the night?")} label:has-text("Rosa")`);
        const voted = await companion.sees("Anna's vote", (item) => item.event === asked.event && votes(item).Rosa === 1);
        assert.deepEqual(voted.answers.find((one) => one.text === "Rosa").votes, [anna.id]);
        await companion.do("vote", { event: asked.event, answers: [voted.answers.find((one) => one.text === "Nobody").id] });
        await page.waitForSelector(`${poll("Who takes the night?")}:has-text("2 people have voted")`);
        await page.click(`${poll("Who takes the night?")} label:has-text("Nobody")`);
        await companion.sees("the changed vote", (item) => item.event === asked.event && votes(item).Nobody === 2 && votes(item).Rosa === 0);
        await companion.do("end-poll", { event: asked.event, text: "Ended" });
        await page.waitForSelector(`${poll("Who takes the night?")}:has-text("Ended, 2 people voted") .won:has-text("Nobody")`);
        // Asked here: hidden until it ends, several answers.
        await attach(page, "Poll");
        await page.fill(".dlg input >> nth=0", "What is missing?");
        await page.fill('.dlg input[aria-label="Answer 1"]', "Gloves");
        await page.fill('.dlg input[aria-label="Answer 2"]', "Masks");
        await page.click('.dlg label:has-text("Several")');
        await page.click('.dlg footer button:has-text("Start poll")');
        const mine = await companion.sees("Anna's poll", (item) => item.kind === "poll" && item.question === "What is missing?");
        assert.deepEqual([mine.most, mine.open, mine.answers.map((one) => one.text)], [2, true, ["Gloves", "Masks"]]);
        assert.match(mine.text, /What is missing\?\s*1\. Gloves\s*2\. Masks/);
        await companion.do("vote", { event: mine.event, answers: mine.answers.map((one) => one.id) });
        await page.click(`${poll("What is missing?")} label:has-text("Masks")`);
        await page.waitForSelector(`${poll("What is missing?")} label:has-text("Masks"):has-text("2 votes")`);
        await page.waitForSelector(`${poll("What is missing?")} label:has-text("Gloves"):has-text("1 vote")`);
        await page.click(`${poll("What is missing?")} button:has-text("End poll")`);
        const ended = await companion.sees("its end", (item) => item.event === mine.event && item.ended);
        assert.deepEqual(votes(ended), { Gloves: 1, Masks: 2 });
        assert.ok(ended.answers[0].votes.includes(rosa.id));
        await look(page, "others-polls");
        // Asked there, with votes that nobody sees before the end.
        await companion.do("poll", { question: "Too warm?", answers: ["Yes", "No"], hidden: true });
        const secret = await companion.sees("a hidden poll", (item) => item.question === "Too warm?");
        assert.equal(secret.open, false);
        await page.click(`${poll("Too warm?")} label:has-text("Yes")`);
        await companion.sees("Anna's vote", (item) => item.event === secret.event && votes(item).Yes === 1);
        await page.waitForSelector(`${poll("Too warm?")}:has-text("1 person has voted")`);
        assert.equal(await page.locator(`${poll("Too warm?")} label:has-text("1 vote")`).count(), 0);
        await companion.do("end-poll", { event: secret.event, text: "Ended" });
        await page.waitForSelector(`${poll("Too warm?")} .won:has-text("Yes"):has-text("1 vote")`);
        // As the specification spells it: read, voted in, and ended.
        const text = (body) => ({ "m.text": [{ body }] });
        const content = { "m.poll": { kind: "m.disclosed", max_selections: 1, question: text("Tea?"), answers: [{ "m.id": "y", ...text("Yes") }, { "m.id": "n", ...text("No") }] }, ...text("Tea? Yes, No") };
        await companion.do("raw", { type: "m.poll.start", content });
        await page.click(`${poll("Tea?")} label:has-text("Yes")`);
        await page.waitForSelector(`${poll("Tea?")} label:has-text("Yes"):has-text("1 vote")`);
        const id = await page.locator(`.msg:has(${poll("Tea?")})`).getAttribute("data-event");
        const relation = { "m.relates_to": { rel_type: "m.reference", event_id: id } };
        await companion.do("raw", { type: "m.poll.response", content: { ...relation, "m.selections": ["n"] } });
        await page.waitForSelector(`${poll("Tea?")} label:has-text("No"):has-text("1 vote")`);
        await companion.do("raw", { type: "m.poll.end", content: { ...relation, ...text("Ended") } });
        await page.waitForSelector(`${poll("Tea?")}:has-text("Ended, 2 people voted")`);
    },

    "others: voice messages, both ways": async (world) => {
        const { page, companion } = await together(world, { strict: true });
        await page.context().grantPermissions(["microphone"]);
        await page.click('.cmp button[aria-label="Voice message"]');
        await page.waitForSelector(".recording .nums");
        await until("some seconds are recorded", async () => (await page.innerText(".recording .nums")) >= "0:03");
        await page.click('.recording button[aria-label="Send"]');
        const mine = await companion.sees("the voice message", (item) => item.voice === true);
        assert.deepEqual([mine.kind, mine.mime, mine.secret, mine.encrypted], ["m.audio", "audio/ogg", true, true]);
        assert.ok(mine.duration_ms >= 1900 && mine.duration_ms < 20_000, `${mine.duration_ms} ms`);
        assert.equal(mine.sound_ms, mine.duration_ms);
        assert.ok(mine.waveform.length >= 20 && mine.waveform.length <= 120, `${mine.waveform.length} values`);
        assert.ok(mine.waveform.every((one) => one >= 0 && one <= 1024) && Math.max(...mine.waveform) > 0);
        const sound = Buffer.from((await companion.do("fetch", { event: mine.event })).data, "base64");
        assert.equal(sound.length, mine.size);
        assert.equal(sound.subarray(0, 4).toString("latin1"), "OggS");
        assert.ok(sound.includes("OpusHead"));
        // The same sound from there, with a waveform of its own.
        const waveform = Array.from({ length: 44 }, (_none, index) => (index < 22 ? 0.1 : 1));
        await companion.do("attach", { name: "voice message.ogg", mime: "audio/ogg", voice: true, duration_ms: 83_000, waveform, data: sound.toString("base64") });
        const theirs = page.locator(".msg:not(.own) .voice");
        await theirs.locator('button[aria-label$="1:23"]').waitFor();
        const heights = await theirs.locator(".wave i").evaluateAll((all) => all.map((one) => parseInt(one.style.height, 10)));
        assert.deepEqual([heights[0], heights.at(-1)], [10, 100], "the waveform that was sent");
        await look(page, "others-voice");
        await theirs.locator(".pl").click();
        await until("it plays", () => page.evaluate(() => (document.querySelector(".msg:not(.own) .voice audio")?.currentTime ?? 0) > 0.1));
    },

    "others: pictures, files and places, both ways": async (world) => {
        const { page, companion, anna } = await together(world, { strict: true });
        // From there: a picture with a small one, words with a mention; a file; a place as Element X writes it.
        const [picture, small] = [await drawn(page, 1600, 1200), await drawn(page, 400, 300)];
        const thumbnail = { data: small.toString("base64"), mime: "image/png", width: 400, height: 300 };
        const caption = { text: "The **ward**", html: "The <strong>ward</strong>", mentions: [anna.id] };
        await companion.do("attach", { name: "ward.png", mime: "image/png", width: 1600, height: 1200, data: picture.toString("base64"), thumbnail, caption });
        const shown = page.locator('.msg.named:has-text("The ward")');
        await until("the small picture is shown", () => shown.locator(".picture img").evaluate((one) => one.naturalWidth === 400));
        await shown.locator('strong:has-text("ward")').waitFor();
        await shown.locator(".picture").click();
        await until("the whole picture is shown", () => page.evaluate(() => document.querySelector(".viewer .stage img")?.naturalWidth === 1600));
        await page.keyboard.press("Escape");
        const theirs = await companion.sees("its picture", (item) => item.name === "ward.png");
        await companion.do("edit", { event: theirs.event, text: "The ward, tidied" });
        await page.waitForSelector('.msg:has(.picture):has-text("The ward, tidied"):has-text("(edited)")');
        const report = Buffer.from("fridge 2: 3.8 degrees\n".repeat(3000));
        await companion.do("attach", { name: "fridge 2.pdf", mime: "application/pdf", data: report.toString("base64") });
        const [download] = await Promise.all([page.waitForEvent("download"), page.click('.file:has-text("fridge 2.pdf") button[aria-label="Download"]')]);
        const { readFileSync } = await import("node:fs");
        assert.ok(readFileSync(await download.path()).equals(report), "the same bytes");
        await companion.do("spot", { uri: "geo:46.9481,7.4474;u=12", text: "Location was shared at geo:46.9481,7.4474;u=12" });
        const place = page.locator('.place:has(a[href^="geo:46.948100,7.447400"])');
        await place.waitFor();
        assert.ok(!(await place.innerText()).includes("was shared"), "words of a program are no name");
        await companion.do("spot", { uri: "geo:47.05,8.31", text: "Main gate", description: "Main gate", pin: true });
        await page.waitForSelector('.place:has-text("Main gate") a[href^="geo:47.050000,8.310000"]');
        // From here.
        const mine = await drawn(page, 2000, 1000);
        await page.setInputFiles('.cmp input[type="file"]', { name: "garden.png", mimeType: "image/png", buffer: mine });
        await page.waitForSelector('.tile:has-text("garden.png")');
        await page.fill(".cmp textarea", "The *garden*");
        await page.press(".cmp textarea", "Enter");
        const seen = await companion.sees("the picture", (item) => item.name === "garden.png");
        const { kind, mime, size, width, height, secret, thumbnail: hasSmall, thumbnail_mime, caption: words, html } = seen;
        assert.deepEqual({ kind, mime, size, width, height, secret, hasSmall, thumbnail_mime, words, html }, {
            kind: "m.image", mime: "image/png", size: mine.length, width: 2000, height: 1000, secret: true, hasSmall: true, thumbnail_mime: "image/png", words: "The *garden*", html: "The <em>garden</em>",
        });
        assert.ok(Buffer.from((await companion.do("fetch", { event: seen.event })).data, "base64").equals(mine), "the same bytes");
        const its = Buffer.from((await companion.do("fetch", { event: seen.event, thumbnail: true })).data, "base64");
        assert.deepEqual([its.subarray(1, 4).toString("latin1"), its.readUInt32BE(16)], ["PNG", 800]);
        await page.setInputFiles('.cmp input[type="file"]', { name: "list.csv", mimeType: "text/csv", buffer: report });
        await page.click('.cmp button[aria-label="Send"]');
        const file = await companion.sees("the file", (item) => item.name === "list.csv");
        assert.deepEqual([file.kind, file.mime, file.size, file.caption, file.secret], ["m.file", "text/csv", report.length, null, true]);
        assert.ok(Buffer.from((await companion.do("fetch", { event: file.event })).data, "base64").equals(report));
        await attach(page, "Location");
        await page.fill(".dlg input >> nth=0", "46.9481, 7.4474");
        await page.fill(".dlg input >> nth=1", "Helipad");
        await page.click('.dlg footer button:has-text("Share")');
        const spot = await companion.sees("the place", (item) => item.description === "Helipad");
        assert.deepEqual([spot.kind, spot.uri, spot.old_uri, spot.asset], ["m.location", "geo:46.948100,7.447400", "geo:46.948100,7.447400", "m.pin"]);
        assert.match(spot.words, /^Helipad/);
        await look(page, "others-kinds");
    },
});
