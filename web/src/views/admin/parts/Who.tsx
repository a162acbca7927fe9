/** A person in a table: picture, name, user name. */
import { localpart } from "../../../model/names.ts";
import { Name } from "../../../design/Name.tsx";
import { Picture } from "../../Picture.tsx";

export function Who({ id, name, mxc = null }: { id: string; name?: string | null; mxc?: string | null }) {
    const shown = name?.trim() ? name : localpart(id);
    return (
        <span className="row who">
            <Picture id={id} name={shown} mxc={mxc} size="s" />
            <span className="grow">
                <Name of={shown} className="b" />
                <bdi className="dim sub">{localpart(id)}</bdi>
            </span>
        </span>
    );
}
