/** Links in messages: what they lead to inside this client is opened inside. */
import type { MouseEvent, SyntheticEvent } from "react";
import { insideOf, pathInside, type Inside } from "../../model/permalink.ts";
import type { RoomList } from "../../client/roomList.ts";
import { showPerson } from "../people/card.ts";
import { router } from "../router.ts";
import { connection } from "../shell/linkStore.ts";

/** The origins under which this client is reached: all nodes serve it. */
function origins(): string[] {
    const nodes = connection.getSnapshot().continuity?.addresses.getSnapshot() ?? [];
    return [location.origin, ...nodes.flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).origin] : []))];
}

export function leadsInside(href: string): Inside | null {
    return insideOf(href, origins());
}

/** What an anchor carries: a way inside is an address of this client, so that another tab opens it as well. */
export function anchorOf(href: string): Record<string, string | undefined> {
    const inside = leadsInside(href);
    if (!inside) return { href, target: "_blank", rel: "noreferrer noopener nofollow" };
    return { href: pathInside(inside), "data-person": inside.person, "data-room": inside.room, "data-event": inside.event };
}

/** Shows what is covered in a text; true where something was. */
export function uncover(event: SyntheticEvent<HTMLElement>): boolean {
    const cover = (event.target as HTMLElement).closest(".spoiler[role]");
    if (!cover) return false;
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
    event.preventDefault();
    return true;
}

export function followLink(event: MouseEvent<HTMLElement>, roomId: string, rooms: RoomList): void {
    const anchor = (event.target as HTMLElement).closest("a");
    const { person, room, event: message } = anchor?.dataset ?? {};
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (person) showPerson(person, roomId);
    else if (room) router.go({ place: "chats", room: rooms.byAddress(room)?.id ?? room, event: message });
    else return;
    event.preventDefault();
}
