/** Words that change with the language: `const t = useWords()`. */
import { language, t, type Language } from "../i18n/i18n.ts";
import { useStore } from "../design/useStore.ts";

export function useWords(): typeof t {
    useStore(language);
    return t;
}

export function useLanguage(): Language {
    return useStore(language);
}
