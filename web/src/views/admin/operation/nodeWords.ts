/** The state of the nodes in one sentence. */
import { nodeName } from "../../../continuity/link.ts";
import { nodesState, toneOf, type ServerNode, type Tone } from "../../../model/admin/operation.ts";
import type { t } from "../../../i18n/i18n.ts";

export function nameOf(node: ServerNode): string {
    return nodeName(node.node, node.url ?? String(node.node));
}

export interface Finding {
    tone: Tone;
    /** What is. */
    title: string;
    /** What that means, or what to do. */
    text: string;
}

/** At most three names, then how many more. */
function names(nodes: readonly ServerNode[]): string {
    const shown = nodes.slice(0, 3).map(nameOf).join(", ");
    return nodes.length > 3 ? `${shown} + ${nodes.length - 3}` : shown;
}

export function nodesFinding(nodes: readonly ServerNode[], words: typeof t): Finding {
    const state = nodesState(nodes);
    const tone = toneOf(state.is);
    switch (state.is) {
        case "alone":
            return { tone, title: words("adminNodes.alone"), text: words("adminNodes.aloneText") };
        case "all":
            return { tone, title: words("adminNodes.allGood", { count: nodes.filter((node) => !node.standby).length }), text: words("adminNodes.allGoodText") };
        case "none":
            return { tone, title: words("adminNodes.noneWrite"), text: words("adminNodes.noneWriteText") };
        case "last":
            return { tone, title: words("adminNodes.last", { name: names(state.nodes) }), text: words("adminNodes.lastText") };
        case "silent":
            return { tone, title: words("adminNodes.silentNodes", { count: state.nodes.length, name: names(state.nodes) }), text: words("adminNodes.silentText") };
        case "resting":
            return { tone, title: words("adminNodes.restingNodes", { count: state.nodes.length, name: names(state.nodes) }), text: words("adminNodes.restingText") };
        case "behind":
            return { tone, title: words("adminNodes.behindNodes", { count: state.nodes.length, name: names(state.nodes) }), text: words("adminNodes.behindText") };
        case "versions":
            return { tone, title: words("adminNodes.oldNodes", { count: state.nodes.length, name: names(state.nodes) }), text: words("adminNodes.oldText") };
        case "standby-late":
            return { tone, title: words("adminNodes.standbyLate", { count: state.nodes.length, name: names(state.nodes) }), text: words("adminNodes.standbyLateText") };
    }
}
