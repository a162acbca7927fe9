/** Keeps a fault in one part from taking the page with it. */
import { Component, type ReactNode } from "react";
import { Button } from "../design/Button.tsx";
import { Empty } from "../design/Empty.tsx";
import { askAgain } from "./lazy.tsx";
import { reloadOnce } from "./reload.ts";
import { useWords } from "./useWords.ts";

interface Props {
    children: ReactNode;
    /** What it holds: the whole page, a part with its own place, something laid over the page, or one line. */
    of?: "page" | "part" | "layer" | "line";
}

export class Boundary extends Component<Props, { failed: boolean }> {
    override state = { failed: false };

    static getDerivedStateFromError(): { failed: boolean } {
        return { failed: true };
    }

    override componentDidCatch(error: unknown): void {
        console.error("a view failed", error);
        if (this.props.of === "page") void reloadOnce();
    }

    readonly #again = (): void => {
        askAgain();
        this.setState({ failed: false });
    };

    override render(): ReactNode {
        if (!this.state.failed) return this.props.children;
        switch (this.props.of) {
            case "page":
                return <Failed />;
            case "layer":
                return <LayerFailed onAgain={this.#again} />;
            case "line":
                return <LineFailed onAgain={this.#again} />;
            default:
                return <PartFailed onAgain={this.#again} />;
        }
    }
}

export function Failed({ why }: { why?: "unkept" | "full" }) {
    const t = useWords();
    return (
        <main className="whole">
            <Empty title={t("shell.failed")} action={<Button look="primary" onClick={() => location.reload()}>{t("shell.reload")}</Button>}>
                {t(why === "unkept" ? "shell.unkeptText" : why === "full" ? "shell.fullText" : "shell.failedText")}
            </Empty>
        </main>
    );
}

function LineFailed({ onAgain }: { onAgain: () => void }) {
    const t = useWords();
    return (
        <p className="line-failed" role="alert">
            {t("shell.partFailed")}
            <Button look="plain" size="small" onClick={onAgain}>
                {t("shell.tryAgain")}
            </Button>
        </p>
    );
}

function PartFailed({ onAgain }: { onAgain: () => void }) {
    const t = useWords();
    return (
        <div className="part-failed" role="alert">
            <Empty title={t("shell.partFailed")} action={<Button onClick={onAgain}>{t("shell.tryAgain")}</Button>}>
                {t("shell.partFailedText")}
            </Empty>
        </div>
    );
}

function LayerFailed({ onAgain }: { onAgain: () => void }) {
    const t = useWords();
    return (
        <div className="toasts layer-failed" role="alert">
            <div className="toast">
                <div className="grow">
                    <b>{t("shell.partFailed")}</b>
                    {t("shell.partFailedText")}
                </div>
                <Button look="plain" size="small" onClick={onAgain}>
                    {t("shell.tryAgain")}
                </Button>
            </div>
        </div>
    );
}
