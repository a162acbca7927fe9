// The files of src/ with their text.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export function sources(folder = "src") {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
            const path = join(entry.parentPath ?? entry.path, entry.name);
            return { path: relative(root, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") };
        });
}
