/** What the account wants to be told of: its push rules, keywords and quiet hours. All devices share them. */
import { ClientEvent, PushRuleKind, type IPushRule, type MatrixClient } from "matrix-js-sdk";
import { quietOf, QUIET_DEFAULT, type QuietHours } from "../model/notify.ts";
import { Store } from "../model/store.ts";
import { asked } from "./asked.ts";

const QUIET = "io.alphorn.quiet_hours";

/** What can be switched, and the rules of the server behind it. */
export type Told = "direct" | "rooms" | "mentions" | "everybody" | "invitations";

const RULES: Record<Told, readonly (readonly [PushRuleKind, string])[]> = {
    direct: [
        [PushRuleKind.Underride, ".m.rule.room_one_to_one"],
        [PushRuleKind.Underride, ".m.rule.encrypted_room_one_to_one"],
    ],
    rooms: [
        [PushRuleKind.Underride, ".m.rule.message"],
        [PushRuleKind.Underride, ".m.rule.encrypted"],
    ],
    mentions: [[PushRuleKind.Override, ".m.rule.is_user_mention"]],
    everybody: [[PushRuleKind.Override, ".m.rule.is_room_mention"]],
    invitations: [[PushRuleKind.Override, ".m.rule.invite_for_me"]],
};

export interface NotifySettingsView {
    told: Record<Told, boolean>;
    keywords: readonly string[];
    quiet: QuietHours;
}

const NOTHING: NotifySettingsView = {
    told: { direct: true, rooms: true, mentions: true, everybody: true, invitations: true },
    keywords: [],
    quiet: QUIET_DEFAULT,
};

export class NotifySettings extends Store<NotifySettingsView> {
    constructor(private readonly client: MatrixClient) {
        super(NOTHING);
    }

    start(): void {
        this.client.on(ClientEvent.AccountData, (event) => {
            if (event.getType() === "m.push_rules" || event.getType() === QUIET) this.#renew();
        });
        this.#renew();
    }

    async setTold(what: Told, on: boolean): Promise<void> {
        await asked(async () => {
            for (const [kind, id] of RULES[what]) {
                if (this.#rule(kind, id)) await this.client.setPushRuleEnabled("global", kind, id, on);
            }
        });
        this.#renewWith({ told: { ...this.getSnapshot().told, [what]: on } });
    }

    async addKeyword(word: string): Promise<void> {
        const actions = ["notify", { set_tweak: "sound", value: "default" }, { set_tweak: "highlight" }] as never;
        await asked(() => this.client.addPushRule("global", PushRuleKind.ContentSpecific, word, { pattern: word, actions }));
        this.#renewWith({ keywords: [...new Set([...this.getSnapshot().keywords, word])] });
    }

    async removeKeyword(word: string): Promise<void> {
        const rule = this.#keywordRules().find((one) => one.pattern === word);
        if (rule) await asked(() => this.client.deletePushRule("global", PushRuleKind.ContentSpecific, rule.rule_id));
        this.#renewWith({ keywords: this.getSnapshot().keywords.filter((one) => one !== word) });
    }

    async setQuiet(part: Partial<QuietHours>): Promise<void> {
        const quiet = { ...this.getSnapshot().quiet, ...part };
        this.#renewWith({ quiet });
        await asked(() => this.client.setAccountData(QUIET as never, quiet as never));
    }

    #rule(kind: PushRuleKind, id: string): IPushRule | undefined {
        return this.client.pushRules?.global[kind]?.find((one) => one.rule_id === id);
    }

    #keywordRules(): IPushRule[] {
        return (this.client.pushRules?.global.content ?? []).filter((rule) => !rule.rule_id.startsWith(".") && typeof rule.pattern === "string");
    }

    #renewWith(part: Partial<NotifySettingsView>): void {
        this.set({ ...this.getSnapshot(), ...part });
    }

    #renew(): void {
        const on = (what: Told): boolean => RULES[what].every(([kind, id]) => this.#rule(kind, id)?.enabled !== false);
        this.set({
            told: { direct: on("direct"), rooms: on("rooms"), mentions: on("mentions"), everybody: on("everybody"), invitations: on("invitations") },
            keywords: this.#keywordRules().map((rule) => rule.pattern!),
            quiet: quietOf(this.client.getAccountData(QUIET as never)?.getContent()),
        });
    }
}
