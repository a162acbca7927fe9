/** What will appear here and how; or what happened, what is safe, and one act. */
import type { ReactNode } from "react";

export function Empty({ icon, title, children, action }: { icon?: ReactNode; title: ReactNode; children?: ReactNode; action?: ReactNode }) {
    return (
        <div className="empty">
            {icon}
            <h3>{title}</h3>
            {children && <p>{children}</p>}
            {action}
        </div>
    );
}
