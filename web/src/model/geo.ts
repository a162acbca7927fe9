/** Places as `geo:` addresses (RFC 5870). Pure. */

export interface Place {
    latitude: number;
    longitude: number;
    /** How far off it may be, in metres. */
    within: number | null;
}

export function placeOf(uri: string): Place | null {
    const found = /^geo:(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)(?:,-?\d+(?:\.\d+)?)?((?:;[\w-]+(?:=[^;]*)?)*)$/i.exec(uri.slice(0, 300));
    if (!found) return null;
    const [latitude, longitude] = [Number(found[1]), Number(found[2])];
    if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
    const u = /;u=(\d+(?:\.\d+)?)/i.exec(found[3] ?? "")?.[1];
    return { latitude, longitude, within: u === undefined ? null : Number(u) };
}

export function geoUri({ latitude, longitude, within }: Place): string {
    const place = `geo:${latitude.toFixed(6)},${longitude.toFixed(6)}`;
    return within === null ? place : `${place};u=${Math.round(within)}`;
}

/** 46.94810° N, 7.44740° E */
export function placeWords({ latitude, longitude }: Place): string {
    const part = (value: number, positive: string, negative: string): string => `${Math.abs(value).toFixed(5)}° ${value < 0 ? negative : positive}`;
    return `${part(latitude, "N", "S")}, ${part(longitude, "E", "W")}`;
}

/** Typed by hand: "46.9481, 7.4474", also with letters for the directions. */
export function typedPlace(text: string): Place | null {
    const found = /^\s*(-?\d{1,3}(?:[.,]\d+)?)\s*°?\s*([NS])?\s*[,; ]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*°?\s*([EWO])?\s*$/i.exec(text);
    if (!found) return placeOf(text.trim());
    const number = (words: string | undefined): number => Number((words ?? "").replace(",", "."));
    const latitude = number(found[1]) * (found[2]?.toUpperCase() === "S" ? -1 : 1);
    const longitude = number(found[3]) * (found[4]?.toUpperCase() === "W" ? -1 : 1);
    return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude, within: null } : null;
}

export function locationContent(place: Place, name: string, self: boolean, now: number): Record<string, unknown> {
    const uri = geoUri(place);
    const body = name === "" ? placeWords(place) : `${name} (${placeWords(place)})`;
    return {
        msgtype: "m.location",
        body,
        geo_uri: uri,
        "org.matrix.msc1767.text": body,
        "org.matrix.msc3488.location": { uri, ...(name === "" ? {} : { description: name }) },
        "org.matrix.msc3488.asset": { type: self ? "m.self" : "m.pin" },
        "org.matrix.msc3488.ts": now,
        "m.mentions": {},
    };
}
