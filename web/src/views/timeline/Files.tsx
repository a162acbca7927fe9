/** Files in a message: what they are, and a way to store them. */
import { CircleAlert, Download, FileText, LoaderCircle, Music } from "lucide-react";
import { useState, type ReactNode } from "react";
import { toFailure } from "../../client/failures.ts";
import type { FileInfo, MessageItem } from "../../model/timeline.ts";
import { kindOf, safeFileName, sizeWords } from "../../model/files.ts";
import { IconButton } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { useClient } from "../ClientContext.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { store } from "./store.ts";
import "./files.css";

/** How much of an own file is uploaded, in the place of its icon. */
export function Progress({ done }: { done: number }) {
    const length = 2 * Math.PI * 15;
    return (
        <svg className="ring" viewBox="0 0 36 36" role="img" aria-label={`${Math.round(done * 100)} %`}>
            <circle cx="18" cy="18" r="15" />
            <circle cx="18" cy="18" r="15" className="done" strokeDasharray={length} strokeDashoffset={length * (1 - done)} />
        </svg>
    );
}

/** `gone`: it was looked for already, and is not there. */
export function FileCard({ file, item, icon, gone }: { file: FileInfo; item: MessageItem; icon?: ReactNode; gone?: boolean }) {
    const t = useWords();
    const client = useClient();
    const language = useLanguage();
    const [state, setState] = useState<"idle" | "fetching" | "failed" | "gone">(gone ? "gone" : "idle");
    const uploading = item.progress !== null && item.state !== "sent" && item.state !== "read";
    const save = (): void => {
        setState("fetching");
        client.files.blob(file, item.txnId).then(
            (blob) => (store(blob, safeFileName(file.name)), setState("idle")),
            (error) => setState(toFailure(error).kind === "not-found" ? "gone" : "failed"),
        );
    };
    const about = [kindOf(file.name, file.mime), sizeWords(file.sizeBytes, language)].filter(Boolean).join(", ");
    return (
        <div className="file">
            <span className="ic">{uploading ? <Progress done={item.progress ?? 0} /> : (icon ?? <FileText className="i l" aria-hidden="true" />)}</span>
            <span className="grow">
                <b className="ell" title={file.name}>
                    <Name of={file.name} />
                </b>
                <span>
                    {uploading && item.state === "sending" ? t("timeline.uploading", { percent: Math.round((item.progress ?? 0) * 100) }) : state === "failed" || state === "gone" ? <FailedWords gone={state === "gone"} /> : about}
                </span>
            </span>
            {!uploading && (
                <IconButton label={t("timeline.download")} disabled={state === "fetching"} onClick={save}>
                    {state === "fetching" ? <LoaderCircle className="i turning" aria-hidden="true" /> : <Download className="i" aria-hidden="true" />}
                </IconButton>
            )}
        </div>
    );
}

export function FailedWords({ gone }: { gone?: boolean }) {
    const t = useWords();
    return (
        <span className="critical ct" role="alert">
            <CircleAlert className="i s" aria-hidden="true" /> {t(gone ? "timeline.fileGone" : "timeline.fileFailed")}
        </span>
    );
}

export const musicIcon: ReactNode = <Music className="i l" aria-hidden="true" />;
