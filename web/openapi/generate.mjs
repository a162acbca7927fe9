// `npm run admin-types`: the types of the administrator's API, made from its document. They are not kept in the
// repository: the document is, and only checking types needs them. `npm run check` makes them each time.
import { writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";

const from = new URL("../../docs/admin-api.openapi.json", import.meta.url);
const to = new URL("../src/client/admin/api.gen.ts", import.meta.url);

const head = "/** Made by `npm run admin-types` from docs/admin-api.openapi.json: do not edit. */\n";
writeFileSync(to, head + astToString(await openapi(from, { defaultNonNullable: false })));
