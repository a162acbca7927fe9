/** The place of administrators: operation, organisation, proof. */
import { Suspense } from "react";
import { Empty } from "../../design/Empty.tsx";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import { useAdministrator } from "../shell/useAdministrator.ts";
import { useWords } from "../useWords.ts";
import { AdminNav, firstSection } from "./AdminNav.tsx";
import { Skeleton } from "./parts/List.tsx";
import { lazy } from "../lazy.tsx";
import "../people/people.css";
import "./admin.css";

const PeoplePage = lazy(() => import("./people/PeoplePage.tsx").then((file) => ({ default: file.PeoplePage })));
const TokensPage = lazy(() => import("./tokens/TokensPage.tsx").then((file) => ({ default: file.TokensPage })));
const AuditPage = lazy(() => import("./proof/AuditPage.tsx").then((file) => ({ default: file.AuditPage })));

export default function Admin({ section, item }: { section?: string; item?: string }) {
    const t = useWords();
    const phone = useMedia(PHONE);
    const administrator = useAdministrator();
    if (administrator === false) {
        return (
            <div className="page">
                <Empty title={t("admin.title")}>{t("admin.onlyAdministrators")}</Empty>
            </div>
        );
    }
    const shown = section ?? firstSection;
    const panel = item !== undefined;
    return (
        <div className={panel ? "adm with-panel" : "adm"}>
            {(!phone || !section) && <AdminNav current={phone ? undefined : shown} />}
            {(!phone || section) && (
                <Suspense fallback={<Skeleton />}>
                    <Section section={shown} item={item} hidden={phone && panel} />
                </Suspense>
            )}
        </div>
    );
}

function Section({ section, item, hidden }: { section: string; item?: string; hidden: boolean }) {
    const t = useWords();
    switch (section) {
        case "people":
            return <PeoplePage item={item} hidden={hidden} />;
        case "tokens":
            return <TokensPage />;
        case "audit":
            return <AuditPage />;
        default:
            return (
                <div className="page">
                    <Empty title={t("errors.notFound")} />
                </div>
            );
    }
}
