/** Whether the browser lets us show notifications. */
import { Cell } from "../../model/store.ts";

export type Permission = NotificationPermission | "none";

const now = (): Permission => ("Notification" in window ? Notification.permission : "none");

export const permission = new Cell<Permission>(now());

export async function askPermission(): Promise<void> {
    if (!("Notification" in window)) return;
    await Notification.requestPermission().catch(() => undefined);
    permission.set(now());
}
