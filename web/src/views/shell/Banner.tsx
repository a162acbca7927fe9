/** The slot above everything: one line about the connection, the worst first, and nothing while all is well. */
import { Check, CloudOff, HardDrive, PlugZap, RefreshCw, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import type { Notice } from "../../continuity/notice.ts";
import { clockTime } from "../../model/time.ts";
import { Button } from "../../design/Button.tsx";
import { useStore } from "../../design/useStore.ts";
import { useClient } from "../ClientContext.ts";
import { useLanguage, useWords } from "../useWords.ts";
import { banner, type Banner } from "./bannerStore.ts";
import { connection, link, noticeOf, outboxOf } from "./linkStore.ts";
import { updateWaits } from "./updateStore.ts";

export function BannerSlot() {
    const other = useStore(banner);
    const connected = useStore(connection);
    const notice = useStore(noticeOf(connected));
    const words = useNoticeWords(notice);
    const unkept = useFull();
    const update = useUpdate();
    // Worst first; that something would be lost with this window is said in any case.
    const shown = words && unkept ? { ...words, text: said(words.text, unkept.text) } : (words ?? unkept ?? other ?? update);
    const hold = (held: boolean) => () => connected.notice?.hold(held);
    // Always there, so that what appears in it is read out.
    return (
        <div className="slot" role={shown?.loud ? "alert" : "status"} tabIndex={-1} data-region={shown ? "banner" : undefined}>
            {shown && (
                <div
                    className={`bar ${shown.look}`}
                    onMouseEnter={hold(true)}
                    onMouseLeave={hold(false)}
                    onFocus={hold(true)}
                    onBlur={hold(false)}
                >
                    {shown.icon}
                    <span className="grow">{shown.text}</span>
                    {shown.action}
                </div>
            )}
        </div>
    );
}

/** What is, since when, what it means for me, what I can do. */
function useNoticeWords(notice: Notice | null): Banner | null {
    const t = useWords();
    const language = useLanguage();
    const { continuity } = useStore(connection);
    const site = useStore(link).nodes.find((node) => node.state === "me")?.site;
    if (!notice) return null;
    const time = (at: number): string => clockTime(at, language);
    switch (notice.kind) {
        case "offline":
            return {
                look: "offline",
                loud: true,
                icon: <Unplug className="i l" aria-hidden="true" />,
                text: said(
                    t("link.offline", { time: time(notice.since) }),
                    notice.waiting > 0 ? t("link.youCanWaiting", { count: notice.waiting }) : t("link.youCan"),
                ),
                action: <Button onClick={() => continuity?.pilot.hurry()}>{t("link.tryNow")}</Button>,
            };
        case "site":
            return {
                look: "offline",
                icon: <Unplug className="i l" aria-hidden="true" />,
                text: said(
                    siteWords(notice, site, time(notice.since), t),
                    notice.waiting > 0 ? t("link.youCanWaiting", { count: notice.waiting }) : t("link.siteCan"),
                ),
            };
        case "paused":
            return { look: "soft urgent", icon: <CloudOff className="i" aria-hidden="true" />, text: t("link.paused") };
        case "changed": {
            const what = t(notice.announced ? "link.moved" : "link.failover", { from: notice.from, to: notice.to });
            const lost = notice.again > 0 ? t("link.again", { count: notice.again }) : t("link.nothingLost");
            return { look: "calm", icon: <PlugZap className="i" aria-hidden="true" />, text: said(what, lost) };
        }
        case "back": {
            const what = t(notice.after === "site" ? "link.siteBack" : "link.back");
            const sent = notice.sent > 0 ? t("link.backSent", { count: notice.sent }) : "";
            return { look: "soft ok", icon: <Check className="i" aria-hidden="true" />, text: said(what, sent) };
        }
    }
}

function siteWords({ cut }: { cut: boolean }, site: string | undefined, when: string, t: ReturnType<typeof useWords>): string {
    if (!cut) return t("link.siteFar", { time: when });
    return site ? t("link.siteNamed", { site, time: when }) : t("link.site", { time: when });
}

/** A newer version of this client is on the device. Nobody has to hurry: this one goes on. */
function useUpdate(): Banner | null {
    const t = useWords();
    if (!useStore(updateWaits)) return null;
    return {
        look: "calm",
        icon: <RefreshCw className="i" aria-hidden="true" />,
        text: said(t("link.update"), t("link.updateText")),
        action: (
            <span className="row">
                <Button onClick={() => updateWaits.set(false)}>{t("link.later")}</Button>
                <Button onClick={() => location.reload()}>{t("shell.reload")}</Button>
            </span>
        ),
    };
}

/** The device is full: what waits lives only as long as this window, and what is new may not come in. */
function useFull(): Banner | null {
    const t = useWords();
    const stuck = useStore(useClient().full);
    const { items } = useStore(outboxOf(useStore(connection)));
    const loose = items.some((item) => !item.kept && (item.state === "waiting" || item.state === "sending"));
    if (!loose && !stuck) return null;
    const text = stuck ? said(t("link.stuck"), t(loose ? "link.unkept" : "link.stuckText")) : t("link.unkept");
    return { look: "soft urgent", icon: <HardDrive className="i" aria-hidden="true" />, text };
}

function said(what: ReactNode, then: ReactNode): ReactNode {
    return (
        <>
            <b>{what}</b> {then}
        </>
    );
}
