/** Everything about keys that comes up by itself: dialogs, questions, and the reminder in the banner slot. */
import { KeyRound, Lock, ShieldQuestionMark } from "lucide-react";
import { Suspense, useEffect, useState } from "react";
import type { SecurityView } from "../../client/security.ts";
import { Button } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { banner } from "../shell/bannerStore.ts";
import { useWords } from "../useWords.ts";
import { PasswordPrompt } from "./PasswordPrompt.tsx";
import { putOff, putOffUntil, securityDialog } from "./securityStore.ts";
import { lazy } from "../lazy.tsx";
import "./security.css";

const Guide = lazy(() => import("./Guide.tsx").then(({ Guide }) => ({ default: Guide })));
const KeyDialog = lazy(() => import("./KeyDialog.tsx").then(({ KeyDialog }) => ({ default: KeyDialog })));
const ThisDevice = lazy(() => import("./ThisDevice.tsx").then(({ ThisDevice }) => ({ default: ThisDevice })));
const VerifyDialog = lazy(() => import("./VerifyDialog.tsx").then(({ VerifyDialog }) => ({ default: VerifyDialog })));

export default function SecurityLayer() {
    const { security, verifications } = useClient();
    const view = useStore(security);
    const dialog = useStore(securityDialog);
    const verifying = useStore(verifications) !== null;
    useFirst(view);
    useReminder(view, verifying || dialog !== null);
    useLocked();
    const close = (): void => securityDialog.set(null);
    const later = (): void => (putOff(), close());
    return (
        <Suspense fallback={null}>
            {verifying && <VerifyDialog />}
            {!verifying && dialog === "guide" && <Guide onClose={close} />}
            {!verifying && dialog === "key" && <KeyDialog onDone={close} onLater={later} />}
            {!verifying && dialog === "this-device" && <ThisDevice onDone={close} onLater={later} onNewKey={() => securityDialog.set("key")} />}
            <PasswordPrompt />
        </Suspense>
    );
}

/** The first time on a device: who is new gets the guide, who is not confirms the device. */
function useFirst({ state, fresh }: SecurityView): void {
    const [met, setMet] = useState(false);
    const until = useStore(putOffUntil);
    useEffect(() => {
        if (met || state === "unknown" || Date.now() < until) return;
        setMet(true);
        if (fresh) securityDialog.set("guide");
        else if (state === "unverified") securityDialog.set("this-device");
    }, [met, state, fresh, until]);
}

function useReminder({ state }: SecurityView, open: boolean): void {
    const t = useWords();
    const until = useStore(putOffUntil);
    useEffect(() => {
        if (open || Date.now() < until || (state !== "unverified" && state !== "no-recovery")) return;
        const unverified = state === "unverified";
        banner.set({
            look: "calm",
            icon: unverified ? <ShieldQuestionMark className="i" aria-hidden="true" /> : <KeyRound className="i" aria-hidden="true" />,
            text: t(unverified ? "security.remindDevice" : "security.remindKey"),
            action: (
                <>
                    <Button look="plain" onClick={putOff}>
                        {t("security.tomorrow")}
                    </Button>
                    <Button onClick={() => securityDialog.set(unverified ? "this-device" : "key")}>
                        {t(unverified ? "security.confirmDevice" : "security.makeKey")}
                    </Button>
                </>
            ),
        });
        return () => banner.set(null);
    }, [state, until, open, t]);
}

/** An administrator has locked the account: what is here can be read. */
function useLocked(): void {
    const t = useWords();
    const locked = useStore(useClient().locked);
    useEffect(() => {
        if (!locked) return;
        banner.set({ look: "offline", loud: true, icon: <Lock className="i l" aria-hidden="true" />, text: t("security.accountLocked") });
        return () => banner.set(null);
    }, [locked, t]);
}
