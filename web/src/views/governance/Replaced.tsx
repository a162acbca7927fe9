/** A line above an old room: a newer one took its place. */
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { Button } from "../../design/Button.tsx";
import "./governance.css";

export default function Replaced({ by }: { by: string }) {
    const t = useWords();
    return (
        <div className="replaced" role="note">
            <span className="grow">{t("governance.replaced")}</span>
            <Button size="small" onClick={() => router.go({ place: "chats", room: by })}>
                {t("governance.openNew")}
            </Button>
        </div>
    );
}
