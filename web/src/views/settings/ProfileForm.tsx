/** Name and picture, as others see them. */
import { Camera } from "lucide-react";
import { useId, useRef, useState, type ChangeEvent, type FormEvent } from "react";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { Picture } from "../Picture.tsx";
import { useAct } from "../useAct.ts";
import { useWords } from "../useWords.ts";
import "./settings.css";
import { smallPicture } from "./smallPicture.ts";

export interface ProfileFormProps {
    /** For a button outside the form. */
    form?: string;
    onSaved: () => void;
    withButton?: boolean;
}

export function ProfileForm({ form, onSaved, withButton }: ProfileFormProps) {
    const t = useWords();
    const { account, me } = useClient();
    const mine = useStore(me);
    // Until something is typed it is the name that is known, which may come later than the form.
    const [typed, setTyped] = useState<string | null>(null);
    const name = typed ?? mine.name;
    const act = useAct();
    const file = useRef<HTMLInputElement>(null);
    const own = useId();
    const choose = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
        const [chosen] = event.target.files ?? [];
        event.target.value = "";
        if (!chosen) return;
        const picture = await smallPicture(chosen);
        if (!picture) return act.fail("settings.notPicture");
        await act.run(() => account.setPicture(picture));
    };
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        const wanted = name.trim();
        if (wanted === "") return act.fail("settings.nameEmpty");
        if (wanted === mine.name || (await act.run(() => account.setName(wanted)))) onSaved();
    };
    return (
        <form id={form ?? own} className="form" onSubmit={(event) => void submit(event)}>
            <div className="row picture-row">
                <Picture id={mine.id} name={mine.name} mxc={mine.avatar} size="xl" />
                <div className="stack">
                    <input ref={file} type="file" accept="image/png,image/jpeg,image/webp,image/gif" hidden onChange={(event) => void choose(event)} />
                    <Button onClick={() => file.current?.click()} disabled={act.busy}>
                        <Camera className="i" aria-hidden="true" />
                        {t("settings.choosePicture")}
                    </Button>
                    {mine.avatar && (
                        <Button look="plain" size="small" className="flush" onClick={() => void act.run(() => account.setPicture(null))}>
                            {t("settings.removePicture")}
                        </Button>
                    )}
                </div>
            </div>
            <Field
                label={t("settings.name")}
                name="displayname"
                hint={t("settings.nameHint", { address: mine.id })}
                value={name}
                maxLength={80}
                autoComplete="name"
                onChange={(event) => setTyped(event.target.value)}
                error={act.error ? t(act.error) : null}
            />
            {withButton && (
                <div>
                    <Button look="primary" type="submit" disabled={act.busy || name.trim() === mine.name} busy={act.busy}>
                        {t("settings.save")}
                    </Button>
                </div>
            )}
        </form>
    );
}
