/** The recovery key in twelve numbered groups, to be printed, saved or copied. */
import { Check, Copy, Download, Info, Printer } from "lucide-react";
import { useState } from "react";
import { Button } from "../../design/Button.tsx";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";

export function keyGroups(text: string): string[] {
    return text.replace(/\s+/g, "").match(/.{1,4}/g) ?? [];
}

type Kept = "printed" | "saved" | "copied";

export function RecoveryKey({ text }: { text: string }) {
    const t = useWords();
    const client = useClient();
    const [kept, setKept] = useState<Kept | null>(null);
    const save = (): void => {
        const link = document.createElement("a");
        const lines = [t("security.keyFileTitle"), client.session.userId, "", text, "", t("security.keyHint"), ""];
        link.href = URL.createObjectURL(new Blob([lines.join("\n")], { type: "text/plain" }));
        link.download = "alphorn-recovery-key.txt";
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
        setKept("saved");
    };
    const print = (): void => {
        document.documentElement.dataset.printing = "key";
        window.print();
        delete document.documentElement.dataset.printing;
        setKept("printed");
    };
    return (
        <>
            <div className="key-print">
                <p className="only-print">
                    {t("security.keyFileTitle")} · {client.session.userId}
                </p>
                <ol className="key" aria-label={t("security.key")}>
                    {keyGroups(text).map((group, index) => (
                        <li key={index}>
                            <span className="n">{index + 1}</span>
                            {group}
                        </li>
                    ))}
                </ol>
            </div>
            <div className="opts">
                <Keep done={kept === "printed"} label={t("security.print")} icon={<Printer className="i l" aria-hidden="true" />} onClick={print} />
                <Keep done={kept === "saved"} label={t("security.saveFile")} icon={<Download className="i l" aria-hidden="true" />} onClick={save} />
                <Keep
                    done={kept === "copied"}
                    label={t(kept === "copied" ? "security.copied" : "security.copy")}
                    icon={<Copy className="i l" aria-hidden="true" />}
                    onClick={() => void navigator.clipboard.writeText(text).then(() => setKept("copied"))}
                />
            </div>
            <p className="hint row top">
                <Info className="i s" aria-hidden="true" />
                <span>{t("security.keyHint")}</span>
            </p>
        </>
    );
}

function Keep({ done, label, icon, onClick }: { done: boolean; label: string; icon: React.ReactNode; onClick: () => void }) {
    return (
        <Button className={done ? "kept" : ""} onClick={onClick}>
            {done ? <Check className="i l" aria-hidden="true" /> : icon}
            {label}
        </Button>
    );
}
