/** Commands of the jump dialog. */
import { Bell, BellOff, CircleHelp, Compass, Keyboard, Moon, PanelRight, Search, Settings, SquarePen, Sun, type LucideIcon } from "lucide-react";
import { setNotifyLevel } from "../../client/notifyLevel.ts";
import { appearance } from "../../design/appearance.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { keysOpen, newConversation } from "./jumpStore.ts";

export interface Command {
    id: string;
    label: string;
    icon: LucideIcon;
    run: () => void;
}

export function useCommands(): Command[] {
    const t = useWords();
    const client = useClient();
    const route = useStore(router);
    const rooms = useStore(client.rooms);
    useStore(appearance);
    const dark = document.documentElement.dataset.theme === "dark";
    const roomId = route.place === "chats" ? route.room : undefined;
    const room = rooms.find((one) => one.id === roomId && !one.early);
    const here: Command[] = room
        ? [
              { id: "search-room", label: t("jump.searchRoom"), icon: Search, run: () => router.go({ place: "chats", room: room.id, panel: "search" }) },
              { id: "details", label: t("jump.details"), icon: PanelRight, run: () => router.go({ place: "chats", room: room.id, panel: "details" }) },
              {
                  id: "mute",
                  label: t(room.muted ? "jump.unmute" : "jump.mute"),
                  icon: room.muted ? Bell : BellOff,
                  run: () => void setNotifyLevel(client.sdk, room.id, room.muted ? "usual" : "none").catch(() => undefined),
              },
          ]
        : [];
    return [
        ...here,
        { id: "new", label: t("jump.newConversation"), icon: SquarePen, run: () => (router.go({ place: "chats" }), newConversation.set(true)) },
        { id: "search", label: t("jump.searchAll"), icon: Search, run: () => router.go({ place: "chats", view: "search" }) },
        { id: "explore", label: t("jump.explore"), icon: Compass, run: () => router.go({ place: "chats", view: "explore" }) },
        { id: "theme", label: t(dark ? "jump.light" : "jump.dark"), icon: dark ? Sun : Moon, run: () => appearance.change({ theme: dark ? "light" : "dark" }) },
        { id: "settings", label: t("jump.settings"), icon: Settings, run: () => router.go({ place: "settings" }) },
        { id: "help", label: t("jump.help"), icon: CircleHelp, run: () => router.go({ place: "help" }) },
        { id: "keys", label: t("jump.keys"), icon: Keyboard, run: () => keysOpen.set(true) },
    ];
}
