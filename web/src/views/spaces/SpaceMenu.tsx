/** The head of the list: which conversations it shows, and the ways to more of them. */
import { ChevronDown, Compass, Plus } from "lucide-react";
import { Suspense, useState } from "react";
import { Menu, type MenuItem } from "../../design/Menu.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import { Picture } from "../Picture.tsx";
import { router } from "../router.ts";
import { useWords } from "../useWords.ts";
import { spaceFilter } from "./spaceFilter.ts";
import { useSpaces } from "./useSpaces.ts";
import { lazy } from "../lazy.tsx";
import "./spaces.css";

const NewSpace = lazy(() => import("./NewSpace.tsx").then((file) => ({ default: file.NewSpace })));

const SHOWN_MAX = 30;

export function SpaceMenu() {
    const t = useWords();
    const spaces = useSpaces();
    const chosen = useStore(spaceFilter);
    const [making, setMaking] = useState(false);
    const current = spaces.find((one) => one.id === chosen);
    const items: (MenuItem | "line")[] = [];
    if (spaces.length > 0) {
        items.push({ label: t("spaces.all"), on: !current, onSelect: () => spaceFilter.choose(null) });
        for (const space of spaces.slice(0, SHOWN_MAX)) {
            items.push({
                label: space.name,
                on: space.id === current?.id,
                icon: <Picture id={space.id} name={space.name} mxc={space.avatar} kind="room" size="x" />,
                onSelect: () => spaceFilter.choose(space.id),
            });
        }
        items.push("line");
    }
    items.push(
        { label: t("spaces.explore"), icon: <Compass className="i" aria-hidden="true" />, onSelect: () => router.go({ place: "chats", view: "explore" }) },
        { label: t("spaces.newSpace"), icon: <Plus className="i" aria-hidden="true" />, onSelect: () => setMaking(true) },
    );
    return (
        <h1 className="space-head">
            <Menu
                trigger={
                    <button type="button" className="space-button" title={t("spaces.choose")}>
                        <span className="ell">{current ? <Name of={current.name} /> : t("shell.chats")}</span>
                        <ChevronDown className="i s dim" aria-hidden="true" />
                    </button>
                }
                align="start"
                items={items}
            />
            {making && (
                <Suspense fallback={null}>
                    <NewSpace onClose={() => setMaking(false)} />
                </Suspense>
            )}
        </h1>
    );
}
