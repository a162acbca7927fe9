/** Keys that work everywhere: design.md section 11. */
import { useEffect } from "react";
import { isUnread } from "../../model/room.ts";
import type { Place, Route } from "../../model/route.ts";
import { useClient } from "../ClientContext.ts";
import { jumpOpen, keysOpen } from "../jump/jumpStore.ts";
import { router } from "../router.ts";
import type { AlphornClient } from "../../client/client.ts";

const PLACES: readonly Place[] = ["chats", "alerts", "approvals", "calls", "people", "admin"];

export function isTextField(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function nextRoom(client: AlphornClient, route: Route, step: 1 | -1, unreadOnly: boolean): void {
    const rooms = client.rooms.getSnapshot().filter((room) => !room.isSpace);
    const at = rooms.findIndex((room) => route.place === "chats" && room.id === route.room);
    for (let index = at + step; index >= 0 && index < rooms.length; index += step) {
        const room = rooms[index]!;
        if (!unreadOnly || isUnread(room)) return router.go({ place: "chats", room: room.id });
    }
}

/** F6: banner, rail, list, room, composer, panel. */
function nextRegion(back: boolean): void {
    const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter((one) => one.offsetParent !== null || one.getClientRects().length > 0);
    // The field to write in lies within the room: the innermost counts.
    const at = regions.findLastIndex((one) => one.contains(document.activeElement));
    const next = regions[(at + (back ? -1 : 1) + regions.length) % regions.length];
    const target = next?.querySelector<HTMLElement>('[data-first], [aria-current="page"], a, button, textarea, input');
    (target ?? next)?.focus();
}

export function useKeys(route: Route): void {
    const client = useClient();
    useEffect(() => {
        const press = (event: KeyboardEvent): void => {
            const ctrl = event.ctrlKey || event.metaKey;
            const handled = (): void => event.preventDefault();
            if (event.key === "F6") {
                handled();
                nextRegion(event.shiftKey);
            } else if (event.altKey && !ctrl && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
                handled();
                nextRoom(client, route, event.key === "ArrowDown" ? 1 : -1, event.shiftKey);
            } else if (event.altKey && !ctrl && /^[1-6]$/.test(event.key)) {
                handled();
                const place = PLACES[Number(event.key) - 1];
                if (place === "chats" || place === "people" || place === "admin") router.go({ place });
            } else if (ctrl && event.key.toLowerCase() === "k") {
                handled();
                jumpOpen.set(true);
            } else if (ctrl && event.key.toLowerCase() === "f" && (event.shiftKey || (route.place === "chats" && route.room))) {
                handled();
                if (event.shiftKey || route.place !== "chats") router.go({ place: "chats", view: "search" });
                else router.go({ place: "chats", room: route.room, panel: "search" });
            } else if (ctrl && event.key === "." && route.place === "chats" && route.room) {
                handled();
                router.go({ place: "chats", room: route.room, panel: route.panel ? undefined : "details" });
            } else if ((ctrl && event.key === "/") || (event.key === "?" && !isTextField(event.target))) {
                handled();
                keysOpen.set(true);
            } else if (event.key === "Escape" && route.place === "chats" && route.panel && !event.defaultPrevented) {
                router.go({ place: "chats", room: route.room });
            }
        };
        addEventListener("keydown", press);
        return () => removeEventListener("keydown", press);
    }, [client, route]);
}
