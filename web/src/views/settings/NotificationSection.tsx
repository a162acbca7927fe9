/** What is told, how loud, and when not. */
export function NotificationSection() {
    return null;
}
