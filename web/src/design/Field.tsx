/** A labelled field: label above, hint below, error below with how to mend it. */
import { CircleAlert } from "lucide-react";
import { useId, type InputHTMLAttributes, type ReactNode } from "react";

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "style"> {
    label: string;
    hint?: ReactNode;
    error?: string | null;
    aside?: ReactNode;
}

export function Field({ label, hint, error, aside, ...input }: FieldProps) {
    const id = useId();
    const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
    return (
        <div className="field">
            <div className="row">
                <label className="lab" htmlFor={id}>
                    {label}
                </label>
                {aside && <span className="end sm">{aside}</span>}
            </div>
            <input className="in" id={id} aria-invalid={error ? true : undefined} aria-describedby={described || undefined} {...input} />
            {hint && (
                <p className="hint" id={`${id}-hint`}>
                    {hint}
                </p>
            )}
            {error && (
                <p className="field-error critical ct" id={`${id}-error`} role="alert">
                    <CircleAlert className="i s" aria-hidden="true" /> {error}
                </p>
            )}
        </div>
    );
}
