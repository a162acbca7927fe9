/** Tells the others that one writes, at most every ten seconds, and when one stopped. */
import { useEffect, useRef } from "react";
import { useClient } from "../ClientContext.ts";

const TYPING_EVERY_MS = 10_000;

export function useTyping(roomId: string): (text: string) => void {
    const client = useClient();
    const told = useRef(0);
    useEffect(
        () => () => {
            if (told.current > 0) client.actions.typing(roomId, false);
        },
        [client, roomId],
    );
    return (text) => {
        const now = Date.now();
        if (text === "") {
            if (told.current > 0) client.actions.typing(roomId, false);
            told.current = 0;
        } else if (now - told.current > TYPING_EVERY_MS) {
            told.current = now;
            client.actions.typing(roomId, true);
        }
    };
}
