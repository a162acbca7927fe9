/** Files and pictures of a room; each leads to its message. */
import { FileText, Image, Mic, Video, type LucideIcon } from "lucide-react";
import { useMemo, useState } from "react";
import { serverNow } from "../../client/now.ts";
import { RoomFiles, type RoomFile } from "../../client/roomFiles.ts";
import { listTime } from "../../model/time.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { Segmented } from "../../design/Segmented.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { Link } from "../Link.tsx";
import { useLanguage, useWords } from "../useWords.ts";

const SHORT = 3;
const ICONS: Record<RoomFile["kind"], LucideIcon> = { image: Image, video: Video, audio: Mic, voice: Mic, file: FileText };

function FileRow({ roomId, one }: { roomId: string; one: RoomFile }) {
    const language = useLanguage();
    const Icon = ICONS[one.kind];
    return (
        <Link className="frow sm" to={{ place: "chats", room: roomId, event: one.eventId }}>
            <Icon className="i dim" aria-hidden="true" />
            <span className="grow ell">
                <Name of={one.file.name} />
            </span>
            <span className="dim">{listTime(one.at, serverNow(), language)}</span>
        </Link>
    );
}

export function FilesShort({ roomId, onAll }: { roomId: string; onAll: () => void }) {
    const t = useWords();
    const client = useClient();
    const { files, looking } = useStore(useMemo(() => new RoomFiles(client.sdk, roomId), [client, roomId]));
    return (
        <section className="stack">
            <h4 className="row">
                {t("details.files")}
                {files.length > 0 && (
                    <button type="button" className="end sm as-link" onClick={onAll}>
                        {t("details.all")}
                    </button>
                )}
            </h4>
            {files.length === 0 && !looking && <p className="sm dim">{t("details.noFiles")}</p>}
            <ul className="stack-tight">
                {files.slice(0, SHORT).map((one) => (
                    <li key={one.eventId}>
                        <FileRow roomId={roomId} one={one} />
                    </li>
                ))}
            </ul>
        </section>
    );
}

export function FilesPage({ roomId }: { roomId: string }) {
    const t = useWords();
    const client = useClient();
    const store = useMemo(() => new RoomFiles(client.sdk, roomId), [client, roomId]);
    const { files, looking, older } = useStore(store);
    const [kind, setKind] = useState<"all" | "pictures" | "documents">("all");
    const shown = files.filter((one) => kind === "all" || (kind === "pictures") === (one.kind === "image" || one.kind === "video"));
    return (
        <div className="body">
            <Segmented
                label={t("details.files")}
                value={kind}
                onChange={setKind}
                options={[
                    { value: "all", label: t("details.all") },
                    { value: "pictures", label: t("details.pictures") },
                    { value: "documents", label: t("details.documents") },
                ]}
            />
            {shown.length === 0 && !looking && <p className="sm dim">{t("details.noFiles")}</p>}
            <ul className="stack-tight">
                {shown.map((one) => (
                    <li key={one.eventId}>
                        <FileRow roomId={roomId} one={one} />
                    </li>
                ))}
            </ul>
            {older && (
                <div>
                    <Button disabled={looking} onClick={() => void store.older()}>
                        {looking ? t("details.looking") : t("details.moreFiles")}
                    </Button>
                </div>
            )}
        </div>
    );
}
