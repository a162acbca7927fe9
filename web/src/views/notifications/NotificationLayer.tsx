/** Tells of what arrives while the client is open: notification, sound, number on the icon. */
import { useEffect } from "react";
import { serverNow } from "../../client/now.ts";
import { isQuiet, tell, type Arriving } from "../../model/notify.ts";
import { unreadConversations } from "../../model/room.ts";
import { toasts } from "../../design/Toasts.tsx";
import { useStore } from "../../design/useStore.ts";
import { t } from "../../i18n/i18n.ts";
import { cleanName } from "../../model/names.ts";
import { useClient } from "../ClientContext.ts";
import { KINDS } from "../rooms/kinds.ts";
import { router } from "../router.ts";
import { badge } from "./badge.ts";
import { permission } from "./permission.ts";
import { sound } from "./sounds.ts";
import { telling } from "./telling.ts";

export default function NotificationLayer() {
    useArrivals();
    useBadge();
    usePressed();
    return null;
}

function useArrivals(): void {
    const client = useClient();
    useEffect(
        () =>
            client.arrivals.follow((one) => {
                const route = router.getSnapshot();
                const focused = document.visibilityState === "visible" && document.hasFocus();
                const device = telling.getSnapshot();
                const told = tell(one, {
                    quiet: isQuiet(client.notifySettings.getSnapshot().quiet, new Date(serverNow())),
                    focused,
                    seen: focused && route.place === "chats" && route.room === one.roomId,
                    telling: device,
                });
                if (told.tone) sound(told.tone);
                if (told.banner && permission.getSnapshot() === "granted") show(one, device.text);
                if (told.inside) {
                    toasts.show({
                        title: t("notifications.priorityFrom", { name: one.sender.name, room: one.roomName }),
                        text: textOf(one),
                        action: { label: t("notifications.open"), run: () => open(one) },
                    });
                }
            }),
        [client],
    );
}

/** A notification of the service worker was pressed. */
function usePressed(): void {
    useEffect(() => {
        const pressed = ({ data }: MessageEvent): void => {
            const message = data as { kind?: unknown; roomId?: unknown } | null;
            if (message?.kind === "open-room" && typeof message.roomId === "string") router.go({ place: "chats", room: message.roomId });
        };
        navigator.serviceWorker?.addEventListener("message", pressed);
        return () => navigator.serviceWorker?.removeEventListener("message", pressed);
    }, []);
}

function open({ roomId }: { roomId: string }): void {
    window.focus();
    router.go({ place: "chats", room: roomId });
}

function textOf({ preview }: Arriving): string {
    if (!preview) return "";
    return preview.kind === "text" ? cleanName(preview.text, "…") : t(KINDS[preview.kind]);
}

function show(one: Arriving, withText: boolean): void {
    const from = one.direct ? one.sender.name : t("notifications.from", { name: one.sender.name, room: one.roomName });
    const title = one.priority ? t("notifications.priority", { from }) : from;
    const body = withText ? textOf(one) : t("notifications.newMessage");
    // The newest of a room takes the place of the one before; our own sound is enough.
    const options = { body, tag: one.roomId, silent: true, icon: "/icon.svg", requireInteraction: one.priority };
    try {
        const shown = new Notification(title, options);
        shown.onclick = () => (shown.close(), open(one));
    } catch {
        // Phones allow them from the service worker only, which brings the window to the front.
        void navigator.serviceWorker?.ready.then((worker) => worker.showNotification(title, { ...options, data: { roomId: one.roomId } }));
    }
}

function useBadge(): void {
    const client = useClient();
    const rooms = useStore(client.rooms);
    const count = unreadConversations(rooms);
    const urgent = rooms.some((room) => room.priority);
    useEffect(() => void badge(count, urgent), [count, urgent]);
    useEffect(() => () => void badge(0, false), []);
}
