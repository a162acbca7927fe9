/** A line above a room for who may let people in: somebody asks to. */
import { Button } from "../../design/Button.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import "../governance/governance.css";

export default function KnockLine({ roomId, count }: { roomId: string; count: number }) {
    const t = useWords();
    return (
        <div className="replaced" role="status">
            <span className="grow">{t("rooms.knocks", { count })}</span>
            <Button size="small" onClick={() => router.go({ place: "chats", room: roomId, panel: "details" })}>
                {t("timeline.details")}
            </Button>
        </div>
    );
}
