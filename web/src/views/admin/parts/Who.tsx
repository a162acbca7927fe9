/** A person in a table: picture, name, user name. */
import { knownName } from "../../../client/admin/names.ts";
import { localpart } from "../../../model/names.ts";
import { Name } from "../../../design/Name.tsx";
import { useClient } from "../../ClientContext.ts";
import { Picture } from "../../Picture.tsx";

export function Who({ id, name, mxc = null }: { id: string; name?: string | null; mxc?: string | null }) {
    const client = useClient();
    const shown = name?.trim() ? name : knownName(client, id);
    return (
        <span className="row who">
            <Picture id={id} name={shown} mxc={mxc} size="s" />
            <span className="grow">
                <Name of={shown} className="b" />
                {shown !== localpart(id) && <bdi className="dim sub">{localpart(id)}</bdi>}
            </span>
        </span>
    );
}
