/** The foot of the list: how one is connected, in words, with the ridge. */
import { useStore } from "../../design/useStore.ts";
import { useWords } from "../useWords.ts";
import { link } from "./linkStore.ts";
import { Ridge } from "./Ridge.tsx";

export function LinkLine() {
    const t = useWords();
    const { nodes } = useStore(link);
    return (
        <div className="line">
            <Ridge nodes={nodes} />
            <span className="grow">
                <b className="b">{t("shell.connected")}</b>
            </span>
        </div>
    );
}
