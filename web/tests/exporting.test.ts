import { expect, test } from "vitest";
import { exportFileName, exportHtml, exportJson, type Exported } from "../src/model/exporting.ts";

const meta = { roomId: "!r:x", roomName: '<img src=x onerror="a()">', topic: "</style><script>1</script>", exportedAt: Date.UTC(2026, 10, 23), exportedBy: "@a:x", language: "en" };
const words = { exported: "Exported", deleted: "Deleted", locked: "Locked", edited: "(edited)", file: "File" };
const message: Exported = { id: '"><svg onload=a()>', at: meta.exportedAt, sender: "@b:x", senderName: "B\u202eev<b>", text: "<script>alert(1)</script>\nline", file: "a<b>.pdf", edited: true, note: null };

test("what others wrote is text in the page", () => {
    const page = exportHtml(meta, [message, { ...message, id: "2", text: "", note: "deleted" }], words).join("");
    expect(page).not.toMatch(/<script|<img|<svg|<b>|\u202e/);
    expect(page).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
    expect(page.match(/<h2>/g)).toHaveLength(1);
    expect(page).toContain("Deleted");
});

test("JSON can be read back", () => {
    const read = JSON.parse(exportJson(meta, [{ a: "</script>" }, { b: 2 }]).join("")) as { events: unknown[]; room_id: string };
    expect(read.events).toEqual([{ a: "</script>" }, { b: 2 }]);
    expect(read.room_id).toBe("!r:x");
    expect((JSON.parse(exportJson(meta, []).join("")) as { events: unknown[] }).events).toEqual([]);
});

test("names of files are harmless", () => {
    expect(exportFileName("../../etc/passwd", 0, "json")).toBe("etc-passwd-1970-01-01.json");
    expect(exportFileName("Ward 4B / Café", 0, "html")).toBe("Ward-4B-Café-1970-01-01.html");
    expect(exportFileName("\u202e\u0000", 0, "html")).toBe("room-1970-01-01.html");
});
