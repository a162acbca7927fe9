/** A name of a person or room: cut off from the text around it, so that it cannot turn or join it. */
import { cleanName } from "../model/names.ts";

export function Name({ of, className }: { of: string; className?: string }) {
    return <bdi className={className}>{cleanName(of, "—")}</bdi>;
}
