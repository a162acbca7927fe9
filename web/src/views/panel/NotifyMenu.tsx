/** How much one hears of a room. */
import type { ReactElement } from "react";
import { notifyLevel, setNotifyLevel, type NotifyLevel } from "../../client/notifyLevel.ts";
import { Menu } from "../../design/Menu.tsx";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { toasts } from "../../design/Toasts.tsx";
import { toFailure } from "../../client/failures.ts";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { useWords } from "../useWords.ts";

export const LEVELS: readonly (readonly [NotifyLevel, Key])[] = [
    ["usual", "details.levelUsual"],
    ["all", "details.levelAll"],
    ["mentions", "details.levelMentions"],
    ["none", "details.levelNone"],
];

export function NotifyMenu({ roomId, trigger }: { roomId: string; trigger: ReactElement<Record<string, unknown>> }) {
    const t = useWords();
    const client = useClient();
    // Renewed with the rules, as the list is.
    useStore(client.rooms);
    const now = notifyLevel(client.sdk, roomId);
    const set = (level: NotifyLevel): void => {
        setNotifyLevel(client.sdk, roomId, level).catch((error: unknown) => toasts.show({ title: t(failureWords(toFailure(error).kind)) }));
    };
    return (
        <Menu
            trigger={trigger}
            items={LEVELS.map(([level, key]) => ({
                label: t(key),
                on: level === now,
                onSelect: () => set(level),
            }))}
        />
    );
}
