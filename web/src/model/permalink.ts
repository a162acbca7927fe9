/**
 * Addresses of people, rooms and messages, as they stand in text: `matrix.to` links, `matrix:` links (Client-Server API
 * and Appendices, "Matrix URI scheme"), addresses of this client, and bare `#room:server` and `@person:server`. They are
 * opened inside, nobody is asked outside. Pure.
 */
import { formatRoute, parseRoute, type Route } from "./route.ts";

export interface Inside {
    person?: string;
    room?: string;
    event?: string;
}

const LENGTH_MAX = 2000;
const PERSON = /^@[^\s:]+:\S+$/;
// Newer rooms have ids without a server's name.
const ROOM = /^(![^\s]+|#[^\s:]+:\S+)$/;

function decoded(text: string | undefined): string {
    try {
        return decodeURIComponent(text ?? "");
    } catch {
        return "";
    }
}

function inside(id: string, event: string): Inside | null {
    if (PERSON.test(id)) return { person: id };
    if (ROOM.test(id)) return event.startsWith("$") ? { room: id, event } : { room: id };
    return null;
}

const SIGIL: Record<string, string> = { u: "@", user: "@", r: "#", room: "#", roomid: "!" };

/** `matrix:r/ward:example.org`, `matrix:u/anna:example.org`, `matrix:roomid/abc/e/xyz`. */
function ofUri(href: string): Inside | null {
    const [kind = "", id, e, event] = href.slice("matrix:".length).split(/[?#]/, 1)[0]!.split("/");
    const sigil = SIGIL[kind.toLowerCase()];
    const of = decoded(id);
    if (!sigil || of === "") return null;
    return inside(sigil + of, (e === "e" || e === "event") && event ? `$${decoded(event)}` : "");
}

/** An address of this client, at any of its nodes. */
function ofOwn(href: string, own: readonly string[]): Inside | null {
    let url: URL;
    try {
        url = new URL(href);
    } catch {
        return null;
    }
    if (!own.includes(url.origin)) return null;
    const route = parseRoute(url.pathname);
    if (route.place === "people" && route.user) return inside(route.user, "");
    return route.place === "chats" && route.room ? inside(route.room, route.event ?? "") : null;
}

/** What a link leads to inside this client; `own` are the origins under which it is reached. */
export function insideOf(href: string, own: readonly string[] = []): Inside | null {
    if (href.length > LENGTH_MAX) return null;
    if (/^matrix:/i.test(href)) return ofUri(href);
    const found = /^https:\/\/matrix\.to\/#\/([^?/]+)(?:\/([^?/]+))?(?:\?.*)?$/i.exec(href);
    return found ? inside(decoded(found[1]), decoded(found[2])) : ofOwn(href, own);
}

export function routeInside({ person, room, event }: Inside): Route {
    return person ? { place: "people", user: person } : { place: "chats", room, event };
}

/** The address of this client that leads there: what the browser opens in another tab. */
export function pathInside(to: Inside): string {
    return formatRoute(routeInside(to));
}

export interface FoundLink {
    from: number;
    to: number;
    /** As it stands in the text. */
    text: string;
    href: string;
}

const LINKS_MAX = 200;
// A server has a point in its name, or is this machine: "#3:ok" and "@12:30" are none.
const LINK = /(^|[\s("'\u00ab\u201c>])((?:https?:\/\/|matrix:(?:u|r|roomid)\/)[^\s<>"'`\u00bb\u201d]+|[#@][^\s:#@<>"'()]{1,200}:(?:localhost|(?:[a-z0-9-]{1,63}\.){1,10}[a-z0-9-]{1,63})(?::\d{1,5})?)/giu;

/** Everything in a plain text that leads somewhere, in order. */
export function linksIn(text: string): FoundLink[] {
    const found: FoundLink[] = [];
    for (const one of text.matchAll(LINK)) {
        const [, before = "", all = ""] = one;
        // A full stop or bracket at the end belongs to the sentence.
        const link = all.replace(/[.,;:!?)\]}]+$/, "");
        const from = one.index + before.length;
        const address = /^[#@]/.test(link);
        if (address && !(PERSON.test(link) || ROOM.test(link))) continue;
        found.push({ from, to: from + link.length, text: link, href: address ? `https://matrix.to/#/${encodeURIComponent(link)}` : link });
        if (found.length >= LINKS_MAX) break;
    }
    return found;
}
