// `npm run admin-types`: the types of the administrator's API, made from its document. With --check: they are in step.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";

const from = new URL("../../docs/admin-api.openapi.json", import.meta.url);
const to = new URL("../src/client/admin/api.gen.ts", import.meta.url);

// Built apart from the repository there is no document: what is there is used.
if (process.argv.includes("--check") && !existsSync(from)) process.exit(0);
const head = "/** Made by `npm run admin-types` from docs/admin-api.openapi.json: do not edit. */\n";
const made = head + astToString(await openapi(from, { defaultNonNullable: false }));
if (!process.argv.includes("--check")) writeFileSync(to, made);
else if (!existsSync(to) || readFileSync(to, "utf8") !== made) {
    console.error("src/client/admin/api.gen.ts is not what docs/admin-api.openapi.json says: npm run admin-types");
    process.exit(1);
}
