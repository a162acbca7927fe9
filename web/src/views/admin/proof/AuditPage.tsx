/** Who did what, when. Nobody can change or delete an entry. */
import { Bot, SquareTerminal } from "lucide-react";
import { useState } from "react";
import { serverNow } from "../../../client/now.ts";
import type { AuditEntry } from "../../../client/admin/admin.ts";
import { auditArea, auditFacts, auditName, sinceOf, type Span } from "../../../model/admin/audit.ts";
import { lifetimeWords } from "../../../model/lifetime.ts";
import { count, dateAndTime, groupedHash } from "../../../model/admin/figures.ts";
import { Empty } from "../../../design/Empty.tsx";
import { useClient } from "../../ClientContext.ts";
import { useLanguage, useWords } from "../../useWords.ts";
import { Page, SearchBox } from "../parts/Frame.tsx";
import { List } from "../parts/List.tsx";
import { Table } from "../parts/Table.tsx";
import { useCalm, useList } from "../parts/useList.ts";
import { Who } from "../parts/Who.tsx";
import { AREAS, AUDIT_WORDS, DETAIL_WORDS } from "./auditWords.ts";
import { Chain } from "./Chain.tsx";

/** `anna` is `@anna:<this server>`; everything else is taken as it is. */
function idOf(text: string, own: string): string | undefined {
    const plain = text.trim();
    if (plain === "" || /^[@!#$]/.test(plain) || !/^[a-z0-9._=\-/+]+$/.test(plain)) return plain || undefined;
    return `@${plain}${own.slice(own.indexOf(":"))}`;
}

export function AuditPage() {
    const t = useWords();
    const language = useLanguage();
    const client = useClient();
    const [actor, setActor] = useState("");
    const [target, setTarget] = useState("");
    const [area, setArea] = useState("");
    const [span, setSpan] = useState<Span>("all");
    const [open, setOpen] = useState<string | null>(null);
    const own = client.session.userId;
    const query = { actor: idOf(useCalm(actor), own), target: idOf(useCalm(target), own), area: area || undefined };
    const { of, list } = useList<AuditEntry>(JSON.stringify([query, span]), (admin, from) =>
        admin.call("get", "/audit", { query: { ...query, since_ms: sinceOf(span, serverNow()), from } }),
    );
    const columns = [
        { head: t("audit.what"), cell: (one: AuditEntry) => <What entry={one} /> },
        { head: t("audit.time"), cell: (one: AuditEntry) => <time className="nowrap">{dateAndTime(one.at_ms, language, true)}</time> },
        { head: t("audit.who"), cell: (one: AuditEntry) => <Actor entry={one} /> },
        { head: t("audit.toWhom"), named: true, cell: (one: AuditEntry) => (one.target ? <bdi className="target">{one.target}</bdi> : null) },
        { head: t("audit.node"), named: true, figure: true, cell: (one: AuditEntry) => count(one.node, language) },
    ];
    return (
        <Page title={t("admin.audit")} state={t("audit.about")}>
            <Chain />
            <div className="row wrap adm-filters">
                <SearchBox label={t("audit.searchActor")} value={actor} onChange={setActor} />
                <SearchBox label={t("audit.searchTarget")} value={target} onChange={setTarget} />
                <select className="in adm-select" aria-label={t("audit.area")} value={area} onChange={(event) => setArea(event.target.value)}>
                    <option value="">{t("audit.areaAll")}</option>
                    {AREAS.map(({ value, words }) => (
                        <option key={value} value={value}>
                            {t(words)}
                        </option>
                    ))}
                </select>
                <select className="in adm-select" aria-label={t("audit.span")} value={span} onChange={(event) => setSpan(event.target.value as Span)}>
                    <option value="all">{t("audit.spanAll")}</option>
                    <option value="day">{t("audit.spanDay")}</option>
                    <option value="week">{t("audit.spanWeek")}</option>
                    <option value="month">{t("audit.spanMonth")}</option>
                </select>
            </div>
            <List list={list} of={of} empty={<Empty title={t("audit.none")}>{t("audit.noneText")}</Empty>}>
                <Table
                    label={t("admin.audit")}
                    rows={list.rows}
                    columns={columns}
                    keyOf={(one) => String(one.entry)}
                    open={open}
                    onOpen={(one) => setOpen(open === String(one.entry) ? null : String(one.entry))}
                    below={(one) => <More entry={one} />}
                />
            </List>
        </Page>
    );
}

function What({ entry }: { entry: AuditEntry }) {
    const t = useWords();
    const words = AUDIT_WORDS[auditName(entry)];
    return (
        <span>
            <span className="b">{words ? t(words) : t("audit.other", { area: auditArea(entry.action), action: entry.action })}</span>
            {entry.refused && <span className="tag urgent refused">{t("audit.refused")}</span>}
        </span>
    );
}

function Actor({ entry }: { entry: AuditEntry }) {
    const t = useWords();
    if (entry.actor) return <Who id={entry.actor} />;
    const script = entry.via === "script";
    const Icon = script ? Bot : SquareTerminal;
    return (
        <span className="row who">
            <Icon className="i" aria-hidden="true" />
            {t(script ? "audit.script" : "audit.commandLine")}
        </span>
    );
}

function More({ entry }: { entry: AuditEntry }) {
    const t = useWords();
    const language = useLanguage();
    const said = (name: string, value: string | number | boolean | null): string => {
        if (typeof value === "boolean") return t(value ? "admin.yes" : "admin.no");
        if (value === null || value === "") return t("admin.nothing");
        if (name.startsWith("message_lifetime") && typeof value === "number") return lifetimeWords(value, language);
        if (name.endsWith("_ms") && typeof value === "number") return dateAndTime(value, language);
        return typeof value === "number" ? count(value, language) : value;
    };
    return (
        <dl className="kv audit-more">
            <dt>{t("audit.entry")}</dt>
            <dd className="mono">{count(entry.entry, language)}</dd>
            {entry.reason && (
                <>
                    <dt>{t("admin.reason")}</dt>
                    <dd>
                        <bdi>{entry.reason}</bdi>
                    </dd>
                </>
            )}
            {auditFacts(entry).map(({ name, value }) => [
                <dt key={`${name} head`}>{DETAIL_WORDS[name] ? t(DETAIL_WORDS[name]) : name}</dt>,
                <dd key={name}>
                    <bdi>{said(name, value)}</bdi>
                </dd>,
            ])}
            {entry.refused && (
                <>
                    <dt>{t("audit.refused")}</dt>
                    <dd>{t("audit.refusedText", { code: entry.refused })}</dd>
                </>
            )}
            {entry.device && (
                <>
                    <dt>{t("audit.device")}</dt>
                    <dd className="mono">{entry.device}</dd>
                </>
            )}
            <dt>{t("audit.hash")}</dt>
            <dd className="mono hash">{groupedHash(entry.hash)}</dd>
        </dl>
    );
}
