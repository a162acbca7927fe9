/** The map of keys: `?` or Ctrl /. */
import { Dialog } from "../../design/Dialog.tsx";
import type { Key } from "../../i18n/i18n.ts";
import { useWords } from "../useWords.ts";

const KEYS: readonly (readonly [string, Key])[] = [
    ["Ctrl K", "shell.keySearch"],
    ["F6 · Shift F6", "shell.keyRegion"],
    ["Alt ↓ ↑", "shell.keyNext"],
    ["Alt Shift ↓ ↑", "shell.keyUnread"],
    ["Alt 1 · 5 · 6", "shell.keyPlaces"],
    ["Ctrl .", "shell.keyPanel"],
    ["Ctrl F · Ctrl Shift F", "shell.keyFind"],
    ["Esc", "shell.keyEscape"],
    ["?", "shell.keyMap"],
    ["Enter · Shift Enter", "shell.keySend"],
    ["↑", "timeline.keyEditLast"],
    ["↑ ↓ Home End", "timeline.keyWalk"],
    ["R · T · E · C · Del", "timeline.keyMessage"],
];

export function KeyMap({ onClose }: { onClose: () => void }) {
    const t = useWords();
    return (
        <Dialog title={t("shell.keys")} closeLabel={t("shell.close")} onClose={onClose}>
            <dl className="kv">
                {KEYS.map(([keys, words]) => (
                    <div key={keys} className="contents">
                        <dt>
                            <kbd>{keys}</kbd>
                        </dt>
                        <dd>{t(words)}</dd>
                    </div>
                ))}
            </dl>
        </Dialog>
    );
}
