/** The field of a search. */
import { Search, X } from "lucide-react";
import { IconButton } from "../../design/Button.tsx";
import { useWords } from "../useWords.ts";

export function SearchField({ label, words, onWords }: { label: string; words: string; onWords: (words: string) => void }) {
    const t = useWords();
    return (
        <label className="search search-field">
            <Search className="i" aria-hidden="true" />
            <input
                className="grow"
                type="search"
                name="search-messages"
                data-first
                autoFocus
                autoComplete="off"
                value={words}
                maxLength={300}
                placeholder={t("search.placeholder")}
                aria-label={label}
                onChange={(event) => onWords(event.target.value)}
            />
            {words && (
                <IconButton label={t("search.clear")} className="small-ib" onClick={() => onWords("")}>
                    <X className="i" aria-hidden="true" />
                </IconButton>
            )}
        </label>
    );
}
