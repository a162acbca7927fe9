/** Files that people uploaded: whose come to how much, one person's files, and those that are kept back. */
import { ChevronLeft, Ellipsis } from "lucide-react";
import { useState } from "react";
import type { MediaFile, MediaTotal } from "../../../client/admin/admin.ts";
import { bytes, count, dateAndTime } from "../../../model/admin/figures.ts";
import { cleanName, localpart } from "../../../model/names.ts";
import { Button, IconButton } from "../../../design/Button.tsx";
import { Empty } from "../../../design/Empty.tsx";
import { Menu } from "../../../design/Menu.tsx";
import { Segmented } from "../../../design/Segmented.tsx";
import { router } from "../../router.ts";
import { useLanguage, useWords } from "../../useWords.ts";
import { ActDialog } from "../parts/ActDialog.tsx";
import { Page } from "../parts/Frame.tsx";
import { List } from "../parts/List.tsx";
import { Table } from "../parts/Table.tsx";
import { useAdmin, useList } from "../parts/useList.ts";
import { Who } from "../parts/Who.tsx";

type Which = "totals" | "held";
type FileAct = { is: "hold" | "delete"; file: MediaFile };

export function MediaPage({ item }: { item?: string }) {
    const t = useWords();
    const [which, setWhich] = useState<Which>("totals");
    if (item) {
        return (
            <Page
                title={t("adminMedia.of", { name: localpart(item) })}
                state={t("adminMedia.ofAbout")}
                step={
                    <Button onClick={() => router.go({ place: "admin", section: "media" })}>
                        <ChevronLeft className="i" aria-hidden="true" />
                        {t("shell.back")}
                    </Button>
                }
            >
                <Files of={item} />
            </Page>
        );
    }
    return (
        <Page title={t("admin.media")} state={t("adminMedia.about")}>
            <Segmented
                label={t("adminMedia.which")}
                value={which}
                onChange={setWhich}
                options={[
                    { value: "totals", label: t("adminMedia.byPerson") },
                    { value: "held", label: t("adminMedia.heldOnes") },
                ]}
            />
            {which === "totals" ? <Totals /> : <Files of={null} />}
        </Page>
    );
}

function Totals() {
    const t = useWords();
    const language = useLanguage();
    const { of, list } = useList<MediaTotal>("", async (admin, from) => {
        const page = await admin.call("get", "/media/totals", { query: { from } });
        // Whose files were all deleted is still on the server's list.
        return { ...page, entries: page.entries.filter((one) => one.files > 0) };
    });
    const columns = [
        { head: t("adminMedia.person"), cell: (one: MediaTotal) => <Who id={one.user_id} /> },
        { head: t("adminMedia.files"), named: true, figure: true, cell: (one: MediaTotal) => count(one.files, language) },
        { head: t("adminMedia.size"), named: true, figure: true, cell: (one: MediaTotal) => bytes(one.bytes, language) },
    ];
    return (
        <List list={list} of={of} empty={<Empty title={t("adminMedia.none")}>{t("adminMedia.noneText")}</Empty>}>
            <Table label={t("admin.media")} rows={list.rows} columns={columns} keyOf={(one) => one.user_id} onOpen={(one) => router.go({ place: "admin", section: "media", item: one.user_id })} />
        </List>
    );
}

/** The files of a person; of all, those that are kept back. */
function Files({ of: person }: { of: string | null }) {
    const t = useWords();
    const language = useLanguage();
    const admin = useAdmin();
    const [act, setAct] = useState<FileAct | null>(null);
    const { of, list } = useList<MediaFile>(person ?? "", (asking, from) =>
        person
            ? asking.call("get", "/people/{user_id}/media", { path: { user_id: person }, query: { from } as never })
            : asking.call("get", "/media/quarantined", { query: { from } }),
    );
    const columns = [
        {
            head: t("adminMedia.file"),
            cell: (file: MediaFile) => (
                <span>
                    <bdi className="b file-name">{cleanName(file.file_name, t("adminMedia.unnamed"))}</bdi>
                    <span className="dim sub">{file.content_type ?? ""}</span>
                </span>
            ),
        },
        { head: t("adminRooms.state"), cell: (file: MediaFile) => <FileTags file={file} /> },
        ...(person ? [] : [{ head: t("adminMedia.person"), cell: (file: MediaFile) => <Who id={file.user_id} /> }]),
        { head: t("adminMedia.size"), named: true, figure: true, cell: (file: MediaFile) => (file.size_bytes === null ? "—" : bytes(file.size_bytes, language)) },
        { head: t("adminMedia.when"), cell: (file: MediaFile) => <time className="nowrap">{dateAndTime(file.created_at_ms, language)}</time> },
    ];
    return (
        <>
            <List list={list} of={of} empty={<Empty title={t("adminMedia.none")}>{t(person ? "adminMedia.noneText" : "adminMedia.noneHeld")}</Empty>}>
                <Table
                    label={t("admin.media")}
                    rows={list.rows}
                    columns={columns}
                    keyOf={(file) => file.media_id}
                    actionHead={t("adminPeople.moreActs")}
                    action={(file) => (
                        <Menu
                            trigger={
                                <IconButton label={t("adminMedia.actsOf", { name: cleanName(file.file_name, file.media_id) })}>
                                    <Ellipsis className="i" aria-hidden="true" />
                                </IconButton>
                            }
                            items={[
                                { label: t(file.quarantined ? "adminMedia.free" : "adminMedia.hold"), disabled: !file.uploaded, onSelect: () => setAct({ is: "hold", file }) },
                                { label: t("adminMedia.delete"), danger: true, onSelect: () => setAct({ is: "delete", file }) },
                            ]}
                        />
                    )}
                />
            </List>
            {act?.is === "hold" && (
                <ActDialog
                    title={t(act.file.quarantined ? "adminMedia.freeTitle" : "adminMedia.holdTitle")}
                    what={t(act.file.quarantined ? "adminMedia.freeText" : "adminMedia.holdText")}
                    verb={t(act.file.quarantined ? "adminMedia.free" : "adminMedia.hold")}
                    done={t(act.file.quarantined ? "adminMedia.freeDone" : "adminMedia.holdDone")}
                    run={async (reason) => {
                        const path = { media_id: act.file.media_id };
                        const file = await admin.call("put", "/media/{media_id}/quarantine", { path, body: { quarantined: !act.file.quarantined, reason } });
                        of.put(file, (other) => other.media_id === file.media_id);
                    }}
                    onClose={() => setAct(null)}
                />
            )}
            {act?.is === "delete" && (
                <ActDialog
                    title={t("adminMedia.deleteTitle")}
                    what={t("adminMedia.deleteText")}
                    verb={t("adminMedia.delete")}
                    final
                    done={t("adminMedia.deleteDone")}
                    run={(reason) => admin.call("delete", "/media/{media_id}", { path: { media_id: act.file.media_id }, body: { reason } })}
                    onDone={() => void of.load()}
                    onClose={() => setAct(null)}
                />
            )}
        </>
    );
}

function FileTags({ file }: { file: MediaFile }) {
    const t = useWords();
    if (!file.quarantined && file.uploaded) return null;
    return <span className={file.quarantined ? "tag urgent" : "tag"}>{t(file.quarantined ? "adminMedia.held" : "adminMedia.notThere")}</span>;
}
