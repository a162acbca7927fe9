/** How others see me. */
import { toasts } from "../../design/Toasts.tsx";
import { useWords } from "../useWords.ts";
import { ProfileForm } from "./ProfileForm.tsx";

export function ProfileSection() {
    const t = useWords();
    return (
        <section>
            <ProfileForm withButton onSaved={() => toasts.show({ title: t("settings.saved") })} />
        </section>
    );
}
