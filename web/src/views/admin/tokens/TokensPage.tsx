/** Registration tokens: with one, so many people make their accounts themselves, until then. */
import { Ban, Plus } from "lucide-react";
import { useState } from "react";
import { serverNow } from "../../../client/now.ts";
import type { RegistrationToken } from "../../../client/admin/admin.ts";
import { count, dateAndTime } from "../../../model/admin/figures.ts";
import { tokenState, type TokenState } from "../../../model/admin/tokens.ts";
import type { Key } from "../../../i18n/i18n.ts";
import { Button, IconButton } from "../../../design/Button.tsx";
import { Empty } from "../../../design/Empty.tsx";
import { useLanguage, useWords } from "../../useWords.ts";
import { ActDialog } from "../parts/ActDialog.tsx";
import { Page } from "../parts/Frame.tsx";
import { List } from "../parts/List.tsx";
import { Table } from "../parts/Table.tsx";
import { useAdmin, useList } from "../parts/useList.ts";
import { TokenDialog } from "./TokenDialog.tsx";

const STATES: Record<TokenState, { words: Key; tone: string }> = {
    good: { words: "adminTokens.good", tone: "ok" },
    "used-up": { words: "adminTokens.usedUp", tone: "offline" },
    ended: { words: "adminTokens.ended", tone: "offline" },
    off: { words: "adminTokens.off", tone: "offline" },
};

export function TokensPage() {
    const t = useWords();
    const language = useLanguage();
    const admin = useAdmin();
    const { of, list } = useList<RegistrationToken>("", (admin, from) => admin.call("get", "/registration_tokens", { query: { from } }));
    const [making, setMaking] = useState(false);
    const [changing, setChanging] = useState<RegistrationToken | null>(null);
    const [ending, setEnding] = useState<RegistrationToken | null>(null);
    const now = serverNow();
    const good = list.rows.filter((one) => tokenState(one, now) === "good").length;
    const columns = [
        { head: t("adminTokens.token"), cell: (one: RegistrationToken) => <span className="mono b token">{one.token}</span> },
        {
            head: t("adminTokens.state"),
            cell: (one: RegistrationToken) => {
                const { words, tone } = STATES[tokenState(one, now)];
                return <span className={`tag ${tone}`}>{t(words)}</span>;
            },
        },
        {
            head: t("adminTokens.used"),
            named: true,
            cell: (one: RegistrationToken) =>
                one.uses_allowed === null
                    ? count(one.used, language)
                    : t("adminTokens.usedOf", { used: count(one.used, language), all: count(one.uses_allowed, language) }),
        },
        { head: t("adminTokens.until"), named: true, cell: (one: RegistrationToken) => (one.expires_at_ms === null ? t("adminTokens.noEnd") : dateAndTime(one.expires_at_ms, language)) },
    ];
    return (
        <Page
            title={t("admin.tokens")}
            state={list.state === "loading" && list.rows.length === 0 ? t("adminTokens.about") : t("adminTokens.count", { count: good })}
            step={
                <Button look="primary" onClick={() => setMaking(true)}>
                    <Plus className="i" aria-hidden="true" />
                    {t("adminTokens.make")}
                </Button>
            }
        >
            <p className="muted sm adm-about">{t("adminTokens.about")}</p>
            <List list={list} of={of} empty={<Empty title={t("adminTokens.none")}>{t("adminTokens.noneText")}</Empty>}>
                <Table
                    label={t("admin.tokens")}
                    rows={list.rows}
                    columns={columns}
                    keyOf={(one) => one.token}
                    onOpen={setChanging}
                    actionHead={t("adminTokens.end")}
                    action={(one) => (
                        <IconButton label={t("adminTokens.endThis", { token: one.token })} onClick={() => setEnding(one)}>
                            <Ban className="i" aria-hidden="true" />
                        </IconButton>
                    )}
                />
            </List>
            {(making || changing) && <TokenDialog token={changing} onClose={() => (setMaking(false), setChanging(null))} onDone={() => void of.load()} />}
            {ending && (
                <ActDialog
                    title={t("adminTokens.endTitle")}
                    what={t("adminTokens.endText", { token: ending.token })}
                    verb={t("adminTokens.end")}
                    done={t("adminTokens.endDone")}
                    run={(reason) => admin.call("delete", "/registration_tokens/{token}", { path: { token: ending.token }, body: { reason } })}
                    onDone={() => void of.load()}
                    onClose={() => setEnding(null)}
                />
            )}
        </Page>
    );
}
