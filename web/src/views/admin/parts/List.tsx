/** A list around its rows: on its way, empty, failed, and whether there is more. */
import type { ReactNode } from "react";
import type { Listed, Paged } from "../../../client/admin/paged.ts";
import { Button } from "../../../design/Button.tsx";
import { Empty } from "../../../design/Empty.tsx";
import { failureWords } from "../../failureWords.ts";
import { useWords } from "../../useWords.ts";

interface ListProps<T> {
    list: Listed<T>;
    of: Paged<T>;
    empty: ReactNode;
    children: ReactNode;
}

export function List<T>({ list, of, empty, children }: ListProps<T>) {
    const t = useWords();
    if (list.state === "failed" && list.rows.length === 0) {
        return (
            <Empty title={t("admin.notLoaded")} action={<Button onClick={() => void of.load()}>{t("admin.again")}</Button>}>
                {t(list.failure === "forbidden" ? "admin.onlyAdministrators" : failureWords(list.failure))}
            </Empty>
        );
    }
    if (list.rows.length === 0 && list.state === "loading") return <Skeleton />;
    if (list.rows.length === 0 && !list.more) return empty;
    return (
        <>
            {children}
            <div className="row list-foot" role="status">
                <span className="sm dim">{t(list.more ? "admin.shownMore" : "admin.shownAll", { count: list.rows.length })}</span>
                {list.state === "failed" && <span className="sm ct critical">{t(failureWords(list.failure))}</span>}
                {list.more && (
                    <Button size="small" busy={list.state === "loading"} disabled={list.state === "loading"} onClick={() => void of.more()}>
                        {t("admin.more")}
                    </Button>
                )}
            </div>
        </>
    );
}

/** Rows of the right size, after a moment. */
export function Skeleton() {
    const t = useWords();
    return (
        <div className="late stack skeletons" role="status" aria-label={t("admin.loading")}>
            {[0, 1, 2, 3, 4].map((row) => (
                <div key={row} className="skel" />
            ))}
        </div>
    );
}
