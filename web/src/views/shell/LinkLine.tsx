/** The foot of the list: how one is connected, in words, with the ridge; behind it the nodes. */
import { Check, ChevronUp, Clock, Unplug } from "lucide-react";
import type { Link, NodeView } from "../../model/link.ts";
import { clockTime } from "../../model/time.ts";
import { Popover } from "../../design/Popover.tsx";
import { useStore } from "../../design/useStore.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { Emergency } from "./Emergency.tsx";
import { connection, deviceRoomOf, link, outboxOf } from "./linkStore.ts";
import { Ridge } from "./Ridge.tsx";

export function LinkLine() {
    const t = useWords();
    const language = useLanguage();
    const shown = useStore(link);
    const [first, second] = lines(shown, t, language);
    const trigger = (
        <button type="button" className="line" data-node={shown.through ?? ""}>
            <Ridge nodes={shown.nodes} />
            <span className="grow">
                <b className="b">{first}</b>
                {second && (
                    <>
                        <br />
                        <span className="dim">{second}</span>
                    </>
                )}
            </span>
            <ChevronUp className="i s" aria-hidden="true" />
        </button>
    );
    return (
        <Popover trigger={trigger} title={t("link.title")} side="top">
            <Nodes />
        </Popover>
    );
}

type Words = ReturnType<typeof useWords>;

function lines({ state, nodes, through, since }: Link, t: Words, language: string): [string, string | null] {
    const name = through ?? "";
    const silent = nodes.find((node) => node.state === "down" && !node.unknown);
    if (state === "offline") return [t("link.none"), t("link.lastContact", { time: clockTime(since, language), name })];
    if (state === "changing") return [t("link.changing"), null];
    const connected = nodes.length > 1 && name ? t("link.connected", { name }) : t("link.connectedPlain");
    if (state === "paused") return [connected, t("link.pausedLine")];
    if (state === "site") return [connected, t("link.siteLine")];
    return [connected, silent ? t("link.silentNode", { name: silent.name }) : null];
}

function Nodes() {
    const t = useWords();
    const language = useLanguage();
    const { state, nodes, since, cut } = useStore(link);
    const connected = useStore(connection);
    const { unsent } = useStore(outboxOf(connected));
    const tight = useStore(deviceRoomOf(connected));
    const all = nodes.length;
    const up = nodes.filter((node) => node.state !== "down").length;
    const meaning =
        state === "offline"
            ? t("link.noneAnswer")
            : state === "site"
              ? t(cut ? "link.siteMeans" : "link.siteFar", { time: clockTime(since, language) })
              : state === "paused"
                ? t("link.tooFewAnswer", { up, all })
                : up < all
                  ? t("link.someAnswer", { up, all })
                  : t("link.allAnswer", { count: all });
    return (
        <div className="nodes">
            <p className="sm muted">{meaning}</p>
            {state === "offline" && <Emergency />}
            <ol>
                {nodes.map((node) => (
                    <NodeLine key={node.name} node={node} />
                ))}
            </ol>
            <p className="row sm muted">
                {unsent === 0 ? <Check className="i s ct ok" aria-hidden="true" /> : <Clock className="i s" aria-hidden="true" />}
                {unsent === 0 ? t("link.allStored") : t("link.storedHere", { count: unsent })}
            </p>
            {tight && <p className="sm muted">{t("link.full")}</p>}
        </div>
    );
}

function NodeLine({ node }: { node: NodeView }) {
    const t = useWords();
    const language = useLanguage();
    const time = clockTime(node.since ?? 0, language);
    const words =
        node.state === "me"
            ? t("link.here", { time })
            : node.unknown
              ? t("link.unknown")
              : node.state === "down"
                ? t("link.silent", { time })
                : node.leaving
                  ? t("link.leaving")
                  : t("link.ready");
    return (
        <li className="row">
            <Ridge nodes={[node]} />
            <span className="grow">
                <b className="b">
                    {t("link.node", { name: node.name })}
                    {node.site && `, ${node.site}`}
                </b>
                <br />
                <span className="sm muted">{words}</span>
            </span>
            {node.state === "down" && !node.unknown && (
                <span className="tag offline">
                    <Unplug className="i s" aria-hidden="true" /> {t("link.silentTag")}
                </span>
            )}
            {node.state !== "down" && node.delayMs !== null && node.delayMs !== undefined && (
                <span className={node.state === "me" ? "tag ok" : "tag"}>{t("link.delay", { ms: Math.max(1, node.delayMs) })}</span>
            )}
        </li>
    );
}
