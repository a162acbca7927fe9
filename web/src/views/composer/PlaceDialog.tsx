/** Sharing a place: where this device is, or coordinates. */
import { LocateFixed } from "lucide-react";
import { useState } from "react";
import { relationOf } from "../../model/compose.ts";
import { locationContent, placeWords, typedPlace, type Place } from "../../model/geo.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { useClient } from "../ClientContext.ts";
import { useWords } from "../useWords.ts";

const PATIENCE_MS = 20_000;

export default function PlaceDialog({ roomId, threadId, onClose }: { roomId: string; threadId: string | null; onClose: () => void }) {
    const t = useWords();
    const client = useClient();
    const [typed, setTyped] = useState("");
    const [name, setName] = useState("");
    const [found, setFound] = useState<Place | null>(null);
    const [state, setState] = useState<"idle" | "asking" | "failed">("idle");
    const place = found ?? typedPlace(typed);
    const ask = (): void => {
        setState("asking");
        navigator.geolocation.getCurrentPosition(
            ({ coords }) => {
                const here = { latitude: coords.latitude, longitude: coords.longitude, within: coords.accuracy };
                setFound(here);
                setTyped(placeWords(here));
                setState("idle");
            },
            () => setState("failed"),
            { enableHighAccuracy: true, timeout: PATIENCE_MS },
        );
    };
    const send = (): void => {
        if (!place) return;
        const content = locationContent(place, name.trim(), found !== null, Date.now());
        void client.messages.send(roomId, "m.room.message", { ...content, ...relationOf(null, client.messages.placeIn(roomId, threadId)) });
        onClose();
    };
    return (
        <Dialog
            title={t("composer.placeTitle")}
            closeLabel={t("timeline.closeThis")}
            onClose={onClose}
            footer={
                <>
                    <Button onClick={onClose}>{t("composer.cancel")}</Button>
                    <Button look="primary" disabled={!place} onClick={send}>
                        {t("composer.placeShare")}
                    </Button>
                </>
            }
        >
            <div>
                <Button busy={state === "asking"} disabled={state === "asking"} onClick={ask}>
                    <LocateFixed className="i s" aria-hidden="true" /> {t(state === "asking" ? "composer.placeAsking" : "composer.placeHere")}
                </Button>
            </div>
            <Field
                label={t("composer.placeCoordinates")}
                hint={t("composer.placeHint")}
                error={state === "failed" ? t("composer.placeFailed") : typed !== "" && !place ? t("composer.placeWrong") : null}
                value={typed}
                onChange={(event) => {
                    setTyped(event.target.value);
                    setFound(null);
                    setState("idle");
                }}
            />
            <Field label={t("composer.placeName")} value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        </Dialog>
    );
}
