/** A label beside a choice. */
import type { ReactNode } from "react";

export function Choice({ label, children }: { label: string; children: ReactNode }) {
    return (
        <div className="choice">
            <span className="b">{label}</span>
            {children}
        </div>
    );
}
