/** Who may join what is being made. */
import { useId } from "react";
import type { WhoJoins } from "../../client/making.ts";
import { useWords } from "../useWords.ts";

export function WhoMayJoin({ value, onChange, space }: { value: WhoJoins; onChange: (value: WhoJoins) => void; space: string | null }) {
    const t = useWords();
    const id = useId();
    return (
        <div className="field">
            <label htmlFor={id}>{t("spaces.who")}</label>
            <select id={id} className="in" name="who-joins" value={value} onChange={(event) => onChange(event.target.value as WhoJoins)}>
                <option value="invited">{t("spaces.whoInvited")}</option>
                {space && <option value="space">{t("spaces.whoSpace", { name: `\u2068${space}\u2069` })}</option>}
                <option value="anybody">{t("spaces.whoAnybody")}</option>
            </select>
        </div>
    );
}
