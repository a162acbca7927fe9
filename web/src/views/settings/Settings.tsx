/** Settings of this device and account. Sections are files of their own in this folder. */
import { Bell, ChevronLeft, CircleHelp, KeyRound, Palette, User, UserCog } from "lucide-react";
import type { ReactNode } from "react";
import { PHONE, useMedia } from "../../design/useMedia.ts";
import type { Key } from "../../i18n/i18n.ts";
import { Link } from "../Link.tsx";
import { useWords } from "../useWords.ts";
import { AccountSection } from "./AccountSection.tsx";
import { AppearanceSection } from "./AppearanceSection.tsx";
import { DevicesSection } from "./DevicesSection.tsx";
import { KeysSection } from "./KeysSection.tsx";
import { NotificationSection } from "./NotificationSection.tsx";
import { ProfileSection } from "./ProfileSection.tsx";
import "./settings.css";

const ICON = { className: "i", "aria-hidden": true } as const;
const SECTIONS: { id: string; name: Key; icon: ReactNode; body: () => ReactNode }[] = [
    { id: "profile", name: "settings.profile", icon: <User {...ICON} />, body: () => <ProfileSection /> },
    { id: "appearance", name: "settings.appearance", icon: <Palette {...ICON} />, body: () => <AppearanceSection /> },
    { id: "notifications", name: "settings.notifications", icon: <Bell {...ICON} />, body: () => <NotificationSection /> },
    {
        id: "security",
        name: "settings.security",
        icon: <KeyRound {...ICON} />,
        body: () => (
            <>
                <KeysSection />
                <DevicesSection />
            </>
        ),
    },
    { id: "account", name: "settings.account", icon: <UserCog {...ICON} />, body: () => <AccountSection /> },
];

export default function Settings({ section }: { section?: string }) {
    const t = useWords();
    const phone = useMedia(PHONE);
    const known = SECTIONS.find((one) => one.id === (section === "devices" ? "security" : section));
    // On a phone the list of sections is a page of its own.
    const shown = known ?? (phone ? undefined : SECTIONS[0]);
    return (
        <div className={`settings-place${shown ? " open" : ""}`}>
            <nav aria-label={t("settings.title")}>
                <h1>{t("settings.title")}</h1>
                <div className="nav">
                    {SECTIONS.map(({ id, name, icon }) => (
                        <Link key={id} to={{ place: "settings", section: id }} aria-current={id === shown?.id ? "page" : undefined}>
                            {icon}
                            {t(name)}
                        </Link>
                    ))}
                    {phone && (
                        // Elsewhere it stands in the rail.
                        <Link to={{ place: "help" }}>
                            <CircleHelp {...ICON} />
                            {t("shell.help")}
                        </Link>
                    )}
                </div>
            </nav>
            {shown && (
                <div className="page settings">
                    <div className="row">
                        {phone && (
                            <Link to={{ place: "settings" }} className="ib" aria-label={t("shell.back")}>
                                <ChevronLeft {...ICON} />
                            </Link>
                        )}
                        <h2 className="title">{t(shown.name)}</h2>
                    </div>
                    {shown.body()}
                </div>
            )}
        </div>
    );
}
