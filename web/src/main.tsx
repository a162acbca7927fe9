/** Begins: words first, then the page. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./design/index.css";
import "./design/appearance.ts";
import { language, preferredLanguage } from "./i18n/i18n.ts";
import { app } from "./views/app.ts";
import { Root } from "./views/Root.tsx";

const place = document.getElementById("root");
if (!place) throw new Error("the page has no root");

language.subscribe(() => (document.documentElement.lang = language.getSnapshot()));
await language.use(preferredLanguage());
document.documentElement.lang = language.getSnapshot();
createRoot(place).render(
    <StrictMode>
        <Root />
    </StrictMode>,
);
void app.start();
