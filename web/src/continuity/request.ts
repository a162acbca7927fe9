/**
 * Which requests may be sent twice.
 *
 * A request whose answer did not come may have been done. GET, HEAD and DELETE are harmless to repeat; PUT carries
 * its transaction id or sets a value, and the server answers the second one as the first. POST is the question: those
 * below only ask, or set something to a value, or leave at worst something behind that nobody sees (an upload without
 * a message, a key that was claimed and not used). All other POSTs (createRoom, login, register, upgrade, report,
 * password, logout, ...) are sent once: a second room or a second device is worse than asking the user again. They
 * are only sent to a node that has answered within the last second, so that the doubt is rare.
 */

const REPEATABLE_POSTS: readonly RegExp[] = [
    /\/user\/[^/]+\/filter$/,
    /\/keys\/(query|upload|claim|signatures\/upload|device_signing\/upload)$/,
    /\/rooms\/[^/]+\/(receipt\/.+|read_markers|join|leave|forget|invite|kick|ban|unban|summary)$/,
    /\/join\/[^/]+$/,
    /\/(search|publicRooms|user_directory\/search)$/,
    /\/pushers\/set$/,
    /\/refresh$/,
    /\/delete_devices$/,
    /\/media\/v3\/(upload|create)$/,
    /\/org\.matrix\.(msc3575|simplified_msc3575)\/sync$/,
    /\/room_keys\/version$/,
];

export interface Kind {
    /** It may be sent again when no answer came. */
    repeatable: boolean;
    /** It waits at the server by itself, and is moved as soon as the node is left. */
    longPoll: boolean;
    /** While there is no node it waits until there is one; others give up after a moment. */
    patient: boolean;
    /** Its answer is large and handed on while it comes. */
    streamed: boolean;
    /** It changes something: that it worked shows that the server can write. */
    writes: boolean;
}

export function kindOf(method: string, path: string, body?: unknown): Kind {
    const verb = method.toUpperCase();
    const plain = path.split("?")[0] ?? path;
    const reads = verb === "GET" || verb === "HEAD";
    const stream = typeof ReadableStream !== "undefined" && body instanceof ReadableStream;
    const repeatable = !stream && (verb !== "POST" || REPEATABLE_POSTS.some((one) => one.test(plain)));
    const longPoll = /\/sync$/.test(plain) && /^\/_matrix\/client\//.test(plain);
    return {
        repeatable,
        longPoll,
        patient: longPoll || /\/_matrix\/client\/versions$/.test(plain),
        streamed: reads && /\/media\/.*(download|thumbnail)\//.test(plain),
        writes: verb === "PUT" && /\/(send|state|redact|sendToDevice)\//.test(plain),
    };
}
