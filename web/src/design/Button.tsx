/** Buttons. An icon alone always has a label, which is its tooltip too. */
import type { ButtonHTMLAttributes, ReactNode } from "react";

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "style">;

export interface ButtonProps extends Native {
    look?: "plain" | "primary" | "critical" | "outline-critical" | "default";
    size?: "small" | "normal" | "big";
    wide?: boolean;
    busy?: boolean;
}

const LOOKS = { plain: "plain", primary: "pri", critical: "crit", "outline-critical": "critline", default: "" };
const SIZES = { small: "sml", normal: "", big: "big" };

export function Button({ look = "default", size = "normal", wide, busy, className, type, ...rest }: ButtonProps) {
    const classes = ["btn", LOOKS[look], SIZES[size], wide ? "wide" : "", className].filter(Boolean).join(" ");
    return <button type={type ?? "button"} className={classes} aria-busy={busy || undefined} {...rest} />;
}

export interface IconButtonProps extends Native {
    label: string;
    on?: boolean;
    children: ReactNode;
}

export function IconButton({ label, on, className, type, ...rest }: IconButtonProps) {
    const classes = ["ib", on ? "on" : "", className].filter(Boolean).join(" ");
    return <button type={type ?? "button"} className={classes} aria-label={label} title={label} {...rest} />;
}
