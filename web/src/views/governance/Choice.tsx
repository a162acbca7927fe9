/** One of several, each with a line of words; or a switch. What may not be changed says why. */
import { useId } from "react";
import { Why } from "./Why.tsx";

interface Props<T extends string> {
    label: string;
    value: T;
    options: { value: T; label: string; disabled?: boolean }[];
    why: string | null;
    hint?: string | null;
    busy: boolean;
    onChange: (value: T) => void;
}

export function Choice<T extends string>({ label, value, options, why, hint, busy, onChange }: Props<T>) {
    const id = useId();
    return (
        <fieldset className="gov-choice" aria-describedby={why ? `${id}-why` : undefined}>
            <legend>{label}</legend>
            {options.map((option) => (
                <label key={option.value} className="gov-option">
                    <input type="radio" name={id} checked={option.value === value} disabled={busy || !!why || option.disabled} onChange={() => onChange(option.value)} />
                    <span>{option.label}</span>
                </label>
            ))}
            {hint && <p className="hint">{hint}</p>}
            <Why id={`${id}-why`} text={why} />
        </fieldset>
    );
}

export function Switch({ label, on, why, hint, busy, onChange }: { label: string; on: boolean; why: string | null; hint?: string; busy: boolean; onChange: (on: boolean) => void }) {
    const id = useId();
    return (
        <div className="gov-choice">
            <label className="gov-option">
                <input type="checkbox" role="switch" checked={on} disabled={busy || !!why} aria-describedby={why ? `${id}-why` : undefined} onChange={(event) => onChange(event.target.checked)} />
                <span className="b">{label}</span>
            </label>
            {hint && <p className="hint">{hint}</p>}
            <Why id={`${id}-why`} text={why} />
        </div>
    );
}
