/** A modal dialog: title is a question or an act, the primary button stands at the right. */
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./Button.tsx";

export interface DialogProps {
    title: string;
    /** The label of the closing cross. */
    closeLabel: string;
    onClose: () => void;
    children: ReactNode;
    footer?: ReactNode;
    wide?: boolean;
    /** Beside the title: which step of how many. */
    aside?: ReactNode;
}

export function Dialog({ title, closeLabel, onClose, children, footer, wide, aside }: DialogProps) {
    return (
        <Base.Root open onOpenChange={(open) => !open && onClose()}>
            <Base.Portal>
                <Base.Backdrop className="dlg-back" />
                <Base.Popup className={wide ? "dlg dlg-pop wide-dlg" : "dlg dlg-pop"}>
                    <header>
                        <Base.Title className="grow">{title}</Base.Title>
                        {aside && <span className="sm muted nowrap">{aside}</span>}
                        <Base.Close render={<IconButton label={closeLabel}><X className="i" aria-hidden="true" /></IconButton>} />
                    </header>
                    <div className="body">{children}</div>
                    {footer && <footer>{footer}</footer>}
                </Base.Popup>
            </Base.Portal>
        </Base.Root>
    );
}
