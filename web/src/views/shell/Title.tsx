/** The tab's title: how many conversations wait, and where one is. */
import { useEffect } from "react";
import { unreadConversations } from "../../model/room.ts";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { router } from "../router.ts";

/** Draws nothing: what is around it need not be drawn anew with each message. */
export function Title() {
    const client = useClient();
    const rooms = useStore(client.rooms);
    const route = useStore(router);
    const room = route.place === "chats" && route.room ? client.rooms.find(route.room)?.name : undefined;
    const unread = unreadConversations(rooms);
    useEffect(() => {
        document.title = [unread > 0 ? `(${unread})` : "", room ?? "", room ? "·" : "", "Alphorn"].filter(Boolean).join(" ");
    }, [unread, room]);
    return null;
}
