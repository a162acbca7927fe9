/** Settings of a room or space: one dialog, five short pages. What one may not change says who may. */
import { useMemo, useState } from "react";
import { Governance } from "../../client/governance.ts";
import { DetailsStore } from "../../client/roomDetails.ts";
import type { RoomDetails } from "../../model/details.ts";
import { ADMINISTRATOR, may, MODERATOR, needed, roleAt, type Act } from "../../model/powers.ts";
import { Dialog } from "../../design/Dialog.tsx";
import { Segmented } from "../../design/Segmented.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { ErrorLine } from "../people/ErrorLine.tsx";
import { ROLE_WORDS } from "../people/roles.ts";
import { useAct, type Acting } from "../people/useAct.ts";
import { useWords } from "../useWords.ts";
import { AccessPage } from "./AccessPage.tsx";
import { AddressesPage } from "./AddressesPage.tsx";
import { AdvancedPage } from "./AdvancedPage.tsx";
import { GeneralPage } from "./GeneralPage.tsx";
import { RolesPage } from "./RolesPage.tsx";
import "./governance.css";

/** What each page works with. */
export interface PageProps {
    room: RoomDetails;
    governance: Governance;
    acting: Acting;
    /** Null where one may; else who may, in words. */
    why: (act: Act) => string | null;
    onClose: () => void;
}

type Section = "general" | "access" | "roles" | "addresses" | "advanced";

export default function RoomSettings({ roomId, onClose }: { roomId: string; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const room = useStore(useMemo(() => new DetailsStore(client.sdk, roomId), [client, roomId]));
    const governance = useMemo(() => new Governance(client.sdk, roomId), [client, roomId]);
    const acting = useAct({ quiet: true });
    const [section, setSection] = useState<Section>("general");
    if (!room) return null;
    const why = (act: Act): string | null => {
        if (may(room.powers, client.session.userId, act)) return null;
        const level = needed(room.powers, act);
        if (level !== ADMINISTRATOR && level !== MODERATOR) return t("governance.onlyLevel", { level });
        return t("governance.only", { role: t(ROLE_WORDS[roleAt(room.powers, level)]) });
    };
    const props: PageProps = { room, governance, acting, why, onClose };
    const go = (to: Section): void => {
        acting.clear();
        setSection(to);
    };
    return (
        <Dialog title={t("governance.title", { name: `\u2068${room.name}\u2069` })} closeLabel={t("shell.close")} onClose={onClose} wide>
            <div className="gov">
                <div className="row wrap">
                    <Segmented
                        label={t("governance.sections")}
                        value={section}
                        onChange={go}
                        options={[
                            { value: "general", label: t("governance.general") },
                            { value: "access", label: t("governance.access") },
                            { value: "roles", label: t("governance.roles") },
                            { value: "addresses", label: t("governance.addresses") },
                            { value: "advanced", label: t("governance.advanced") },
                        ]}
                    />
                    <span className="sm muted gov-saved" role="status">
                        {acting.done}
                    </span>
                </div>
                <ErrorLine text={acting.error} />
                {section === "general" && <GeneralPage {...props} />}
                {section === "access" && <AccessPage {...props} />}
                {section === "roles" && <RolesPage {...props} />}
                {section === "addresses" && <AddressesPage {...props} />}
                {section === "advanced" && <AdvancedPage {...props} />}
            </div>
        </Dialog>
    );
}
