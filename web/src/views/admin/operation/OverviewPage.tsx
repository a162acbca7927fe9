/** One sentence on the state, one button with the next step, and the figures behind both. */
import { ChevronRight } from "lucide-react";
import type { AuditEntry, Report, Settings, Storage } from "../../../client/admin/admin.ts";
import { bytes, count, dateAndTime } from "../../../model/admin/figures.ts";
import { auditName } from "../../../model/admin/audit.ts";
import { diskTight, nextStep, nodesState, type NextStep, type ServerNode } from "../../../model/admin/operation.ts";
import type { Route } from "../../../model/route.ts";
import type { Key } from "../../../i18n/i18n.ts";
import { failureWords } from "../../failureWords.ts";
import { Link } from "../../Link.tsx";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { useLanguage, useWords } from "../../useWords.ts";
import { Page } from "../parts/Frame.tsx";
import { Skeleton } from "../parts/List.tsx";
import { State } from "../parts/State.tsx";
import { useLoaded } from "../parts/useList.ts";
import { AUDIT_WORDS } from "../proof/auditWords.ts";
import { nodesFinding } from "./nodeWords.ts";

interface Seen {
    nodes: ServerNode[];
    storage: Storage;
    reports: Report[];
    moreReports: boolean;
    settings: Settings;
    acts: AuditEntry[];
}

const STEPS: Record<NextStep, { words: Key; to: Route }> = {
    nodes: { words: "adminNodes.stepNodes", to: { place: "admin", section: "nodes" } },
    storage: { words: "adminNodes.stepStorage", to: { place: "admin", section: "storage" } },
    reports: { words: "adminNodes.stepReports", to: { place: "admin", section: "reports" } },
    phone: { words: "adminNodes.stepPhone", to: { place: "admin", section: "settings" } },
    invite: { words: "adminNodes.stepInvite", to: { place: "admin", section: "people" } },
};

export function OverviewPage() {
    const t = useWords();
    const language = useLanguage();
    const { value: seen, failure } = useLoaded<Seen>(
        "",
        async (admin) => {
            const [nodes, storage, reports, settings, acts] = await Promise.all([
                admin.nodes(),
                admin.call("get", "/storage"),
                admin.call("get", "/reports", { query: { limit: 20 } }),
                admin.call("get", "/settings"),
                admin.call("get", "/audit", { query: { limit: 5 } }),
            ]);
            return { nodes, storage, settings, reports: reports.entries, moreReports: reports.next !== null, acts: acts.entries };
        },
        10_000,
    );
    if (!seen) {
        return (
            <Page title={t("admin.overview")} state={t("adminNodes.overviewAbout")}>
                {failure ? <ErrorLine text={t(failureWords(failure))} /> : <Skeleton />}
            </Page>
        );
    }
    const { nodes, storage, reports, settings, acts } = seen;
    const tight = diskTight(storage);
    const step = nextStep({ nodes: nodesState(nodes).is, tight, reports: reports.length, phone: settings.emergency_phone !== null });
    const finding = nodesFinding(nodes, t);
    const free = storage.free_bytes === null ? null : bytes(storage.free_bytes, language);
    // The sentence and the button are about the same thing: what is most pressing.
    const pressing =
        step === "storage"
            ? { tone: "urgent" as const, title: t("adminNodes.diskTight", { free: free ?? "" }), text: t("adminNodes.diskTightText") }
            : step === "reports"
              ? { tone: "urgent" as const, title: t("adminRooms.waiting", { count: reports.length }), text: t("adminRooms.reportsAbout") }
              : step === "phone"
                ? { ...finding, text: t("adminNodes.phoneMissing") }
                : finding;
    const open = seen.moreReports ? `${reports.length}+` : count(reports.length, language);
    return (
        <Page title={t("admin.overview")} state={t("adminNodes.overviewAbout")}>
            <State
                {...pressing}
                step={
                    <Link to={STEPS[step].to} className="btn pri sml">
                        {t(STEPS[step].words)}
                    </Link>
                }
            />
            {failure && <ErrorLine text={t(failureWords(failure))} />}
            <div className="figures">
                <Figure section="nodes" name={t("admin.nodes")} figure={count(nodes.length, language)} />
                <Figure section="storage" name={t("adminNodes.freeSpace")} figure={free ?? "—"} warn={tight} />
                <Figure section="media" name={t("adminNodes.filesSize")} figure={bytes(storage.media_bytes, language)} />
                <Figure section="reports" name={t("adminNodes.openReports")} figure={open} warn={reports.length > 0} />
            </div>
            <section className="card recent">
                <h2>{t("adminNodes.recent")}</h2>
                <ul>
                    {acts.map((entry) => {
                        const words = AUDIT_WORDS[auditName(entry)];
                        return (
                            <li key={entry.entry} className="row">
                                <span className="grow">
                                    <b>{words ? t(words) : entry.action}</b> {entry.target && <bdi className="dim">{entry.target}</bdi>}
                                </span>
                                <time className="sm dim nowrap">{dateAndTime(entry.at_ms, language)}</time>
                            </li>
                        );
                    })}
                </ul>
                <Link to={{ place: "admin", section: "audit" }}>{t("adminNodes.wholeLog")}</Link>
            </section>
        </Page>
    );
}

function Figure({ section, name, figure, warn }: { section: string; name: string; figure: string; warn?: boolean }) {
    return (
        <Link to={{ place: "admin", section }} className="card figure">
            <span className="sm muted">{name}</span>
            <b className={warn ? "ct urgent" : undefined}>{figure}</b>
            <ChevronRight className="i s" aria-hidden="true" />
        </Link>
    );
}
