/** What is written, as Matrix content: plain body, and HTML only where Markdown says more than the text. */
import { Marked, type Tokens } from "marked";

const BODY_LENGTH_MAX = 40_000;

function escape(text: string): string {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

const marked = new Marked({
    gfm: true,
    breaks: true,
    async: false,
    renderer: {
        // HTML that somebody types is text: nobody is surprised by what a bracket does.
        html: ({ text }: Tokens.HTML | Tokens.Tag) => escape(text),
        // Pictures from addresses would be fetched from outside.
        image: ({ raw }: Tokens.Image) => escape(raw),
    },
});

export interface Written {
    body: string;
    html: string | null;
}

export function write(text: string): Written {
    const body = text.slice(0, BODY_LENGTH_MAX);
    const html = (marked.parse(body) as string).trim();
    const plain = `<p>${escape(body).replace(/'/g, "&#39;").replace(/\n/g, "<br>")}</p>`;
    return { body, html: html === plain || plainOnly(html) ? null : onlyParagraph(html) };
}

/** Paragraphs and line breaks alone say nothing that the plain text does not. */
function plainOnly(html: string): boolean {
    return !/<(?!\/?p>|br\s*\/?>)/.test(html);
}

/** A single paragraph needs no paragraph around it. */
function onlyParagraph(html: string): string {
    const found = /^<p>((?:(?!<p>)[\s\S])*)<\/p>$/.exec(html);
    return found?.[1] ?? html;
}
