/** What people reported: who, what, why, and what came of it. */
import { useState } from "react";
import type { Report } from "../../../client/admin/admin.ts";
import { dateAndTime } from "../../../model/admin/figures.ts";
import { Button } from "../../../design/Button.tsx";
import { Empty } from "../../../design/Empty.tsx";
import { Field } from "../../../design/Field.tsx";
import { Segmented } from "../../../design/Segmented.tsx";
import { Link } from "../../Link.tsx";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { useAct } from "../../people/useAct.ts";
import { useLanguage, useWords } from "../../useWords.ts";
import { Page } from "../parts/Frame.tsx";
import { List } from "../parts/List.tsx";
import { Table } from "../parts/Table.tsx";
import { useAdmin, useList } from "../parts/useList.ts";
import { Who } from "../parts/Who.tsx";

type Which = "open" | "all";

export function ReportsPage() {
    const t = useWords();
    const language = useLanguage();
    const [which, setWhich] = useState<Which>("open");
    const [open, setOpen] = useState<string | null>(null);
    const { of, list } = useList<Report>(which, (admin, from) => admin.call("get", "/reports", { query: { all: which === "all", from } }));
    const waiting = list.rows.filter((one) => one.resolved_at_ms === null).length;
    const columns = [
        { head: t("adminRooms.reported"), cell: (one: Report) => <What report={one} /> },
        {
            head: t("adminRooms.state"),
            cell: (one: Report) => (one.resolved_at_ms === null ? null : <span className="tag ok">{t("adminRooms.resolved")}</span>),
        },
        { head: t("adminRooms.reporter"), cell: (one: Report) => <Who id={one.reporter} /> },
        { head: t("adminRooms.when"), cell: (one: Report) => <time className="nowrap">{dateAndTime(one.at_ms, language)}</time> },
    ];
    return (
        <Page title={t("admin.reports")} state={list.state === "ready" ? t("adminRooms.waiting", { count: waiting }) : t("adminRooms.reportsAbout")}>
            <div className="row wrap adm-filters">
                <Segmented
                    label={t("adminRooms.whichReports")}
                    value={which}
                    onChange={setWhich}
                    options={[
                        { value: "open", label: t("adminRooms.openOnes") },
                        { value: "all", label: t("admin.all") },
                    ]}
                />
            </div>
            <List list={list} of={of} empty={<Empty title={t("adminRooms.noReports")}>{t("adminRooms.noReportsText")}</Empty>}>
                <Table
                    label={t("admin.reports")}
                    rows={list.rows}
                    columns={columns}
                    keyOf={(one) => one.report_id}
                    open={open}
                    onOpen={(one) => setOpen(open === one.report_id ? null : one.report_id)}
                    below={(one) => <More key={one.report_id} report={one} onChange={(report) => of.put(report, (other) => other.report_id === report.report_id)} />}
                />
            </List>
        </Page>
    );
}

function What({ report }: { report: Report }) {
    const t = useWords();
    const kind = report.event_id ? t("adminRooms.aMessage") : report.user_id ? t("adminRooms.aPerson") : t("adminRooms.aRoom");
    return (
        <span>
            <b className="b">{kind}</b>
            <bdi className="sub dim excerpt">{report.reason?.trim() || t("adminRooms.noReason")}</bdi>
        </span>
    );
}

function More({ report, onChange }: { report: Report; onChange: (report: Report) => void }) {
    const t = useWords();
    const language = useLanguage();
    const admin = useAdmin();
    const acting = useAct();
    const [note, setNote] = useState(report.note ?? "");
    const resolved = report.resolved_at_ms !== null;
    const about = report.event_sender ?? report.user_id;
    const resolve = (): void =>
        void acting.run(async () => {
            onChange(await admin.call("put", "/reports/{report_id}", { path: { report_id: report.report_id }, body: { resolved: !resolved, note: note.trim() || null } }));
        }, t(resolved ? "adminRooms.openedAgain" : "adminRooms.resolvedNow"));
    return (
        <div className="stack report-more">
            {report.event_id && (
                <blockquote>
                    {report.event_text === null ? <span className="muted">{t("adminRooms.notReadable")}</span> : <bdi>{report.event_text}</bdi>}
                </blockquote>
            )}
            <dl className="kv">
                <dt>{t("admin.reason")}</dt>
                <dd>
                    <bdi>{report.reason?.trim() || t("adminRooms.noReason")}</bdi>
                </dd>
                {about && (
                    <>
                        <dt>{t("adminRooms.aboutWhom")}</dt>
                        <dd>
                            <Link to={{ place: "admin", section: "people", item: about }}>
                                <bdi>{about}</bdi>
                            </Link>
                        </dd>
                    </>
                )}
                {report.room_id && (
                    <>
                        <dt>{t("adminRooms.room")}</dt>
                        <dd>
                            <Link to={{ place: "admin", section: "rooms", item: report.room_id }}>
                                <bdi>{report.room_name ?? report.room_id}</bdi>
                            </Link>
                        </dd>
                    </>
                )}
                {report.resolved_at_ms !== null && (
                    <>
                        <dt>{t("adminRooms.resolved")}</dt>
                        <dd>{[dateAndTime(report.resolved_at_ms, language), report.resolved_by].filter(Boolean).join(", ")}</dd>
                    </>
                )}
            </dl>
            {!resolved && <Field label={t("adminRooms.note")} name="note" hint={t("adminRooms.noteHint")} value={note} maxLength={400} onChange={(event) => setNote(event.target.value)} />}
            {resolved && report.note && (
                <p>
                    <bdi>{report.note}</bdi>
                </p>
            )}
            <ErrorLine text={acting.error} />
            <div>
                <Button look={resolved ? "default" : "primary"} disabled={acting.busy} onClick={resolve}>
                    {t(resolved ? "adminRooms.openAgain" : "adminRooms.resolve")}
                </Button>
            </div>
        </div>
    );
}
