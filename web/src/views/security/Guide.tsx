/** For who is new: name and picture, recovery key, notifications. Each can be left for later. */
import { useState } from "react";
import { useWords } from "../useWords.ts";
import { KeyDialog } from "./KeyDialog.tsx";
import { putOff } from "./securityStore.ts";

const STEPS = 1;

export function Guide({ onClose }: { onClose: () => void }) {
    const t = useWords();
    const [step] = useState(1);
    return <KeyDialog aside={t("security.step", { step, of: STEPS })} onDone={onClose} onLater={() => (putOff(), onClose())} />;
}
