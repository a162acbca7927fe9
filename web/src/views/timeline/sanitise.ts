/** HTML of others, reduced to what Matrix allows and what cannot fool: no styles, no pictures, no scripts, no forms. */
import DOMPurify from "dompurify";
import { cleanName } from "../../model/names.ts";
import { insideOf } from "../../model/permalink.ts";
import { calm } from "../../model/timeline.ts";

const TAGS = [
    "del", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "p", "a", "ul", "ol", "sup", "sub", "li", "b", "i", "u", "strong",
    "em", "s", "code", "hr", "br", "div", "table", "thead", "tbody", "tr", "th", "td", "caption", "pre", "span", "details", "summary",
];
const SCHEMES = /^(https?|mailto|tel|geo):/i;
const DEPTH_MAX = 60;

const purify = DOMPurify();

type NameOf = (userId: string) => string | null;
/** Set while one text is made safe: the hook below has no other way to it. */
let nameOf: NameOf = () => null;

purify.addHook("afterSanitizeAttributes", (node) => {
    if (node.nodeName !== "A") return;
    const link = node as HTMLAnchorElement;
    const href = link.getAttribute("href") ?? "";
    if (!SCHEMES.test(href)) {
        link.removeAttribute("href");
        return;
    }
    link.setAttribute("rel", "noreferrer noopener nofollow");
    link.setAttribute("target", "_blank");
    mark(link, href);
});

/** A person becomes a mention with the person's own name; a link whose words name another address says where it goes. */
function mark(link: HTMLAnchorElement, href: string): void {
    const inside = insideOf(href);
    if (inside?.person) {
        link.className = "men";
        link.setAttribute("data-person", inside.person);
        link.textContent = `@${cleanName(nameOf(inside.person), cleanName(inside.person, "?").replace(/^@/, ""))}`;
        return;
    }
    if (inside?.room) link.setAttribute("data-room", inside.room);
    if (inside?.event) link.setAttribute("data-event", inside.event);
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
export function sanitise(html: string, names: NameOf = () => null): string | null {
    nameOf = names;
    try {
        const clean = purify.sanitize(html.replace(/<mx-reply>[\s\S]*?<\/mx-reply>/gi, ""), {
            ALLOWED_TAGS: TAGS,
            ALLOWED_ATTR: ["href", "start"],
            ALLOW_DATA_ATTR: false,
            ALLOW_ARIA_ATTR: false,
            RETURN_DOM_FRAGMENT: true,
        });
        if (depth(clean) > DEPTH_MAX) return null;
        const box = document.createElement("div");
        box.append(clean);
        // Characters that turn text may have been written as entities: only now they are all to be seen.
        return calm(box.innerHTML);
    } catch {
        return null;
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
