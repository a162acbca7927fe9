/** What everybody may know of the organisation: read from the server, kept for when none answers. */

export interface Organisation {
    name: string | null;
    emergencyPhone: string | null;
    /** An alias or a room id. */
    emergencyChannel: string | null;
    message: string | null;
}

export const NO_ORGANISATION: Organisation = { name: null, emergencyPhone: null, emergencyChannel: null, message: null };

const text = (value: unknown, max: number): string | null => (typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, max) : null);

/** Checked field by field: it comes from outside, or from what this device kept. */
export function organisationOf(body: unknown): Organisation {
    const one = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
    const phone = text(one.emergency_phone, 50);
    const channel = text(one.emergency_channel, 255);
    return {
        name: text(one.name, 200),
        emergencyPhone: phone !== null && /^[0-9 +\-/().*#,]+$/.test(phone) ? phone : null,
        emergencyChannel: channel !== null && /^[#!]\S+$/u.test(channel) ? channel : null,
        message: text(one.message_of_the_day, 2000),
    };
}

/** The number for a link that a telephone dials. */
export function dialled(phone: string): string {
    return `tel:${phone.replace(/[^0-9+*#,]/g, "")}`;
}
