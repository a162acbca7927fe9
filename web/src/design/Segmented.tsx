/** One of up to five choices, side by side. One tab stop; arrows choose. */
import type { KeyboardEvent } from "react";

export interface SegmentedProps<T extends string> {
    label: string;
    value: T;
    options: { value: T; label: string }[];
    onChange: (value: T) => void;
}

const STEPS: Record<string, 1 | -1> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
    const at = options.findIndex((option) => option.value === value);
    const press = (event: KeyboardEvent<HTMLElement>): void => {
        const step = STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        const next = (at + step + options.length) % options.length;
        onChange(options[next]!.value);
        (event.currentTarget.children[next] as HTMLElement | undefined)?.focus();
    };
    return (
        <div className="segm" role="radiogroup" aria-label={label} onKeyDown={press}>
            {options.map((option, index) => (
                <button
                    key={option.value}
                    type="button"
                    role="radio"
                    aria-checked={option.value === value}
                    tabIndex={index === Math.max(0, at) ? 0 : -1}
                    className={option.value === value ? "on" : ""}
                    onClick={() => onChange(option.value)}
                >
                    {option.label}
                </button>
            ))}
        </div>
    );
}
