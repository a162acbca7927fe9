/** Search in one room, beside it. */
import { useDeferredValue } from "react";
import { Empty } from "../../design/Empty.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { searchWords } from "../jump/jumpStore.ts";
import { Link } from "../Link.tsx";
import { PanelFrame } from "../panel/PanelFrame.tsx";
import { useWords } from "../useWords.ts";
import { Hits } from "./Hits.tsx";
import { Reach } from "./Reach.tsx";
import { SearchField } from "./SearchField.tsx";
import { useSearch } from "./useSearch.ts";
import "../people/people.css";
import "./search.css";

export default function RoomSearch({ roomId }: { roomId: string }) {
    const t = useWords();
    const client = useClient();
    const room = useStore(client.rooms).find((one) => one.id === roomId);
    const words = useStore(searchWords);
    const deferred = useDeferredValue(words);
    const found = useSearch({ words: deferred, room: roomId, since: 0 });
    const label = t("search.inRoom", { name: room ? `\u2068${room.name}\u2069` : "" });
    return (
        <PanelFrame title={label} roomId={roomId} flat>
            <div className="room-search">
                <SearchField label={label} words={words} onWords={(value) => searchWords.set(value)} />
                <p className="row sm">
                    <span className="dim" role="status">
                        {found.asked !== "" && found.asked === words && t("search.foundRoom", { count: found.total })}
                    </span>
                    <Link className="end" to={{ place: "chats", view: "search" }}>
                        {t("search.everywhere")}
                    </Link>
                </p>
            </div>
            <div className="room-hits">
                {found.partial && <p className="sm muted">{t("search.partial")}</p>}
                <Hits hits={found.hits} words={deferred} heads={false} />
                {found.asked !== "" && found.asked === words && found.hits.length === 0 && <Empty title={t("search.noneTitle")}>{t("search.noneText")}</Empty>}
                {room?.encrypted && <Reach />}
            </div>
        </PanelFrame>
    );
}
