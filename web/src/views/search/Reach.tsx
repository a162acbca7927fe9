/** How far back encrypted rooms can be searched on this device, and the way further. */
import { Lock } from "lucide-react";
import { serverNow } from "../../client/now.ts";
import { searchOf } from "../../client/search/messageSearch.ts";
import { longDate } from "../../model/time.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useLanguage, useWords } from "../useWords.ts";

export function Reach() {
    const t = useWords();
    const client = useClient();
    const language = useLanguage();
    const { feeder } = searchOf(client);
    const view = useStore(feeder);
    const words = view.reading ? t("search.reading", { count: view.size }) : view.since > 0 ? t("search.local", { date: longDate(view.since, serverNow(), language) }) : t("search.localAll");
    return (
        <div className="reach sm muted">
            <Lock className="i s" aria-hidden="true" />
            <span>
                <span role="status">{words}</span>{" "}
                {view.older && !view.reading && (
                    <button type="button" className="as-link" onClick={() => void feeder.older()}>
                        {t("search.older")}
                    </button>
                )}
            </span>
        </div>
    );
}
