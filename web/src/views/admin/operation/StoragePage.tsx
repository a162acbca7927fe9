/** How much the node that answers keeps, and how much room is left. */
import type { Storage } from "../../../client/admin/admin.ts";
import { bytes, count } from "../../../model/admin/figures.ts";
import { diskTight, fullness } from "../../../model/admin/operation.ts";
import { failureWords } from "../../failureWords.ts";
import { Link } from "../../Link.tsx";
import { ErrorLine } from "../../people/ErrorLine.tsx";
import { useLanguage, useWords } from "../../useWords.ts";
import { Page } from "../parts/Frame.tsx";
import { Skeleton } from "../parts/List.tsx";
import { State } from "../parts/State.tsx";
import { useLoaded } from "../parts/useList.ts";

export function StoragePage() {
    const t = useWords();
    const language = useLanguage();
    const { value, failure } = useLoaded<Storage>("", (admin) => admin.call("get", "/storage"), 30_000);
    if (!value) {
        return (
            <Page title={t("admin.storage")} state={t("adminNodes.storageAbout")}>
                {failure ? <ErrorLine text={t(failureWords(failure))} /> : <Skeleton />}
            </Page>
        );
    }
    const full = fullness(value);
    const tight = diskTight(value);
    const free = value.free_bytes === null ? null : bytes(value.free_bytes, language);
    const figures = [
        [t("adminNodes.database"), bytes(value.database_bytes, language)],
        [t("adminNodes.records"), count(value.records, language)],
        [t("adminNodes.filesKept"), count(value.media_files, language)],
        [t("adminNodes.filesSize"), bytes(value.media_bytes, language)],
    ] as const;
    return (
        <Page title={t("admin.storage")} state={t("adminNodes.storageAbout")}>
            <State
                tone={tight ? "urgent" : full === null ? "calm" : "ok"}
                title={tight ? t("adminNodes.diskTight", { free: free ?? "" }) : full === null ? t("adminNodes.diskUnknown") : t("adminNodes.diskGood", { free: free ?? "" })}
                text={t(tight ? "adminNodes.diskTightText" : "adminNodes.diskText")}
                step={
                    <Link to={{ place: "admin", section: "media" }} className="btn sml">
                        {t("adminNodes.whoKeeps")}
                    </Link>
                }
            />
            {full !== null && value.total_bytes !== null && (
                <div className="card disk">
                    <h2>{t("adminNodes.disk")}</h2>
                    <progress className={tight ? "meter urgent" : "meter"} value={full} aria-label={t("adminNodes.disk")} />
                    <p className="sm muted">{t("adminNodes.diskFree", { free: free ?? "", total: bytes(value.total_bytes, language) })}</p>
                </div>
            )}
            <dl className="figures">
                {figures.map(([name, figure]) => (
                    <div key={name} className="card">
                        <dt className="sm muted">{name}</dt>
                        <dd>{figure}</dd>
                    </div>
                ))}
            </dl>
        </Page>
    );
}
