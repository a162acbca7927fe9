/** Name, topic, picture. */
import { useId, useRef, useState } from "react";
import { Button } from "../../design/Button.tsx";
import { Picture } from "../Picture.tsx";
import { useWords } from "../useWords.ts";
import type { PageProps } from "./RoomSettings.tsx";
import { Why } from "./Why.tsx";

const PICTURES = "image/png,image/jpeg,image/gif,image/webp,image/avif";

export function GeneralPage({ room, governance, acting, why }: PageProps) {
    const t = useWords();
    const id = useId();
    const [name, setName] = useState(room.ownName);
    const [topic, setTopic] = useState(room.topic);
    const file = useRef<HTMLInputElement>(null);
    const whyName = why("name");
    const whyTopic = why("topic");
    const whyPicture = why("avatar");
    const changed = name.trim() !== room.ownName || topic.trim() !== room.topic;
    const save = async (): Promise<void> => {
        await acting.run(async () => {
            if (name.trim() !== room.ownName) await governance.setName(name.trim());
            if (topic.trim() !== room.topic) await governance.setTopic(topic.trim());
        }, t("governance.saved"));
    };
    return (
        <div className="gov-page">
            <div className="gov-picture">
                <Picture id={room.id} name={room.name} mxc={room.avatar} kind="room" size="xl" />
                <div className="stack">
                    <span className="b sm">{t("governance.picture")}</span>
                    <span className="row wrap">
                        <input
                            ref={file}
                            type="file"
                            accept={PICTURES}
                            hidden
                            onChange={(event) => {
                                const chosen = event.target.files?.[0];
                                if (chosen) void acting.run(() => governance.setPicture(chosen), t("governance.saved"));
                                event.target.value = "";
                            }}
                        />
                        <Button disabled={acting.busy || !!whyPicture} aria-describedby={whyPicture ? `${id}-picture` : undefined} onClick={() => file.current?.click()}>
                            {t("governance.choosePicture")}
                        </Button>
                        {room.avatar && (
                            <Button look="plain" disabled={acting.busy || !!whyPicture} onClick={() => void acting.run(() => governance.removePicture(), t("governance.saved"))}>
                                {t("governance.removePicture")}
                            </Button>
                        )}
                    </span>
                    <Why id={`${id}-picture`} text={whyPicture} />
                </div>
            </div>
            <div className="field">
                <label htmlFor={`${id}-name`}>{t("governance.name")}</label>
                <input id={`${id}-name`} name="settings-name" className="in" value={name} maxLength={120} disabled={!!whyName} onChange={(event) => setName(event.target.value)} />
                <Why text={whyName} />
            </div>
            <div className="field">
                <label htmlFor={`${id}-topic`}>{t("governance.topic")}</label>
                <textarea id={`${id}-topic`} name="settings-topic" className="in" rows={3} value={topic} maxLength={2000} disabled={!!whyTopic} onChange={(event) => setTopic(event.target.value)} />
                <Why text={whyTopic} />
            </div>
            {!(whyName && whyTopic) && (
                <div className="row">
                    <Button className="end" look="primary" disabled={acting.busy || !changed} onClick={() => void save()}>
                        {t("governance.save")}
                    </Button>
                </div>
            )}
        </div>
    );
}
