/** Keeps a fault in one part from taking the page with it. */
import { Component, type ReactNode } from "react";
import { Failed } from "./Root.tsx";

export class Boundary extends Component<{ children: ReactNode; fallback?: ReactNode }, { failed: boolean }> {
    override state = { failed: false };

    static getDerivedStateFromError(): { failed: boolean } {
        return { failed: true };
    }

    override componentDidCatch(error: unknown): void {
        console.error("a view failed", error);
    }

    override render(): ReactNode {
        if (!this.state.failed) return this.props.children;
        return this.props.fallback ?? <Failed />;
    }
}
