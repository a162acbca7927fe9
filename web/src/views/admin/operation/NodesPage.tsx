/** The nodes: who answers, who lags, which site stands by. */
import { CircleCheck, Clock, Unplug, type LucideIcon } from "lucide-react";
import { health, type Health, type ServerNode } from "../../../model/admin/operation.ts";
import { count } from "../../../model/admin/figures.ts";
import type { Key } from "../../../i18n/i18n.ts";
import { Button } from "../../../design/Button.tsx";
import { failureWords } from "../../failureWords.ts";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { Ridge } from "../../shell/Ridge.tsx";
import { useLanguage, useWords } from "../../useWords.ts";
import { Page } from "../parts/Frame.tsx";
import { Skeleton } from "../parts/List.tsx";
import { State } from "../parts/State.tsx";
import { Table } from "../parts/Table.tsx";
import { useLoaded } from "../parts/useList.ts";
import { nameOf, nodesFinding } from "./nodeWords.ts";

/** As often as nodes tell of themselves. */
export const NODES_EVERY_MS = 3000;

const HEALTH: Record<Health, { words: Key; tone: string; icon: LucideIcon }> = {
    good: { words: "adminNodes.good", tone: "ok", icon: CircleCheck },
    behind: { words: "adminNodes.behind", tone: "urgent", icon: Clock },
    resting: { words: "adminNodes.resting", tone: "urgent", icon: Clock },
    silent: { words: "adminNodes.silent", tone: "offline", icon: Unplug },
};

export function NodesPage() {
    const t = useWords();
    const language = useLanguage();
    const { value: nodes, failure, load } = useLoaded<ServerNode[]>("", (admin) => admin.nodes(), NODES_EVERY_MS);
    if (!nodes) {
        return (
            <Page title={t("admin.nodes")} state={t("adminNodes.about")}>
                {failure ? <ErrorLine text={t(failureWords(failure))} /> : <Skeleton />}
            </Page>
        );
    }
    const finding = nodesFinding(nodes, t);
    const sites = new Set(nodes.map((node) => node.site)).size;
    const columns = [
        { head: t("adminNodes.node"), cell: (node: ServerNode) => <NodeName node={node} /> },
        { head: t("adminNodes.state"), cell: (node: ServerNode) => <Healthy node={node} /> },
        { head: t("adminNodes.lag"), named: true, figure: true, cell: (node: ServerNode) => lag(node, language) },
        { head: t("adminNodes.position"), named: true, figure: true, cell: (node: ServerNode) => <span className="mono">{count(node.applied, language)}</span> },
        {
            head: t("adminNodes.heard"),
            named: true,
            figure: true,
            cell: (node: ServerNode) => (node.here ? t("adminNodes.now") : t("adminNodes.seconds", { count: Math.round(node.heard_ms_ago / 1000) })),
        },
        { head: t("adminNodes.version"), named: true, cell: (node: ServerNode) => <span className="nowrap">{node.version}</span> },
    ];
    return (
        <Page title={t("admin.nodes")} state={t("adminNodes.sites", { nodes: t("adminNodes.count", { count: nodes.length }), sites: t("adminNodes.siteCount", { count: sites }) })}>
            <State
                {...finding}
                step={
                    <Button size="small" onClick={() => void load()}>
                        {t("adminNodes.askAgain")}
                    </Button>
                }
            />
            {failure && <ErrorLine text={t(failureWords(failure))} />}
            <SiteMap nodes={nodes} />
            <Table label={t("admin.nodes")} rows={nodes} columns={columns} keyOf={(node) => String(node.node)} />
        </Page>
    );
}

/** What a node lacks: of its own site's log, or of the site that it copies. */
function lag(node: ServerNode, language: string): string {
    return count(node.standby?.lag ?? node.behind, language);
}

function NodeName({ node }: { node: ServerNode }) {
    const t = useWords();
    return (
        <span className="row who">
            <Ridge nodes={[{ name: "", state: health(node) === "silent" ? "down" : node.here ? "me" : "up" }]} />
            <span className="grow">
                <b>{t("adminNodes.name", { name: nameOf(node) })}</b>
                <bdi className="dim sub">{[node.site, node.url?.replace(/^https?:\/\//, "")].filter(Boolean).join(" · ")}</bdi>
            </span>
        </span>
    );
}

function Healthy({ node }: { node: ServerNode }) {
    const t = useWords();
    const { words, tone, icon: Icon } = HEALTH[health(node)];
    return (
        <span className="row tags">
            <span className={`tag ${tone}`}>
                <Icon className="i s" aria-hidden="true" />
                {t(words)}
            </span>
            {node.standby && <span className="tag info">{t("adminNodes.standby")}</span>}
            {node.here && <span className="tag">{t("adminNodes.here")}</span>}
        </span>
    );
}

/** Sites as boxes, nodes as peaks in them; beside a standby site what it lacks. */
function SiteMap({ nodes }: { nodes: readonly ServerNode[] }) {
    const t = useWords();
    const language = useLanguage();
    const sites = new Map<string, ServerNode[]>();
    for (const node of nodes) sites.set(node.site, [...(sites.get(node.site) ?? []), node]);
    if (nodes.length < 2) return null;
    return (
        <div className="card site-map">
            <h2>{t("adminNodes.where")}</h2>
            <div className="row wrap sites">
                {[...sites].map(([site, members]) => {
                    const standby = members.find((node) => node.standby)?.standby;
                    return (
                        <section key={site} className="site" aria-label={site || t("adminNodes.mainSite")}>
                            <h3>
                                <bdi>{site || t("adminNodes.mainSite")}</bdi>
                                {standby && (
                                    <span className="dim">
                                        {" "}
                                        {t("adminNodes.copies", { count: standby.lag })}
                                        {standby.heard_s_ago !== null && ` · ${t("adminNodes.seconds", { count: standby.heard_s_ago })}`}
                                    </span>
                                )}
                            </h3>
                            <ul className="row wrap">
                                {members.map((node) => {
                                    const state = health(node);
                                    return (
                                        <li key={node.node}>
                                            <Ridge nodes={[{ name: "", state: state === "silent" ? "down" : node.here ? "me" : "up" }]} />
                                            <b>{t("adminNodes.name", { name: nameOf(node) })}</b>
                                            <span className="sm muted">{t(HEALTH[state].words)}</span>
                                            <span className="sm muted">{t("adminNodes.lacks", { records: count(node.standby?.lag ?? node.behind, language) })}</span>
                                        </li>
                                    );
                                })}
                            </ul>
                        </section>
                    );
                })}
            </div>
        </div>
    );
}
