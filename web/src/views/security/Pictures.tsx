/** The seven pictures: the same drawings on every device, each with its word. */
import { sasNumber } from "../../model/sasPictures.ts";
import { useWords } from "../useWords.ts";
import { SAS_WORDS } from "./sasWords.ts";

const FILES = import.meta.glob<string>("./pictures/*.svg", { query: "?url", import: "default", eager: true });
const ADDRESSES = Object.keys(FILES).sort().map((path) => FILES[path]!);

export function Pictures({ symbols }: { symbols: readonly string[] }) {
    const t = useWords();
    return (
        <ol className="sas">
            {symbols.map((symbol, index) => {
                const number = sasNumber(symbol);
                const word = SAS_WORDS[number];
                return (
                    <li key={index}>
                        {number >= 0 ? <img src={ADDRESSES[number]} alt="" width={44} height={44} /> : <span className="as-text">{symbol}</span>}
                        {word && t(word)}
                    </li>
                );
            })}
        </ol>
    );
}
