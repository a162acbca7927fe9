/** Where in the client one is, and its address. The server answers these paths with the page: keep both in step. */

export type SettingsSection = "profile" | "appearance" | "notifications" | "devices" | "security" | "about" | string;

export type Route =
    | { place: "chats"; room?: string; panel?: "details" | "thread" | "search" | "pinned"; thread?: string; event?: string; view?: "explore" | "search" | "space"; space?: string }
    | { place: "alerts" }
    | { place: "approvals" }
    | { place: "calls" }
    | { place: "people"; user?: string }
    | { place: "settings"; section?: SettingsSection }
    | { place: "admin"; section?: string; item?: string }
    | { place: "help"; topic?: string }
    | { place: "invite"; token: string }
    | { place: "unknown" };

export type Place = Route["place"];

/** First path segments that belong to the client; `crates/alphorn-web` answers exactly these. */
export const CLIENT_PATHS = ["chats", "alerts", "approvals", "calls", "people", "settings", "admin", "help", "invite"];

/** Places that are kept in the layout and stay hidden until they work. */
export const HIDDEN_PLACES: readonly Place[] = ["alerts", "approvals", "calls"];

function decode(segment: string | undefined): string | undefined {
    if (!segment) return undefined;
    try {
        return decodeURIComponent(segment);
    } catch {
        return undefined;
    }
}

export function parseRoute(pathname: string): Route {
    const [place, first, second, third] = pathname.split("/").filter(Boolean);
    const one = decode(first);
    switch (place) {
        case undefined:
            return { place: "chats" };
        case "chats":
            return chatRoute(one, second, decode(third));
        case "alerts":
        case "approvals":
        case "calls":
            return { place };
        case "people":
            return one ? { place, user: one } : { place };
        case "settings":
            return one ? { place, section: one } : { place };
        case "admin":
            return { place, section: one, item: decode(second) };
        case "help":
            return one ? { place, topic: one } : { place };
        case "invite":
            return one ? { place, token: one } : { place: "unknown" };
        default:
            return { place: "unknown" };
    }
}

function chatRoute(room: string | undefined, what: string | undefined, which: string | undefined): Route {
    if (!room) return { place: "chats" };
    // Names of rooms begin with another sign.
    if (room === "explore" || room === "search") return { place: "chats", view: room };
    const space = room === "space" ? decode(what) : undefined;
    if (room === "space") return space ? { place: "chats", view: "space", space } : { place: "chats" };
    if (what === "search" && which) return { place: "chats", room, panel: "search", event: which };
    if (what === "details" || what === "search" || what === "pinned") return { place: "chats", room, panel: what };
    if (what === "thread" && which) return { place: "chats", room, panel: "thread", thread: which };
    if (what === "event" && which) return { place: "chats", room, event: which };
    return { place: "chats", room };
}

export function formatRoute(route: Route): string {
    const path = (...segments: (string | undefined)[]): string =>
        `/${segments.filter((segment) => segment !== undefined && segment !== "").map((s) => encodeURIComponent(s!)).join("/")}`;
    switch (route.place) {
        case "chats":
            if (route.view === "space") return path("chats", "space", route.space);
            if (route.view) return path("chats", route.view);
            if (!route.room) return "/";
            if (route.panel === "thread") return path("chats", route.room, "thread", route.thread);
            if (route.panel === "search") return path("chats", route.room, "search", route.event);
            if (route.panel) return path("chats", route.room, route.panel);
            if (route.event) return path("chats", route.room, "event", route.event);
            return path("chats", route.room);
        case "people":
            return path("people", route.user);
        case "settings":
            return path("settings", route.section);
        case "admin":
            return path("admin", route.section, route.item);
        case "help":
            return path("help", route.topic);
        case "invite":
            return path("invite", route.token);
        case "unknown":
            return "/";
        default:
            return path(route.place);
    }
}
