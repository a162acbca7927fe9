// Pictures of what a test sees, to be looked at: with E2E_LOOK=FOLDER; else nothing happens.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.E2E_LOOK;

export async function look(page, name, { full = false } = {}) {
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: full });
}
