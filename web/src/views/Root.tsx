/** The first choice: sign in, wait, or talk. */
import { CSPProvider } from "@base-ui/react/csp-provider";
import { Suspense } from "react";
import { Button } from "../design/Button.tsx";
import { Empty } from "../design/Empty.tsx";
import { useStore } from "../design/useStore.ts";
import { app } from "./app.ts";
import { Boundary, Failed } from "./Boundary.tsx";
import { ClientContext } from "./ClientContext.ts";
import { useWords } from "./useWords.ts";
import { lazy } from "./lazy.tsx";

const SignIn = lazy(() => import("./signin/SignIn.tsx"));
const Shell = lazy(() => import("./shell/Shell.tsx"));

export function Root() {
    // The page's policy forbids style elements: primitives must not make any.
    return (
        <CSPProvider disableStyleElements>
            <Boundary of="page">
                <Suspense fallback={<Starting />}>
                    <Chosen />
                </Suspense>
            </Boundary>
        </CSPProvider>
    );
}

function Chosen() {
    const state = useStore(app);
    const t = useWords();
    switch (state.is) {
        case "starting":
            return <Starting />;
        case "signed-out":
            return <SignIn ended={state.ended} again={state.again} />;
        case "other-tab":
            return (
                <main className="whole">
                    <Empty
                        title={t("shell.otherTab")}
                        action={<Button look="primary" onClick={() => void app.takeOver()}>{t("shell.useHere")}</Button>}
                    >
                        {t("shell.otherTabText")}
                    </Empty>
                </main>
            );
        case "failed":
            return <Failed why={state.why} />;
        case "ready":
            return (
                <ClientContext value={state.client}>
                    <Shell />
                </ClientContext>
            );
    }
}

function Starting() {
    const t = useWords();
    return (
        <main className="whole" aria-busy="true">
            <p className="late muted" role="status">
                {t("shell.starting")}
            </p>
        </main>
    );
}
