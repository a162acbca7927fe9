/** This place is built next. */
import { useWords } from "../useWords.ts";

export default function Help(_props: { topic?:string }) {
    const t = useWords();
    return (
        <div className="page">
            <h1>{t("shell.help")}</h1>
        </div>
    );
}
