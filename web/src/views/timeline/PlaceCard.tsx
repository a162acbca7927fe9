/** A place: its coordinates, to copy or to open in a map of one's own. No map is fetched from elsewhere. */
import { Copy, MapPin } from "lucide-react";
import { geoUri, placeOf, placeWords } from "../../model/geo.ts";
import { IconButton } from "../../design/Button.tsx";
import { useWords } from "../useWords.ts";
import { copy } from "./actions.tsx";
import "./poll.css";

export default function PlaceCard({ uri, body }: { uri: string; body: string }) {
    const t = useWords();
    const place = placeOf(uri);
    if (!place) return <p className="plain" dir="auto">{body || t("timeline.unknown")}</p>;
    const words = placeWords(place);
    const name = body.replace(words, "").replace(/[()\s]+$/g, "").trim();
    return (
        <div className="place">
            <span className="ic">
                <MapPin className="i l" aria-hidden="true" />
            </span>
            <span className="grow">
                <b>
                    <bdi>{name || t("rooms.location")}</bdi>
                </b>
                <a href={geoUri(place)} className="sm">
                    {words}
                </a>{" "}
                {place.within !== null && <span className="sm dim nowrap">{t("timeline.within", { metres: Math.round(place.within) })}</span>}
            </span>
            <IconButton label={t("timeline.copyPlace")} onClick={() => void copy(`${place.latitude}, ${place.longitude}`)}>
                <Copy className="i" aria-hidden="true" />
            </IconButton>
        </div>
    );
}
