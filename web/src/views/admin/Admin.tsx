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

const OverviewPage = lazy(() => import("./operation/OverviewPage.tsx").then((file) => ({ default: file.OverviewPage })));
const NodesPage = lazy(() => import("./operation/NodesPage.tsx").then((file) => ({ default: file.NodesPage })));
const StoragePage = lazy(() => import("./operation/StoragePage.tsx").then((file) => ({ default: file.StoragePage })));
const MediaPage = lazy(() => import("./operation/MediaPage.tsx").then((file) => ({ default: file.MediaPage })));
const RoomsPage = lazy(() => import("./rooms/RoomsPage.tsx").then((file) => ({ default: file.RoomsPage })));
const SettingsPage = lazy(() => import("./settings/SettingsPage.tsx").then((file) => ({ default: file.SettingsPage })));
const ReportsPage = lazy(() => import("./proof/ReportsPage.tsx").then((file) => ({ default: file.ReportsPage })));
const PeoplePage = lazy(() => import("./people/PeoplePage.tsx").then((file) => ({ default: file.PeoplePage })));
const TokensPage = lazy(() => import("./tokens/TokensPage.tsx").then((file) => ({ default: file.TokensPage })));
const AuditPage = lazy(() => import("./proof/AuditPage.tsx").then((file) => ({ default: file.AuditPage })));

/** Where a row is shown beside the table. */
const PANELS = ["people", "rooms"];

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
    const panel = item !== undefined && PANELS.includes(shown);
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
        case "overview":
            return <OverviewPage />;
        case "nodes":
            return <NodesPage />;
        case "storage":
            return <StoragePage />;
        case "media":
            return <MediaPage item={item} />;
        case "rooms":
            return <RoomsPage item={item} hidden={hidden} />;
        case "settings":
            return <SettingsPage />;
        case "reports":
            return <ReportsPage />;
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
