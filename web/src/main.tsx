/** Begins: words first, then the page. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./design/index.css";
import "./design/appearance.ts";
import { connect } from "./connect.ts";
import { language, preferredLanguage } from "./i18n/i18n.ts";
import { app } from "./views/app.ts";
import { updateWaits } from "./views/shell/updateStore.ts";
import { registerWorker } from "./worker/register.ts";
import { Root } from "./views/Root.tsx";

const place = document.getElementById("root");
if (!place) throw new Error("the page has no root");

language.subscribe(() => (document.documentElement.lang = language.getSnapshot()));
const connected = connect();
// Without words there is no page; `boot.js` says so in all languages.
const worded = await language.use(preferredLanguage()).then(
    () => true,
    () => !dispatchEvent(new CustomEvent("alphorn-unloaded")),
);
document.documentElement.lang = language.getSnapshot();
if (worded) {
    createRoot(place).render(
        <StrictMode>
            <Root />
        </StrictMode>,
    );
}
// What is known of the nodes is on this device; nobody has to answer before the first page is there.
void connected.then(() => app.start());
if (import.meta.env.PROD) void registerWorker(() => updateWaits.set(true));
