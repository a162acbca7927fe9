/** On or off, at once. Label beside it, what it means below. */
import { useId, type ReactNode } from "react";

export interface SwitchProps {
    label: string;
    hint?: ReactNode;
    on: boolean;
    disabled?: boolean;
    onChange: (on: boolean) => void;
}

export function Switch({ label, hint, on, disabled, onChange }: SwitchProps) {
    const id = useId();
    return (
        <div className="switch-row">
            <input
                type="checkbox"
                role="switch"
                className="switch"
                id={id}
                checked={on}
                disabled={disabled}
                aria-describedby={hint ? `${id}-hint` : undefined}
                onChange={(event) => onChange(event.target.checked)}
            />
            <div>
                <label htmlFor={id}>{label}</label>
                {hint && (
                    <p className="hint" id={`${id}-hint`}>
                        {hint}
                    </p>
                )}
            </div>
        </div>
    );
}
