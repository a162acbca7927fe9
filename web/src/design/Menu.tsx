/** A menu behind a button. */
import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

export interface MenuItem {
    label: string;
    icon?: ReactNode;
    danger?: boolean;
    disabled?: boolean;
    /** A switch that is on or off. */
    on?: boolean;
    onSelect: () => void;
}

interface MenuProps {
    trigger: ReactElement<Record<string, unknown>>;
    items: (MenuItem | "line")[];
    align?: "start" | "end";
}

export function Menu({ trigger, items, align = "end" }: MenuProps) {
    return (
        <Base.Root>
            <Base.Trigger render={trigger} />
            <Base.Portal>
                <Base.Positioner sideOffset={6} align={align} className="menu-place">
                    <Base.Popup className="menu">
                        {items.map((item, index) =>
                            item === "line" ? (
                                <Base.Separator key={index} className="menu-line" />
                            ) : item.on !== undefined ? (
                                <Base.CheckboxItem key={index} className="menu-item" checked={item.on} disabled={item.disabled} closeOnClick onCheckedChange={item.onSelect}>
                                    {item.icon}
                                    <span className="grow">{item.label}</span>
                                    {item.on && <Check className="i s" aria-hidden="true" />}
                                </Base.CheckboxItem>
                            ) : (
                                <Base.Item
                                    key={index}
                                    className={item.danger ? "menu-item critical ct" : "menu-item"}
                                    disabled={item.disabled}
                                    onClick={item.onSelect}
                                >
                                    {item.icon}
                                    {item.label}
                                </Base.Item>
                            ),
                        )}
                    </Base.Popup>
                </Base.Positioner>
            </Base.Portal>
        </Base.Root>
    );
}
