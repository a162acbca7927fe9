/** What is meant by a few letters: rooms, people and commands, the likeliest first. */
import { fold, type RoomSummary } from "./room.ts";

/** How well a name fits: 0 not at all; more where words begin with what was typed. */
export function fit(name: string, typed: string): number {
    const wanted = fold(typed).split(/\s+/).filter(Boolean);
    if (wanted.length === 0) return 1;
    const text = fold(name);
    const words = text.split(/[\s\-_.,:/()]+/).filter(Boolean);
    let score = text.startsWith(wanted[0]!) ? 4 : 0;
    if (text === wanted.join(" ")) score += 8;
    for (const word of wanted) {
        if (words.some((one) => one.startsWith(word))) score += 3;
        else if (text.includes(word)) score += 1;
        else if (!initialsFit(words, word)) return 0;
        else score += 2;
    }
    return score;
}

/** "bc" means "Bed coordination". */
function initialsFit(words: readonly string[], typed: string): boolean {
    return typed.length > 1 && typed.length <= words.length && [...typed].every((letter, index) => words[index]?.startsWith(letter));
}

export function rankRooms(rooms: readonly RoomSummary[], typed: string, most: number): RoomSummary[] {
    return rooms
        .filter((room) => !room.isSpace && room.membership === "join")
        .map((room) => ({ room, score: fit(room.name, typed) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score || b.room.lastAt - a.room.lastAt)
        .slice(0, most)
        .map(({ room }) => room);
}
