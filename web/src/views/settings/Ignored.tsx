/** People one ignores: the way back, when nothing of them is shown any more. */
import { useMemo } from "react";
import { IgnoredStore, People } from "../../client/people.ts";
import { Button } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useAct } from "../useAct.ts";
import { useWords } from "../useWords.ts";

export function Ignored() {
    const t = useWords();
    const { sdk } = useClient();
    const people = useMemo(() => new People(sdk), [sdk]);
    const ignored = useStore(useMemo(() => new IgnoredStore(sdk), [sdk]));
    const act = useAct();
    if (ignored.length === 0) return null;
    return (
        <section className="stack">
            <h3>{t("settings.ignored")}</h3>
            <ul className="stack">
                {ignored.map((id) => (
                    <li key={id} className="row">
                        <span className="grow ell">
                            <Name of={people.known(id).name} /> <span className="sm dim">{id}</span>
                        </span>
                        <Button size="small" disabled={act.busy} onClick={() => void act.run(() => people.ignore(id, false))}>
                            {t("people.unignore")}
                        </Button>
                    </li>
                ))}
            </ul>
        </section>
    );
}
