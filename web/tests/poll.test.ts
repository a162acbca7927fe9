/** Polls and places. */
import { expect, test } from "vitest";
import { geoUri, placeOf, placeWords, typedPlace } from "../src/model/geo.ts";
import { endEvent, pollContent, pollOf, tally, voteEvent, voteIn } from "../src/model/poll.ts";

let next = 0;
const content = pollContent("Who?", ["Anna", "Beat"], true, 1, () => `id${next++}`);
const poll = pollOf(content)!;
const [anna, beat] = poll.answers.map((one) => one.id) as [string, string];

test("a poll is read in both spellings", () => {
    expect(poll).toMatchObject({ question: "Who?", open: true, most: 1, stable: false });
    const stable = pollOf({ "m.poll": { kind: "m.undisclosed", max_selections: 9, question: { "m.text": [{ body: "Q" }] }, answers: [{ "m.id": "a", "m.text": [{ mimetype: "text/html", body: "<b>" }, { body: "A" }] }] } });
    expect(stable).toEqual({ question: "Q", answers: [{ id: "a", text: "A" }], open: false, most: 1, stable: true });
    expect(voteIn(voteEvent(stable!, "$p", ["a"]).content)).toEqual(["a"]);
    expect(voteIn(voteEvent(poll, "$p", [anna]).content)).toEqual([anna]);
    expect(endEvent(poll, "$p", "x").type).toBe("org.matrix.msc3381.poll.end");
});

test("nonsense is not a poll", () => {
    for (const bad of [{}, { "m.poll": 3 }, { "m.poll": { question: [], answers: {} } }, { "org.matrix.msc3381.poll.start": { question: { body: "Q" }, answers: [{ id: 1, body: "x" }] } }]) expect(pollOf(bad)).toBeNull();
    const doubled = pollOf({ "m.poll": { question: { "m.text": "Q" }, max_selections: Infinity, answers: Array.from({ length: 500 }, (_n, index) => ({ "m.id": String(index % 30), "m.text": "x" })) } });
    expect(doubled!.answers.length).toBe(20);
    expect(doubled!.most).toBe(20);
});

test("the newest vote of each person counts, before the end", () => {
    const votes = [
        { sender: "a", at: 1, answers: [anna] },
        { sender: "a", at: 3, answers: [beat] },
        { sender: "b", at: 2, answers: [beat, anna] },
        { sender: "c", at: 9, answers: [anna] },
        { sender: "d", at: 2, answers: ["unknown"] },
        { sender: "e", at: 2, answers: [] },
    ];
    const found = tally(poll, votes, 5, "a");
    expect([...found.counts]).toEqual([[anna, 0], [beat, 2]]);
    expect(found).toMatchObject({ people: 2, mine: [beat], ended: true });
});

test("places", () => {
    expect(placeOf("geo:46.9481,7.4474;u=35")).toEqual({ latitude: 46.9481, longitude: 7.4474, within: 35 });
    for (const bad of ["geo:91,0", "geo:0,181", "geo:1", "javascript:alert(1)", "geo:1,2<script>", "geo:1,2\u202e"]) expect(placeOf(bad)).toBeNull();
    expect(placeWords(typedPlace("46,9481 N 7,4474 E")!)).toBe("46.94810° N, 7.44740° E");
    expect(geoUri(typedPlace("-33.5, -70.6")!)).toBe("geo:-33.500000,-70.600000");
    expect(typedPlace("the gate")).toBeNull();
});
