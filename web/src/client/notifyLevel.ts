/** How much one hears of a room: push rules of the account, so that all devices agree. */
import { ConditionKind, PushRuleKind, type IPushRule, type MatrixClient } from "matrix-js-sdk";
import { asked } from "./asked.ts";

export type NotifyLevel = "usual" | "all" | "mentions" | "none";

const notifies = (rule: IPushRule): boolean => (rule.actions ?? []).includes("notify" as never);

function silencer(client: MatrixClient, roomId: string): IPushRule | undefined {
    return client.pushRules?.global.override?.find((rule) => rule.rule_id === roomId && rule.enabled && !notifies(rule));
}

export function notifyLevel(client: MatrixClient, roomId: string): NotifyLevel {
    if (silencer(client, roomId)) return "none";
    const rule = client.pushRules ? client.getRoomPushRule("global", roomId) : undefined;
    if (!rule?.enabled) return "usual";
    return notifies(rule) ? "all" : "mentions";
}

export async function setNotifyLevel(client: MatrixClient, roomId: string, level: NotifyLevel): Promise<void> {
    const now = notifyLevel(client, roomId);
    if (now === level) return;
    await asked(async () => {
        if (level === "none") {
            await client.addPushRule("global", PushRuleKind.Override, roomId, {
                conditions: [{ kind: ConditionKind.EventMatch, key: "room_id", pattern: roomId }],
                actions: [],
            });
        } else if (level === "usual") {
            if (client.getRoomPushRule("global", roomId)) await client.deletePushRule("global", PushRuleKind.RoomSpecific, roomId);
        } else {
            await client.addPushRule("global", PushRuleKind.RoomSpecific, roomId, { actions: (level === "all" ? ["notify", { set_tweak: "sound", value: "default" }] : []) as never });
        }
        if (now === "none") await client.deletePushRule("global", PushRuleKind.Override, roomId);
    });
}
