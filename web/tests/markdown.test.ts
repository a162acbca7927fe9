/** What is typed, as content for others. */
import { expect, test } from "vitest";
import { write } from "../src/model/markdown.ts";

test("plain text stays plain", () => {
    for (const text of ["Good morning", "1 < 2 & 3 > 2", "It's \"fine\"", "one\ntwo", "one\n\ntwo"]) expect(write(text)).toEqual({ body: text, html: null });
});

test("Markdown is understood", () => {
    expect(write("**bold** and `code`").html).toBe("<strong>bold</strong> and <code>code</code>");
    expect(write("- a\n- b").html).toContain("<li>a</li>");
});

test("typed HTML is text, and pictures are not fetched", () => {
    expect(write("**a** <script>alert(1)</script>").html).not.toContain("<script");
    expect(write("**a** <img src=x onerror=alert(1)>").html).not.toContain("<img");
    expect(write("**a** ![x](https://elsewhere/x.png)").html).not.toContain("<img");
});
