/** The person's card and the report, over whatever place is open. */
import { Suspense } from "react";
import { useStore } from "../../design/useStore.ts";
import { openCard, reported } from "./card.ts";
import { lazy } from "../lazy.tsx";

const PersonCard = lazy(() => import("./PersonCard.tsx"));
const Report = lazy(() => import("./Report.tsx"));

export function PeopleDialogs() {
    const card = useStore(openCard);
    const report = useStore(reported);
    return (
        <Suspense fallback={null}>
            {card && <PersonCard key={card.userId} {...card} onClose={() => openCard.set(null)} />}
            {report && <Report about={report} onClose={() => reported.set(null)} />}
        </Suspense>
    );
}
