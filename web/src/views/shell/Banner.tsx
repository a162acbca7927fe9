/**
 * The slot above everything for one line about the connection. `src/views/shell/linkBanner.ts` is where what
 * continuity knows becomes words; until it says something the slot is empty.
 */
import { useStore } from "../../design/useStore.ts";
import { banner } from "./bannerStore.ts";

export function BannerSlot() {
    const shown = useStore(banner);
    // Always there, so that what appears in it is read out.
    return (
        <div className="slot" role={shown?.loud ? "alert" : "status"}>
            {shown && (
                <div className={`bar ${shown.look}`}>
                    {shown.icon}
                    <span className="grow">{shown.text}</span>
                    {shown.action}
                </div>
            )}
        </div>
    );
}
