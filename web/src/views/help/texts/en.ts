import type { Topic } from "../topics.ts";

export const topics: readonly Topic[] = [
    {
        id: "start",
        title: "Getting in",
        intro: "One address, your name and your password. There is nothing to install.",
        sections: [
            { heading: "Sign in", lines: ["Open the address of your organisation and enter user name and password.", "With an invitation link or code from your administrator you choose both yourself."] },
            { heading: "On a shared workstation", lines: ["Choose “shared workstation” when you sign in, and sign out when you leave. Messages and keys are then removed from the device."] },
            { heading: "As an app", lines: ["The browser’s menu has “Install”. The app then has its own window and opens without any connection."] },
        ],
    },
    {
        id: "talking",
        title: "Talking",
        intro: "Conversations stand at the left, the newest on top.",
        sections: [
            { heading: "Write", lines: ["The pen above the list begins a conversation with a person or a new room.", "Enter sends, Shift Enter makes a new line. Stars make text *slanted* or **bold**."], picture: { name: "room", shows: "A room with messages and the field to write in" } },
            { heading: "What the marks mean", lines: ["One check: a node has stored your message durably. Two checks: somebody has read it.", "A clock: it waits on this device and goes out by itself. A red line: it was refused, and says why."] },
            { heading: "Fewer interruptions", lines: ["The right button on a conversation makes it a favourite, puts it at the end, or mutes it.", "In the details of a room, Notify decides what you hear of it."], picture: { name: "list", shows: "The list of conversations" } },
        ],
    },
    {
        id: "finding",
        title: "Finding",
        intro: "Ctrl K finds rooms, people and commands by a few letters.",
        sections: [
            { heading: "Messages", lines: ["Ctrl F searches in the open room, Ctrl Shift F everywhere. A press on a result leads to its place.", "Encrypted rooms are searched on this device, because no server can read them. “Fetch older” goes further back."], picture: { name: "search", shows: "Results of a search, with the words marked" } },
            { heading: "Rooms and spaces", lines: ["The name above the list opens your spaces and “Discover rooms”. Some rooms you join at once; for others you ask."] },
        ],
    },
    {
        id: "nodes",
        title: "When a node fails",
        intro: "Your organisation runs several servers, called nodes. Each holds everything.",
        sections: [
            { heading: "One node stops", lines: ["The client goes to another node within seconds. A calm line says so; you need do nothing.", "The peaks at the foot of the list show the nodes: filled is yours, dashed does not answer."] },
            { heading: "No node answers", lines: ["You can read what is on this device and go on writing. What you write waits, in order, and is sent once when a node is back.", "If it is urgent, use the telephone."], picture: { name: "waiting", shows: "Messages that wait, and the line that says since when" } },
        ],
    },
    {
        id: "keys",
        title: "Keys and devices",
        intro: "Encrypted messages open only with keys, and those are on your devices.",
        sections: [
            { heading: "A new device", lines: ["Confirm it from a device you already use: compare seven pictures, or scan a code.", "Or enter your recovery key. Then older messages open too."], picture: { name: "devices", shows: "Your devices in the settings" } },
            { heading: "The recovery key", lines: ["Keep it on paper or in a password safe, not in a message. Who has it can read your messages.", "Without any device and without the recovery key, older encrypted messages cannot be opened by anybody."] },
            { heading: "A message cannot be opened yet", lines: ["Its key is being fetched. If it does not come, ask the sender’s device with the button beside the message."] },
        ],
    },
    {
        id: "urgent",
        title: "Urgent matters",
        intro: "Alerts that everybody must answer come with a later version.",
        sections: [{ heading: "Until then", lines: ["Mention people by name: they hear it also in rooms they follow less. For emergencies use the telephone.", "Whoever may address everybody in a room can mark a message as urgent or critical, with the plus beside the field. It comes through even with “Do not disturb” on."] }],
    },
];
