/** The 64 pictures that are compared in a verification, in the order of the specification ("SAS method: emoji"). */

export const SAS_PICTURES: readonly string[] = [
    "🐶", "🐱", "🦁", "🐎", "🦄", "🐷", "🐘", "🐰",
    "🐼", "🐓", "🐧", "🐢", "🐟", "🐙", "🦋", "🌷",
    "🌳", "🌵", "🍄", "🌏", "🌙", "☁️", "🔥", "🍌",
    "🍎", "🍓", "🌽", "🍕", "🎂", "❤️", "😀", "🤖",
    "🎩", "👓", "🔧", "🎅", "👍", "☂️", "⌛", "⏰",
    "🎁", "💡", "📕", "✏️", "📎", "✂️", "🔒", "🔑",
    "🔨", "☎️", "🏁", "🚂", "🚲", "✈️", "🚀", "🏆",
    "⚽", "🎸", "🎺", "🔔", "⚓", "🎧", "📁", "📌",
];

/** The number of a picture; -1 for what is none of them. */
export function sasNumber(symbol: string): number {
    const bare = symbol.replace(/\ufe0f/g, "");
    return SAS_PICTURES.findIndex((one) => one.replace(/\ufe0f/g, "") === bare);
}
