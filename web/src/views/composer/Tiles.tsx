/** The files that are about to be sent, above the field. */
import { FileText, Film, Music, X } from "lucide-react";
import type { Cell } from "../../model/store.ts";
import { sizeWords } from "../../model/files.ts";
import { IconButton } from "../../design/Button.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { dropTile, losesPlace, setOriginal, type Tile } from "./attachments.ts";

export default function Tiles({ tiles }: { tiles: Cell<readonly Tile[]> }) {
    const t = useWords();
    const language = useLanguage();
    const all = useStore(tiles);
    if (all.length === 0) return null;
    const photos = all.filter((tile) => losesPlace(tile.file.type));
    return (
        <>
        <ul className="tiles" aria-label={t("composer.attached")}>
            {all.map((tile) => {
                const Icon = tile.file.type.startsWith("video/") ? Film : tile.file.type.startsWith("audio/") ? Music : FileText;
                return (
                    <li key={tile.id} className="tile">
                        {tile.preview ? <img src={tile.preview} alt="" /> : <Icon className="i l" aria-hidden="true" />}
                        <span className="tile-words">
                            <Name of={tile.file.name} className="ell" />
                            <span className="xs dim">{sizeWords(tile.file.size, language)}</span>
                        </span>
                        <IconButton label={t("composer.removeFile")} onClick={() => dropTile(tiles, tile.id)}>
                            <X className="i s" aria-hidden="true" />
                        </IconButton>
                    </li>
                );
            })}
        </ul>
        {photos.length > 0 && (
            <label className="check original">
                <input type="checkbox" checked={photos.every((tile) => tile.original)} onChange={(event) => setOriginal(tiles, event.target.checked)} />
                <span>
                    {t("composer.original")}
                    <span className="hint">{t("composer.originalHint")}</span>
                </span>
            </label>
        )}
        </>
    );
}
