// Everything of the corpus is sent by a hostile person with a program of their own; the reader goes on reading.
import assert from "node:assert/strict";
import { CONTENTS, KEYS, NAMES, POLLS } from "../../tests/hostile/corpus.mjs";
import { say, signIn } from "../harness.mjs";

async function apiOf(server, { name, password }) {
    const ask = async (token, method, path, body) => {
        const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
        const answer = await fetch(`${server.api}/_matrix/client/v3${path}`, { method, headers, body: JSON.stringify(body) });
        return { ok: answer.ok, body: await answer.json() };
    };
    const { body } = await ask(null, "POST", "/login", { type: "m.login.password", identifier: { type: "m.id.user", user: name }, password });
    return (method, path, given) => ask(body.access_token, method, path, given);
}

export const tests = {
    "nothing that is sent runs, breaks the timeline or covers the client": async ({ server, browser }) => {
        const anna = await server.person("anna", { shown: "Anna Meier" });
        const evil = await server.person("evil");
        const api = await apiOf(server, evil);
        const { body: made } = await api("POST", "/createRoom", { name: "Odd\u202e things", invite: [anna.id], preset: "private_chat" });
        const room = encodeURIComponent(made.room_id);
        const page = await browser.visit(server);
        await signIn(page, anna);
        await page.click('.rrow.invitation button:has-text("Accept")');
        await page.waitForSelector(".cmp textarea");
        let taken = 0;
        let number = 0;
        const send = async (type, content) => {
            const { ok, body } = await api("PUT", `/rooms/${room}/send/${type}/${number++}`, content);
            if (ok) taken += 1;
            return body.event_id;
        };
        const target = await send("m.room.message", { msgtype: "m.text", body: "first" });
        for (const name of NAMES) await api("PUT", `/profile/${encodeURIComponent(evil.id)}/displayname`, { displayname: name });
        for (const key of KEYS) await send("m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id: target, key } });
        for (const poll of POLLS) for (const type of ["m.poll.start", "org.matrix.msc3381.poll.start"]) await send(type, poll);
        for (const content of Object.values(CONTENTS)) await send("m.room.message", content);
        for (const content of Object.values(CONTENTS).slice(0, 40)) await send("m.room.message", { msgtype: "m.text", body: "* x", "m.new_content": content, "m.relates_to": { rel_type: "m.replace", event_id: target } });
        await send("m.room.message", { msgtype: "m.text", body: "the last one" });
        assert.ok(taken > 200, `the server took ${taken}`);
        await page.waitForSelector('.msg:has-text("the last one")');
        // All of it is looked at on the way up, and at the end one can still talk.
        for (let screen = 0; screen < 60; screen++) {
            await page.evaluate(() => document.querySelector(".tl").dispatchEvent(new WheelEvent("wheel", { bubbles: true })));
            await page.evaluate(() => (document.querySelector(".tl").scrollTop -= 700));
            await page.waitForTimeout(60);
            const state = await page.evaluate(() => ({
                owned: globalThis.owned,
                bad: document.querySelectorAll(".tl :is(script,iframe,form,object,embed,style)").length,
                wide: document.documentElement.scrollWidth > innerWidth || document.querySelector(".tl").scrollWidth > document.querySelector(".tl").clientWidth,
                over: document.elementFromPoint(30, 60)?.closest(".tl") !== null,
            }));
            assert.deepEqual(state, { owned: undefined, bad: 0, wide: false, over: false });
        }
        if (process.env.E2E_LOOK) await page.screenshot({ path: `${process.env.E2E_LOOK}/hostile.png` });
        await say(page, "Still here");
        await page.waitForSelector('.msg.own:has-text("Still here")');
        assert.equal(await page.locator(".empty").count(), 0, "no part of the client gave up");
        // While HTML is made safe the browser says which styles and handlers in it the policy would have stopped.
        // The SDK looks for the first messages of threads that there are not.
        browser.faults = browser.faults.filter((fault) => !/Content Security Policy|M_NOT_FOUND/.test(fault));
    },
};
