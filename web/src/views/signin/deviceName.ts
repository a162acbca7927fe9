/** How this device is called in the list of devices. */
export function deviceName(): string {
    const agent = navigator.userAgent;
    const browser = ["Edg", "Firefox", "Chrome", "Safari"].find((name) => agent.includes(name)) ?? "";
    const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) => agent.includes(name)) ?? "";
    return ["Alphorn", [browser === "Edg" ? "Edge" : browser, system].filter(Boolean).join(", ")].filter(Boolean).join(" · ");
}
