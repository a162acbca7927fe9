/** The ridge: one peak a node; filled = connected through it, outline = up, dashed = no answer. */
import type { NodeView } from "../../model/link.ts";

const PEAKS_MAX = 5;

export function Ridge({ nodes }: { nodes: readonly NodeView[] }) {
    const shown = nodes.length === 0 ? [{ name: "", state: "me" as const }] : nodes.slice(0, PEAKS_MAX);
    const width = shown.length * 15 + 1;
    return (
        <svg className="ridge" viewBox={`0 0 ${width} 18`} preserveAspectRatio="xMinYMid meet" aria-hidden="true">
            {shown.map((node, index) => {
                const left = 2 + index * 15;
                const top = node.state === "me" ? 4 : 6;
                return <path key={index} className={node.state} d={`M${left} 15.5 ${left + 6} ${top} ${left + 12} 15.5Z`} />;
            })}
        </svg>
    );
}
