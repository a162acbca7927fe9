/** The picture of a person or room, fetched from the server when there is one. */
import { Avatar, type AvatarProps } from "../design/Avatar.tsx";
import { useStore } from "../design/useStore.ts";
import { Cell } from "../model/store.ts";
import { useClient } from "./ClientContext.ts";

const NONE = new Cell<string | null>(null);

export function Picture({ mxc, ...rest }: Omit<AvatarProps, "src"> & { mxc: string | null }) {
    const client = useClient();
    const src = useStore(mxc ? client.media.thumbnail(mxc, rest.size === "xl" ? 144 : 88) : NONE);
    return <Avatar {...rest} src={src} />;
}
