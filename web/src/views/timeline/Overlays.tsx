/** Menus, sheets and dialogs over a timeline; loaded with the first one. */
import { Menu } from "@base-ui/react/menu";
import { Popover } from "@base-ui/react/popover";
import { Dialog as Base } from "@base-ui/react/dialog";
import { Suspense, type ReactNode } from "react";
import { useStore } from "../../design/useStore.ts";
import { useWords } from "../useWords.ts";
import { recentEmoji, usedEmoji } from "../emoji/emoji.ts";
import type { Action } from "./actions.tsx";
import { overlay, placeOf, type Anchor, type Overlay } from "./overlays.ts";
import { lazy } from "../lazy.tsx";
import "./overlays.css";

const EmojiPicker = lazy(() => import("../emoji/EmojiPicker.tsx"));
const ReadBy = lazy(() => import("./ReadBy.tsx"));
const Viewer = lazy(() => import("./Viewer.tsx"));
const PollDialog = lazy(() => import("../composer/PollDialog.tsx"));
const PlaceDialog = lazy(() => import("../composer/PlaceDialog.tsx"));
const ForwardDialog = lazy(() => import("./ForwardDialog.tsx"));

const close = (): void => overlay.set(null);

export default function Overlays() {
    const now = useStore(overlay);
    return <Suspense fallback={null}>{now && shownFor(now)}</Suspense>;
}

function shownFor(now: Overlay): ReactNode {
    switch (now.kind) {
        case "menu":
            return <ActionMenu anchor={now.anchor} align={now.align ?? "end"} actions={now.actions} />;
        case "sheet":
            return <Sheet actions={now.actions} react={now.react} />;
        case "emoji":
            return (
                <Popover.Root open onOpenChange={(open) => !open && close()}>
                    <Popover.Portal>
                        <Popover.Positioner anchor={now.anchor} sideOffset={6} align={now.align ?? "end"} className="menu-place">
                            <Popover.Popup className="pop" initialFocus={false}>
                                <EmojiPicker onPick={(emoji) => (close(), now.pick(emoji))} />
                            </Popover.Popup>
                        </Popover.Positioner>
                    </Popover.Portal>
                </Popover.Root>
            );
        case "read":
            return <ReadBy roomId={now.roomId} eventId={now.eventId} onClose={close} />;
        case "forward":
            return <ForwardDialog roomId={now.roomId} item={now.item} onClose={close} />;
        case "viewer":
            return <Viewer roomId={now.roomId} threadId={now.threadId} eventId={now.eventId} file={now.file} onClose={close} />;
        case "poll":
            return <PollDialog roomId={now.roomId} threadId={now.threadId} onClose={close} />;
        case "location":
            return <PlaceDialog roomId={now.roomId} threadId={now.threadId} onClose={close} />;
    }
}

/** Runs after the menu is gone, so that what opens next keeps the focus. */
function later(work: () => void): void {
    close();
    setTimeout(work, 0);
}

function ActionMenu({ anchor, align, actions }: { anchor: Anchor; align: "start" | "end"; actions: readonly Action[] }) {
    const t = useWords();
    return (
        <Menu.Root open onOpenChange={(open) => !open && close()}>
            <Menu.Portal>
                <Menu.Positioner anchor={anchor} sideOffset={6} align={align} className="menu-place">
                    <Menu.Popup className="menu">
                        {actions.map((one) => (
                            <Menu.Item key={one.id} className={one.danger ? "menu-item critical ct" : "menu-item"} onClick={() => later(() => one.run(anchor))}>
                                {one.icon}
                                {t(one.label)}
                            </Menu.Item>
                        ))}
                    </Menu.Popup>
                </Menu.Positioner>
            </Menu.Portal>
        </Menu.Root>
    );
}

/** The same by long press: from below, with big targets. */
function Sheet({ actions, react }: { actions: readonly Action[]; react: ((key: string) => void) | null }) {
    const t = useWords();
    const quick = recentEmoji().slice(0, 6);
    return (
        <Base.Root open onOpenChange={(open) => !open && close()}>
            <Base.Portal>
                <Base.Backdrop className="dlg-back" />
                <Base.Popup className="sheet" aria-label={t("timeline.actions")}>
                    {react && (
                        <div className="quick">
                            {quick.map((emoji) => (
                                <button key={emoji} type="button" onClick={() => later(() => (usedEmoji(emoji), react(emoji)))}>
                                    {emoji}
                                </button>
                            ))}
                        </div>
                    )}
                    {actions.map((one) => (
                        <button key={one.id} type="button" className={one.danger ? "menu-item critical ct" : "menu-item"} onClick={() => later(() => one.run(placeOf(document.querySelector(".cmp") ?? document.body)))}>
                            {one.icon}
                            {t(one.label)}
                        </button>
                    ))}
                </Base.Popup>
            </Base.Portal>
        </Base.Root>
    );
}
