/** A small layer beside a button. */
import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

export interface PopoverProps {
    trigger: ReactElement<Record<string, unknown>>;
    title: string;
    children: ReactNode;
    side?: "top" | "bottom";
}

export function Popover({ trigger, title, children, side = "bottom" }: PopoverProps) {
    return (
        <Base.Root>
            <Base.Trigger render={trigger} />
            <Base.Portal>
                <Base.Positioner sideOffset={8} side={side} align="start" className="menu-place">
                    <Base.Popup className="pop">
                        <Base.Title className="pop-title">{title}</Base.Title>
                        {children}
                    </Base.Popup>
                </Base.Positioner>
            </Base.Portal>
        </Base.Root>
    );
}
