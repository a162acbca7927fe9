/** The line under a message that began a thread. */
import { serverNow } from "../../client/now.ts";
import type { ThreadLine as Line } from "../../model/timeline.ts";
import { listTime } from "../../model/time.ts";
import { Link } from "../Link.tsx";
import { Picture } from "../Picture.tsx";
import { useLanguage, useWords } from "../useWords.ts";

export function ThreadLine({ roomId, root, thread }: { roomId: string; root: string; thread: Line }) {
    const t = useWords();
    const language = useLanguage();
    return (
        <Link to={{ place: "chats", room: roomId, panel: "thread", thread: root }} className="thr">
            <span className="avs">
                {thread.people.map((one) => (
                    <Picture key={one.id} id={one.id} name={one.name} mxc={one.avatar} size="x" />
                ))}
            </span>
            <b>{t("timeline.replies", { count: thread.count })}</b> {t("timeline.repliesLast", { time: listTime(thread.lastAt, serverNow(), language) })}
        </Link>
    );
}
