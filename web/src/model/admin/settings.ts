/** Settings as a form has them, and what of it is to be changed. */

export type Registration = "closed" | "token" | "open";

export interface Kept {
    registration_mode: Registration;
    organisation_name: string | null;
    emergency_phone: string | null;
    emergency_channel: string | null;
    message_of_the_day: string | null;
    upload_bytes_max: number;
    message_lifetime_default_ms: number | null;
}

export interface Form {
    registration: Registration;
    name: string;
    phone: string;
    channel: string;
    message: string;
    uploadMb: string;
    /** Empty: for ever. */
    lifetimeDays: string;
}

export type Change = Partial<{ [Name in keyof Kept]: Kept[Name] | null }>;

const MB = 1_000_000;
const DAY_MS = 86_400_000;

export function formOf(kept: Kept): Form {
    return {
        registration: kept.registration_mode,
        name: kept.organisation_name ?? "",
        phone: kept.emergency_phone ?? "",
        channel: kept.emergency_channel ?? "",
        message: kept.message_of_the_day ?? "",
        uploadMb: String(Math.round(kept.upload_bytes_max / MB)),
        // A node that is not updated yet does not know it.
        lifetimeDays: typeof kept.message_lifetime_default_ms === "number" ? String(Math.max(1, Math.round(kept.message_lifetime_default_ms / DAY_MS))) : "",
    };
}

export type Wrong = Partial<Record<"phone" | "channel" | "uploadMb" | "lifetimeDays", true>>;

export function wrongIn(form: Form): Wrong {
    const wrong: Wrong = {};
    const phone = form.phone.trim();
    if (phone !== "" && (!/^[0-9 +\-/().*#,]{1,50}$/.test(phone) || !/\d/.test(phone))) wrong.phone = true;
    const channel = form.channel.trim();
    if (channel !== "" && !/^[#!][^\s:]+(:[^\s]+)?$/u.test(channel)) wrong.channel = true;
    const size = form.uploadMb.trim();
    if (size !== "" && (!/^\d{1,6}$/.test(size) || Number(size) < 1)) wrong.uploadMb = true;
    const days = form.lifetimeDays.trim();
    if (days !== "" && (!/^\d{1,5}$/.test(days) || Number(days) < 1)) wrong.lifetimeDays = true;
    return wrong;
}

/** Only what differs; null: as the configuration file has it. */
export function changeOf(kept: Kept, form: Form): Change {
    const before = formOf(kept);
    const change: Change = {};
    const text = (value: string): string | null => value.trim() || null;
    if (form.registration !== before.registration) change.registration_mode = form.registration;
    if (form.name.trim() !== before.name) change.organisation_name = text(form.name);
    if (form.phone.trim() !== before.phone) change.emergency_phone = text(form.phone);
    if (form.channel.trim() !== before.channel) change.emergency_channel = text(form.channel);
    if (form.message.trim() !== before.message) change.message_of_the_day = text(form.message);
    if (form.uploadMb.trim() !== before.uploadMb) change.upload_bytes_max = form.uploadMb.trim() === "" ? null : Number(form.uploadMb) * MB;
    const days = form.lifetimeDays.trim();
    if (days !== before.lifetimeDays) change.message_lifetime_default_ms = days === "" ? null : Number(days) * DAY_MS;
    return change;
}
