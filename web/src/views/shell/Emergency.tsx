/** What to do when it is urgent and nothing answers: the telephone number and the channel that administrators set. */
import { Phone } from "lucide-react";
import { dialled } from "../../model/organisation.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { Link } from "../Link.tsx";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { organisation } from "./organisationStore.ts";

export function Emergency() {
    const t = useWords();
    const client = useClient();
    const { emergencyPhone, emergencyChannel } = useStore(organisation);
    useStore(client.rooms);
    const room = emergencyChannel === null ? undefined : client.rooms.byAddress(emergencyChannel);
    if (!emergencyPhone && !room) return null;
    return (
        <div className="card emergency">
            <Phone className="i" aria-hidden="true" />
            <div>
                {emergencyPhone && (
                    <p className="b">
                        <Words of="link.urgentPhone" number={<a href={dialled(emergencyPhone)}>{emergencyPhone}</a>} />
                    </p>
                )}
                {room && (
                    <p className="sm">
                        {t("link.urgentChannel")} <Link to={{ place: "chats", room: room.id }}>{room.name}</Link>
                    </p>
                )}
            </div>
        </div>
    );
}
