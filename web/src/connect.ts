/** Joins continuity to the client and to the views; the one place that knows all three. */
import { KeptOutgoing } from "./client/keptOutgoing.ts";
import { useFetch } from "./client/network.ts";
import { useClock } from "./client/now.ts";
import { useOutgoing } from "./client/outgoing.ts";
import { browserContinuity } from "./continuity/continuity.ts";
import type { LinkNode } from "./continuity/link.ts";
import { browserWorld } from "./continuity/world.ts";
import type { NodeView } from "./model/link.ts";
import { connection, link } from "./views/shell/linkStore.ts";

export async function connect(): Promise<void> {
    const continuity = browserContinuity(browserWorld());
    useFetch((input, init) => continuity.fetch(input instanceof Request ? input.url : input, init));
    useClock(() => continuity.clock.now());
    useOutgoing(async (session) => {
        const kept = await KeptOutgoing.open(continuity, session);
        connection.set({ notice: continuity.session?.notice ?? null, outbox: continuity.session?.outbox ?? null, continuity });
        return kept;
    });
    const show = (): void => {
        const { state, since, cut, name, nodes } = continuity.link.getSnapshot();
        link.set({ state, since, cut, through: name || null, nodes: nodes.map(viewOf) });
    };
    continuity.link.subscribe(show);
    show();
    connection.set({ notice: null, outbox: null, continuity });
    await continuity.start();
}

function viewOf({ name, site, state, delayMs, since }: LinkNode): NodeView {
    const seen = state === "here" ? "me" : state === "silent" || state === "unknown" ? "down" : "up";
    return { name, site, state: seen, leaving: state === "leaving", unknown: state === "unknown", delayMs, since };
}
