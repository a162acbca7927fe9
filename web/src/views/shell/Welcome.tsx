/** The room column before a room is chosen. */
import { Empty } from "../../design/Empty.tsx";
import { useWords } from "../useWords.ts";

export function Welcome() {
    const t = useWords();
    return (
        <main className="main middle">
            <Empty title={t("shell.nothing")}>{t("shell.nothingText")}</Empty>
        </main>
    );
}
