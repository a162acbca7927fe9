/** The menu of one row. */
import { Menu } from "@base-ui/react/menu";
import { ArrowDown, Bell, Check, LogOut, MailOpen, Settings, Star } from "lucide-react";
import { useMemo, useRef, type ReactNode } from "react";
import { toFailure } from "../../client/failures.ts";
import { notifyLevel, setNotifyLevel } from "../../client/notifyLevel.ts";
import { RoomMarks } from "../../client/roomMarks.ts";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { failureWords } from "../failureWords.ts";
import { openGovernance } from "../governance/open.ts";
import { LEVELS } from "../panel/NotifyMenu.tsx";
import { useWords } from "../useWords.ts";
import type { MenuPlace } from "./RowMenu.tsx";

/** The press that opened the menu ends above it: that is not a press beside it. */
const OPENING_MS = 400;

export default function RowMenuContent({ place, onClose, onLeave }: { place: MenuPlace; onClose: () => void; onLeave: () => void }) {
    const t = useWords();
    const client = useClient();
    const room = useStore(client.rooms).find((one) => one.id === place.roomId);
    const anchor = useMemo(() => ({ getBoundingClientRect: () => new DOMRect(place.x, place.y, 0, 0) }), [place]);
    const opened = useRef(performance.now());
    if (!room) return null;
    const marks = new RoomMarks(client.sdk);
    const level = notifyLevel(client.sdk, room.id);
    const act = (promise: Promise<void>): void => {
        onClose();
        promise.catch((error: unknown) => toasts.show({ title: t(failureWords(toFailure(error).kind)) }));
    };
    return (
        <Menu.Root open onOpenChange={(open) => !open && performance.now() - opened.current > OPENING_MS && onClose()}>
            <Menu.Portal>
                <Menu.Positioner anchor={anchor} side="bottom" align="start" className="menu-place">
                    <Menu.Popup className="menu" aria-label={t("spaces.actions")}>
                        <Switch label={t("details.favourite")} icon={<Star className="i" aria-hidden="true" />} on={room.favourite} onSelect={() => act(marks.favourite(room.id, !room.favourite))} />
                        <Switch label={t("details.low")} icon={<ArrowDown className="i" aria-hidden="true" />} on={room.low} onSelect={() => act(marks.low(room.id, !room.low))} />
                        <Menu.Item className="menu-item" onClick={() => act(marks.unread(room.id, !room.marked))}>
                            <MailOpen className="i" aria-hidden="true" />
                            {t(room.marked ? "details.read" : "details.unread")}
                        </Menu.Item>
                        <Menu.Separator className="menu-line" />
                        {LEVELS.map(([value, key]) => (
                            <Switch key={value} label={t(key)} icon={<Bell className="i" aria-hidden="true" />} on={value === level} onSelect={() => act(setNotifyLevel(client.sdk, room.id, value))} />
                        ))}
                        <Menu.Separator className="menu-line" />
                        <Menu.Item className="menu-item" onClick={() => (onClose(), openGovernance.set({ roomId: room.id, what: "settings" }))}>
                            <Settings className="i" aria-hidden="true" />
                            {t("details.settings")}
                        </Menu.Item>
                        <Menu.Item className="menu-item" onClick={() => (onClose(), onLeave())}>
                            <LogOut className="i" aria-hidden="true" />
                            {t("details.leave")}
                        </Menu.Item>
                    </Menu.Popup>
                </Menu.Positioner>
            </Menu.Portal>
        </Menu.Root>
    );
}

function Switch({ label, icon, on, onSelect }: { label: string; icon: ReactNode; on: boolean; onSelect: () => void }) {
    return (
        <Menu.CheckboxItem className="menu-item" checked={on} closeOnClick onCheckedChange={onSelect}>
            {icon}
            <span className="grow">{label}</span>
            {on && <Check className="i s" aria-hidden="true" />}
        </Menu.CheckboxItem>
    );
}
