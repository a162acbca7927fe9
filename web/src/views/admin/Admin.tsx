/** This place is built next. */
import { useWords } from "../useWords.ts";

export default function Admin(_props: { section?:string;item?:string }) {
    const t = useWords();
    return (
        <div className="page">
            <h1>{t("shell.admin")}</h1>
        </div>
    );
}
