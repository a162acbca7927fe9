/** For who is new: name and picture, recovery key, notifications. Each can be left for later. */
import { useId, useState } from "react";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { NotificationAsk } from "../notifications/NotificationAsk.tsx";
import { ProfileForm } from "../settings/ProfileForm.tsx";
import { useWords } from "../useWords.ts";
import { KeyDialog } from "./KeyDialog.tsx";
import { putOff } from "./securityStore.ts";

const STEPS = 3;

export function Guide({ onClose }: { onClose: () => void }) {
    const t = useWords();
    const [step, setStep] = useState(1);
    const aside = t("security.step", { step, of: STEPS });
    const form = useId();
    const next = (): void => setStep(step + 1);
    if (step === 2) return <KeyDialog aside={aside} onDone={next} onLater={() => (putOff(), next())} />;
    if (step === 3) return <NotificationAsk aside={aside} onDone={onClose} />;
    return (
        <Dialog
            title={t("security.guideTitle")}
            closeLabel={t("shell.close")}
            onClose={() => (putOff(), onClose())}
            aside={aside}
            footer={
                <>
                    <Button look="plain" className="first" onClick={next}>
                        {t("security.skip")}
                    </Button>
                    <Button look="primary" type="submit" form={form}>
                        {t("security.next")}
                    </Button>
                </>
            }
        >
            <p>{t("security.guideText")}</p>
            <ProfileForm form={form} onSaved={next} />
        </Dialog>
    );
}
