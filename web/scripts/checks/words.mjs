// Every string in four languages, with the same gaps; none missing, none unused.
import { sources } from "./sources.mjs";

const LANGUAGES = ["en", "fr", "de", "it"];

function gaps(text) {
    const all = typeof text === "string" ? text : Object.values(text).join(" ");
    return [...new Set([...all.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort().join(",");
}

export function checkWords() {
    const found = [];
    const all = sources();
    const places = new Map();
    for (const { path, text } of all) {
        const match = /^src\/i18n\/([^/]+)\.(\w\w)\.json$/.exec(path);
        if (!match) continue;
        const [, place, language] = match;
        if (!LANGUAGES.includes(language)) found.push(`${path}: no such language`);
        try {
            const words = JSON.parse(text);
            const count = (text.match(/^\s{4}"[^"]+"\s*:/gm) ?? []).length;
            if (count > Object.keys(words).length) found.push(`${path}: a name stands there twice`);
            places.set(place, { ...places.get(place), [language]: words });
        } catch (error) {
            found.push(`${path}: ${error.message}`);
        }
    }
    const code = all.filter(({ path }) => /\.tsx?$/.test(path)).map(({ text }) => text).join("\n");
    for (const [place, languages] of places) {
        const names = new Set(Object.values(languages).flatMap((words) => Object.keys(words)));
        for (const name of names) {
            const key = `${place}.${name}`;
            for (const language of LANGUAGES) {
                const text = languages[language]?.[name];
                if (text === undefined || text === "") found.push(`i18n: ${key} is missing in ${language}`);
                else if (gaps(text) !== gaps(languages.en?.[name] ?? text)) {
                    found.push(`i18n: ${key} has other gaps in ${language} than in en`);
                } else if (/ß/.test(JSON.stringify(text))) found.push(`i18n: ${key} in ${language}: ss, not ß`);
                else if (/!/.test(JSON.stringify(text))) found.push(`i18n: ${key} in ${language}: no exclamation mark`);
            }
            if (!code.includes(`"${key}"`)) found.push(`i18n: ${key} is not used anywhere`);
        }
    }
    return found;
}
