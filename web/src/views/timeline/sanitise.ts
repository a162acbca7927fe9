/** HTML of others, reduced to what Matrix allows and what cannot fool: no styles, no pictures, no scripts, no forms. */
import DOMPurify from "dompurify";
import { cleanName } from "../../model/names.ts";
import { linksIn } from "../../model/permalink.ts";
import { calm } from "../../model/timeline.ts";
import { anchorOf } from "./links.ts";

const TAGS = [
    "del", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "p", "a", "ul", "ol", "sup", "sub", "li", "b", "i", "u", "strong",
    "em", "s", "code", "hr", "br", "div", "table", "thead", "tbody", "tr", "th", "td", "caption", "pre", "span", "details", "summary",
];
const SCHEMES = /^(https?|mailto|tel|geo|matrix):/i;
const DEPTH_MAX = 60;
const SPOILER = "data-mx-spoiler";
/** Small pictures in a text are not fetched: their words stand for them. */
const PICTURE = /<img\b[^>]*?\salt="([^"]{1,100})"[^>]*>/gi;

const purify = DOMPurify();

type NameOf = (userId: string) => string | null;
/** Set while one text is made safe: the hook below has no other way to them. */
let nameOf: NameOf = () => null;
let hidden = "";

purify.addHook("afterSanitizeAttributes", (node) => {
    const reason = (node as Element).getAttribute?.(SPOILER);
    if (typeof reason === "string") hide(node as Element, reason);
    if (node.nodeName !== "A") return;
    const link = node as HTMLAnchorElement;
    const href = link.getAttribute("href") ?? "";
    if (!SCHEMES.test(href)) {
        link.removeAttribute("href");
        return;
    }
    mark(link, href);
});

/** Covered until it is pressed (Client-Server API, "Spoiler messages"); the cover says why. */
function hide(element: Element, reason: string): void {
    element.removeAttribute(SPOILER);
    if (element.nodeName !== "SPAN") return;
    element.className = "spoiler";
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", "0");
    element.setAttribute("aria-label", [hidden, cleanName(reason.slice(0, 100), "")].filter(Boolean).join(" · "));
}

/** Attributes and words of a link. */
function lead(link: HTMLAnchorElement, href: string): Record<string, string | undefined> {
    const attributes = anchorOf(href);
    for (const [name, value] of Object.entries(attributes)) if (value !== undefined) link.setAttribute(name, value);
    return attributes;
}

/** A person becomes a mention with the person's own name; a link whose words name another address says where it goes. */
function mark(link: HTMLAnchorElement, href: string): void {
    const { "data-person": person } = lead(link, href);
    if (person) {
        link.className = "men";
        link.textContent = `@${cleanName(nameOf(person), cleanName(person, "?").replace(/^@/, ""))}`;
        return;
    }
    const words = link.textContent ?? "";
    const named = /(?:https?:\/\/|www\.)([^\s/?#]+)/i.exec(words)?.[1]?.toLowerCase().replace(/^www\./, "");
    const real = hostOf(href);
    if (real) link.title = href.slice(0, 300);
    if (named && real && named !== real.replace(/^www\./, "")) {
        link.insertAdjacentText("beforeend", ` (${real})`);
        link.classList.add("strange");
    }
}

function hostOf(href: string): string | null {
    try {
        return new URL(href).host;
    } catch {
        return null;
    }
}

/** Safe HTML, or null where it is nested so deeply that it could only be meant to break something. */
export function sanitise(html: string, names: NameOf = () => null, hiddenWords = ""): string | null {
    nameOf = names;
    hidden = hiddenWords;
    try {
        const clean = purify.sanitize(html.replace(/<mx-reply>[\s\S]*?<\/mx-reply>/gi, "").replace(PICTURE, "$1"), {
            ALLOWED_TAGS: TAGS,
            ALLOWED_ATTR: ["href", "start", SPOILER],
            // Its value is words, not an address.
            ADD_URI_SAFE_ATTR: [SPOILER],
            ALLOW_DATA_ATTR: false,
            ALLOW_ARIA_ATTR: false,
            RETURN_DOM_FRAGMENT: true,
        });
        if (depth(clean) > DEPTH_MAX) return null;
        linkWords(clean);
        const box = document.createElement("div");
        box.append(clean);
        // Characters that turn text may have been written as entities: only now they are all to be seen.
        return calm(box.innerHTML);
    } catch {
        return null;
    }
}

/** Addresses that stand in the text as words become links, but in code and in links. */
function linkWords(root: DocumentFragment): void {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement?.closest("a, code, pre")) texts.push(walker.currentNode as Text);
    for (const text of texts) {
        const found = linksIn(text.data);
        if (found.length === 0) continue;
        const parts: (string | Node)[] = [];
        let at = 0;
        for (const one of found) {
            const link = document.createElement("a");
            link.textContent = one.text;
            lead(link, one.href);
            parts.push(text.data.slice(at, one.from), link);
            at = one.to;
        }
        text.replaceWith(...parts, text.data.slice(at));
    }
}

function depth(root: Node): number {
    let deepest = 0;
    const walk: [Node, number][] = [[root, 0]];
    for (let next = walk.pop(); next; next = walk.pop()) {
        deepest = Math.max(deepest, next[1]);
        if (deepest > DEPTH_MAX) return deepest;
        for (const child of next[0].childNodes) walk.push([child, next[1] + 1]);
    }
    return deepest;
}
