/** Export of a room: read page by page, with progress and a way out. */
import { useRef, useState } from "react";
import { serverNow } from "../../client/now.ts";
import { exportRoom } from "../../client/exporter.ts";
import { exportFileName } from "../../model/exporting.ts";
import { listTime } from "../../model/time.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { ErrorLine } from "../people/ErrorLine.tsx";
import { useAct } from "../people/useAct.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { Choice } from "./Choice.tsx";
import "./governance.css";

const DAY_MS = 24 * 3600 * 1000;
const SINCE = { all: Number.POSITIVE_INFINITY, month: 30 * DAY_MS, week: 7 * DAY_MS };

export default function ExportDialog({ roomId, onClose }: { roomId: string; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const language = useLanguage();
    const room = useStore(client.rooms).find((one) => one.id === roomId);
    const acting = useAct();
    const [format, setFormat] = useState<"html" | "json">("html");
    const [since, setSince] = useState<keyof typeof SINCE>("all");
    const [progress, setProgress] = useState<{ count: number; at: number } | null>(null);
    const stopper = useRef<AbortController | null>(null);
    const name = room?.name ?? roomId;
    const words = { exported: t("exporting.exported"), deleted: t("exporting.deleted"), locked: t("exporting.locked"), edited: t("exporting.edited"), file: t("exporting.file") };
    const start = async (): Promise<void> => {
        const abort = new AbortController();
        stopper.current = abort;
        const from = since === "all" ? 0 : serverNow() - SINCE[since];
        await acting.run(async () => {
            try {
                const { blob, count, complete } = await exportRoom(client.sdk, roomId, { format, since: from, language, words, signal: abort.signal, onProgress: (found, at) => setProgress({ count: found, at }) });
                save(blob, exportFileName(name, serverNow(), format));
                toasts.show({ title: t("exporting.done", { count }), text: complete ? undefined : t("exporting.tooLong") });
                onClose();
            } catch (error) {
                if (!abort.signal.aborted) throw error;
            }
        });
        setProgress(null);
    };
    const close = (): void => {
        stopper.current?.abort();
        onClose();
    };
    return (
        <Dialog
            title={t("exporting.title", { name: `\u2068${name}\u2069` })}
            closeLabel={t("shell.close")}
            onClose={close}
            footer={
                acting.busy ? (
                    <Button onClick={() => stopper.current?.abort()}>{t("exporting.stop")}</Button>
                ) : (
                    <>
                        <Button onClick={close}>{t("shell.cancel")}</Button>
                        <Button look="primary" onClick={() => void start()}>
                            {t("exporting.start")}
                        </Button>
                    </>
                )
            }
        >
            <p className="muted">{t("exporting.text")}</p>
            <Choice
                label={t("exporting.format")}
                value={format}
                options={[
                    { value: "html", label: t("exporting.html") },
                    { value: "json", label: t("exporting.json") },
                ]}
                why={null}
                busy={acting.busy}
                onChange={setFormat}
            />
            <Choice
                label={t("exporting.since")}
                value={since}
                options={[
                    { value: "all", label: t("exporting.all") },
                    { value: "month", label: t("exporting.month") },
                    { value: "week", label: t("exporting.week") },
                ]}
                why={null}
                busy={acting.busy}
                onChange={setSince}
            />
            <p className="hint">{t("exporting.readable")}</p>
            <p role="status" className="sm muted">
                {progress && t("exporting.progress", { count: progress.count, date: listTime(progress.at, serverNow(), language) })}
            </p>
            <ErrorLine text={acting.error} />
        </Dialog>
    );
}

function save(blob: Blob, name: string): void {
    const url = URL.createObjectURL(blob);
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
