/** The link of an invitation and its picture: shown this once. */
import type { Invitation } from "../../../client/admin/admin.ts";
import { dateAndTime } from "../../../model/admin/figures.ts";
import { invitationLink } from "../../../model/admin/people.ts";
import { QrCode } from "../../security/QrCode.tsx";
import { useLanguage, useWords } from "../../useWords.ts";
import { Copied } from "../parts/Copied.tsx";

export function HandOver({ invitation }: { invitation: Invitation }) {
    const t = useWords();
    const language = useLanguage();
    const link = invitationLink(invitation.link, invitation.code, location.origin);
    return (
        <>
            <p>{t("adminPeople.handOver", { until: dateAndTime(invitation.expires_at_ms, language) })}</p>
            <Copied text={link} label={t("adminPeople.link")} />
            <div className="qr-box">
                <QrCode of={link} label={t("adminPeople.qr")} />
            </div>
            <p className="hint">{t("adminPeople.once")}</p>
        </>
    );
}
