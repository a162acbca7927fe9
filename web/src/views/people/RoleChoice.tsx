/** A choice of role: the usual three, and a level of its own where the room has one. */
import { useId } from "react";
import type { RoomDetails } from "../../model/details.ts";
import { ADMINISTRATOR, MODERATOR, roleAt } from "../../model/powers.ts";
import { useWords } from "../useWords.ts";
import { roleWords } from "./roles.ts";

interface Props {
    label: string;
    room: RoomDetails;
    value: number;
    disabled: boolean;
    /** Why nothing can be chosen. */
    why: string | null;
    allowed: (level: number) => boolean;
    onChange: (level: number) => void;
}

export function RoleChoice({ label, room, value, disabled, why, allowed, onChange }: Props) {
    const t = useWords();
    const id = useId();
    const usual = [ADMINISTRATOR, MODERATOR, room.powers.usersDefault];
    const levels = [...new Set([...usual, value])].sort((a, b) => b - a);
    return (
        <div className="field">
            <label htmlFor={id}>{label}</label>
            <select id={id} className="in" value={value} disabled={disabled} aria-describedby={why ? `${id}-why` : undefined} onChange={(event) => onChange(Number(event.target.value))}>
                {levels.map((level) => (
                    <option key={level} value={level} disabled={!allowed(level)}>
                        {roleWords(t, room.powers, roleAt(room.powers, level), level)}
                    </option>
                ))}
            </select>
            {why && (
                <p className="hint" id={`${id}-why`}>
                    {why}
                </p>
            )}
        </div>
    );
}
