/** `https://matrix.to` links: what they lead to. They are opened inside, nobody is asked outside. Pure. */

export interface Inside {
    person?: string;
    room?: string;
    event?: string;
}

function decoded(text: string | undefined): string {
    try {
        return decodeURIComponent(text ?? "");
    } catch {
        return "";
    }
}

export function insideOf(href: string): Inside | null {
    const found = /^https:\/\/matrix\.to\/#\/([^?/]+)(?:\/([^?/]+))?(?:\?.*)?$/i.exec(href.slice(0, 2000));
    const id = decoded(found?.[1]);
    const event = decoded(found?.[2]);
    if (/^@[^\s:]+:\S+$/.test(id)) return { person: id };
    // Newer rooms have ids without a server's name.
    if (/^![^\s]+$/.test(id) || /^#[^\s:]+:\S+$/.test(id)) return event.startsWith("$") ? { room: id, event } : { room: id };
    return null;
}
