/** The words of what administrators did. What has none is shown by its own name. */
import type { Key } from "../../../i18n/i18n.ts";

export const AUDIT_WORDS: Record<string, Key> = {
    "people.add": "audit.peopleAdd",
    "people.invite": "audit.peopleInvite",
    "people.renew_invitation": "audit.peopleRenew",
    "people.withdraw_invitation": "audit.peopleWithdraw",
    "people.accept_invitation": "audit.peopleAccept",
    "people.password": "audit.peoplePassword",
    "people.admin": "audit.peopleRights",
    "people.admin/not": "audit.peopleNoRights",
    "people.lock": "audit.peopleLock",
    "people.lock/not": "audit.peopleUnlock",
    "people.suspend": "audit.peopleSuspend",
    "people.suspend/not": "audit.peopleUnsuspend",
    "people.log_out": "audit.peopleLogOutOne",
    "people.log_out/not": "audit.peopleLogOut",
    "people.deactivate": "audit.peopleErase",
    "people.deactivate/not": "audit.peopleClose",
    "tokens.add": "audit.tokensAdd",
    "tokens.change": "audit.tokensChange",
    "tokens.remove": "audit.tokensRemove",
    "rooms.close": "audit.roomsClose",
    "rooms.close/not": "audit.roomsCloseKeep",
    "rooms.reopen": "audit.roomsReopen",
    "rooms.administrator": "audit.roomsAdministrator",
    "rooms.purge_media": "audit.roomsPurge",
    "rooms.purge": "audit.roomsEmpty",
    "media.delete": "audit.mediaDelete",
    "media.quarantine": "audit.mediaHold",
    "media.quarantine/not": "audit.mediaFree",
    "reports.resolve": "audit.reportsResolve",
    "reports.resolve/not": "audit.reportsReopen",
    "settings.change": "audit.settingsChange",
};

/** Areas that the log is filtered by. */
export const AREAS: readonly { value: string; words: Key }[] = [
    { value: "people", words: "audit.areaPeople" },
    { value: "tokens", words: "audit.areaTokens" },
    { value: "rooms", words: "audit.areaRooms" },
    { value: "media", words: "audit.areaMedia" },
    { value: "reports", words: "audit.areaReports" },
    { value: "settings", words: "audit.areaSettings" },
];

/** Names of details. */
export const DETAIL_WORDS: Record<string, Key> = {
    administrator: "audit.detailAdministrator",
    admin: "audit.detailAdministrator",
    log_out: "audit.detailLogOut",
    device: "audit.detailDevice",
    user: "audit.detailUser",
    media: "audit.detailMedia",
    uses_allowed: "audit.detailUses",
    expires_at_ms: "audit.detailUntil",
    registration_mode: "audit.detailRegistration",
    organisation_name: "audit.detailName",
    emergency_phone: "audit.detailPhone",
    emergency_channel: "audit.detailChannel",
    message_of_the_day: "audit.detailMessage",
    upload_bytes_max: "audit.detailUpload",
    message_lifetime_default_ms: "audit.detailLifetime",
    message_lifetime_min_ms: "audit.detailLifetimeMin",
    message_lifetime_max_ms: "audit.detailLifetimeMax",
};
