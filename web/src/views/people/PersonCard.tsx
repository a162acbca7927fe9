/** A person: who it is, what one may do with and about them. */
import { Copy, MessageSquare } from "lucide-react";
import { Suspense, useEffect, useMemo, useState } from "react";
import { lazy } from "../lazy.tsx";
import { IgnoredStore, People, type Profile } from "../../client/people.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Name } from "../../design/Name.tsx";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { language } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { Link } from "../Link.tsx";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { report, type OpenCard } from "./card.ts";
import { ErrorLine } from "./ErrorLine.tsx";
import { InThisRoom } from "./InThisRoom.tsx";
import { useAct } from "./useAct.ts";
import "./people.css";

const PersonKeys = lazy(() => language.need("keys").then(() => import("../security/PersonKeys.tsx")));
const TOGETHER_SHOWN = 6;

function useProfile(userId: string): { profile: Profile; unknown: boolean } {
    const client = useClient();
    const people = useMemo(() => new People(client.sdk), [client]);
    const [profile, setProfile] = useState(() => people.known(userId));
    const [unknown, setUnknown] = useState(false);
    useEffect(() => {
        let here = true;
        people.profile(userId).then(
            (one) => here && setProfile(one),
            (error: { kind?: string }) => here && setUnknown(error.kind === "not-found"),
        );
        return () => void (here = false);
    }, [people, userId]);
    return { profile, unknown };
}

export default function PersonCard({ userId, roomId, onClose }: OpenCard & { onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const { profile, unknown } = useProfile(userId);
    const ignoredStore = useMemo(() => new IgnoredStore(client.sdk), [client]);
    const ignored = useStore(ignoredStore).includes(userId);
    const acting = useAct();
    const own = userId === client.session.userId;
    const talk = async (): Promise<void> => {
        let room = "";
        if (await acting.run(async () => (room = await client.actions.openDirect(userId)))) {
            onClose();
            router.go({ place: "chats", room });
        }
    };
    const copy = (): void => {
        navigator.clipboard?.writeText(userId).then(
            () => toasts.show({ title: t("people.copied") }),
            () => toasts.show({ title: t("details.linkFailed") }),
        );
    };
    return (
        <Dialog title={t("people.card", { name: profile.name })} closeLabel={t("shell.close")} onClose={onClose}>
            <div className="person-head">
                <Picture id={userId} name={profile.name} mxc={profile.avatar} size="xl" presence={profile.presence} />
                <div className="grow">
                    <h3>
                        <Name of={profile.name} />
                    </h3>
                    <div className="row tight sm dim">
                        <span className="mono person-address">{userId}</span>
                        <IconButton label={t("people.copyAddress")} className="small-ib" onClick={copy}>
                            <Copy className="i s" aria-hidden="true" />
                        </IconButton>
                    </div>
                    {profile.presence && <div className="sm muted">{t(profile.presence === "here" ? "people.present" : "people.absent")}</div>}
                </div>
            </div>
            {unknown && <p className="muted">{t("people.unknown")}</p>}
            {ignored && <p className="muted">{t("people.ignored")}</p>}
            <div className="row wrap">
                {own ? (
                    <Button onClick={() => (onClose(), router.go({ place: "settings", section: "profile" }))}>{t("people.editProfile")}</Button>
                ) : (
                    <>
                        <Button look="primary" disabled={acting.busy || unknown} onClick={() => void talk()}>
                            <MessageSquare className="i" aria-hidden="true" />
                            {t("people.message")}
                        </Button>
                        <Button disabled={acting.busy} onClick={() => void acting.run(() => new People(client.sdk).ignore(userId, !ignored))}>
                            {ignored ? t("people.unignore") : t("people.ignore")}
                        </Button>
                        <Button onClick={() => report({ what: "person", userId, name: profile.name })}>{t("people.report")}</Button>
                    </>
                )}
            </div>
            <ErrorLine text={acting.error} />
            {!own && (
                <Suspense fallback={null}>
                    <PersonKeys userId={userId} onOpen={onClose} />
                </Suspense>
            )}
            {roomId && <InThisRoom roomId={roomId} userId={userId} name={profile.name} />}
            {!own && profile.together.length > 0 && <Together rooms={profile.together} onOpen={onClose} />}
        </Dialog>
    );
}

function Together({ rooms, onOpen }: { rooms: readonly string[]; onOpen: () => void }) {
    const t = useWords();
    const client = useClient();
    const all = useStore(client.rooms);
    const known = all.filter((room) => rooms.includes(room.id) && room.kind === "room").slice(0, TOGETHER_SHOWN);
    if (known.length === 0) return null;
    return (
        <section className="stack">
            <h4>{t("people.together")}</h4>
            <ul className="person-rooms">
                {known.map((room) => (
                    <li key={room.id}>
                        <Link to={{ place: "chats", room: room.id }} className="row" onClick={onOpen}>
                            <Picture id={room.id} name={room.name} mxc={room.avatar} kind="room" size="x" />
                            <Name of={room.name} className="ell" />
                        </Link>
                    </li>
                ))}
            </ul>
        </section>
    );
}
