/**
 * What a link brought along. The part behind `#` is not sent to servers, so that codes stand in nobody's records:
 * `/#/invitation/CODE` opens an account that is there, `/#/join/TOKEN` makes one with a registration token.
 */

export type Arrival = { is: "invitation"; code: string } | { is: "join"; token: string };

const SHAPE = /^[A-Za-z0-9._~-]{1,256}$/;

export function arrivalOf(hash: string): Arrival | null {
    const [, what, which] = /^#\/?(invitation|join)\/([^/?#]+)\/?$/.exec(hash) ?? /^#(token)=([^&]+)$/.exec(hash) ?? [];
    if (!what || !which) return null;
    let code;
    try {
        code = decodeURIComponent(which);
    } catch {
        return null;
    }
    if (!SHAPE.test(code)) return null;
    return what === "invitation" ? { is: "invitation", code } : { is: "join", token: code };
}

/** A code as people paste it: the whole link, or the code alone (then it is a token). */
export function pastedArrival(text: string): Arrival | null {
    const trimmed = text.trim();
    const hash = trimmed.indexOf("#");
    if (hash !== -1) return arrivalOf(trimmed.slice(hash));
    return SHAPE.test(trimmed) ? { is: "join", token: trimmed } : null;
}

/** The part of an address that people choose; null where it has letters that are not allowed. */
export function accountName(text: string): string | null {
    const name = text.trim().toLowerCase();
    return /^[a-z0-9._=/+-]{1,200}$/.test(name) ? name : null;
}
