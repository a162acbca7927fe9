/** Search while one types. */
import { useEffect, useState } from "react";
import { searchOf, type HitsView, type Wanted } from "../../client/search/messageSearch.ts";
import { useClient } from "../ClientContext.ts";

const QUIET_MS = 150;
const NOTHING: HitsView = { hits: [], total: 0, partial: false, tookMs: 0 };

export interface Searched extends HitsView {
    /** What these results are for. */
    asked: string;
}

export function useSearch({ words, room, since }: Wanted): Searched {
    const client = useClient();
    const [view, setView] = useState<Searched>({ ...NOTHING, asked: "" });
    useEffect(() => {
        let here = true;
        if (words.trim() === "") {
            setView({ ...NOTHING, asked: "" });
            return;
        }
        const timer = setTimeout(() => {
            searchOf(client)
                .find({ words: words.trim(), room, since })
                .then(
                    (found) => here && setView({ ...found, asked: words }),
                    () => here && setView({ ...NOTHING, partial: true, asked: words }),
                );
        }, QUIET_MS);
        return () => {
            here = false;
            clearTimeout(timer);
        };
    }, [client, words, room, since]);
    return view;
}
