// `npm run check`, after the type checker: what no compiler knows. Each check returns what it found.
import { checkFiles } from "./checks/files.mjs";
import { checkLayers } from "./checks/layers.mjs";
import { checkWords } from "./checks/words.mjs";

const found = [...checkLayers(), ...checkWords(), ...checkFiles()];
for (const finding of found) console.error(finding);
if (found.length > 0) {
    console.error(`check: ${found.length} findings`);
    process.exit(1);
}
console.log("check: nothing found");
