/** The room that a part of a timeline belongs to. */
import { createContext, use } from "react";

export const RoomIdContext = createContext<string>("");

export function useRoomId(): string {
    return use(RoomIdContext);
}
