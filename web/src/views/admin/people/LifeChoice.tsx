/** For how long an invitation is good. */
import { Segmented } from "../../../design/Segmented.tsx";
import { useWords } from "../../useWords.ts";

export type Life = "day" | "week" | "month";

const DAY_MS = 24 * 3600 * 1000;
export const LIFE_MS: Record<Life, number> = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };

export function LifeChoice({ value, onChange }: { value: Life; onChange: (life: Life) => void }) {
    const t = useWords();
    return (
        <div className="field">
            <span className="lab">{t("adminPeople.life")}</span>
            <Segmented
                label={t("adminPeople.life")}
                value={value}
                onChange={onChange}
                options={[
                    { value: "day", label: t("admin.days", { count: 1 }) },
                    { value: "week", label: t("admin.days", { count: 7 }) },
                    { value: "month", label: t("admin.days", { count: 30 }) },
                ]}
            />
        </div>
    );
}
