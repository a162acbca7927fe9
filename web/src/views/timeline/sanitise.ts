/** HTML of others, reduced to what Matrix allows and what cannot fool: no styles, no pictures, no scripts, no forms. */
import DOMPurify from "dompurify";

const TAGS = [
    "del", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "p", "a", "ul", "ol", "sup", "sub", "li", "b", "i", "u", "strong",
    "em", "s", "code", "hr", "br", "div", "table", "thead", "tbody", "tr", "th", "td", "caption", "pre", "span", "details", "summary",
];
const SCHEMES = /^(https?|mailto|tel|geo):/i;
const DEPTH_MAX = 60;

const purify = DOMPurify();

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

/** A person or room becomes a mention; a link whose words name another address says where it goes. */
function mark(link: HTMLAnchorElement, href: string): void {
    const person = /^https:\/\/matrix\.to\/#\/(@|%40)/i.test(href);
    if (person) {
        link.className = "men";
        link.setAttribute("data-person", decodeSafely(href.slice(href.indexOf("#/") + 2).split("?")[0] ?? ""));
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

function decodeSafely(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** Safe HTML, or null where it is nested so deeply that it could only be meant to break something. */
export function sanitise(html: string): string | null {
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
    return box.innerHTML;
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
