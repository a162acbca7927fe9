/** Who asks to be let in. */
import { Governance } from "../../client/governance.ts";
import type { RoomDetails } from "../../model/details.ts";
import { may } from "../../model/powers.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { useClient } from "../ClientContext.ts";
import { ErrorLine } from "../people/ErrorLine.tsx";
import { useAct } from "../people/useAct.ts";
import { Picture } from "../Picture.tsx";
import { useWords } from "../useWords.ts";

export function Knocks({ room }: { room: RoomDetails }) {
    const t = useWords();
    const client = useClient();
    const acting = useAct();
    const me = client.session.userId;
    const governance = new Governance(client.sdk, room.id);
    if (room.knocks.length === 0 || !may(room.powers, me, "invite")) return null;
    return (
        <section className="stack">
            <h4>{t("details.wantsIn")}</h4>
            <ul className="stack">
                {room.knocks.map((person) => (
                    <li key={person.id} className="card knock stack">
                        <span className="row">
                            <Picture id={person.id} name={person.name} mxc={person.avatar} size="s" />
                            <span className="grow">
                                <Name of={person.name} className="b" />
                                <br />
                                <span className="xs dim">{person.id}</span>
                            </span>
                        </span>
                        {person.reason && (
                            <p className="sm">
                                <bdi>{person.reason}</bdi>
                            </p>
                        )}
                        <span className="row">
                            <Button look="primary" size="small" disabled={acting.busy} onClick={() => void acting.run(() => governance.invite(person.id))}>
                                {t("details.letIn")}
                            </Button>
                            <Button size="small" disabled={acting.busy || !may(room.powers, me, "remove")} onClick={() => void acting.run(() => governance.remove(person.id))}>
                                {t("details.refuse")}
                            </Button>
                        </span>
                    </li>
                ))}
            </ul>
            <ErrorLine text={acting.error} />
        </section>
    );
}
