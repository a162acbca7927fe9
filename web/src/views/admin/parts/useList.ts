/** A list that comes in pages, asked for anew when what is wanted changes. */
import { useEffect, useMemo, useState } from "react";
import type { Admin, PageOf } from "../../../client/admin/admin.ts";
import { adminOf } from "../../../client/admin/admin.ts";
import { Paged, type Listed } from "../../../client/admin/paged.ts";
import { toFailure, type FailureKind } from "../../../client/failures.ts";
import { useStore } from "../../../design/useStore.ts";
import { useClient } from "../../ClientContext.ts";

export function useAdmin(): Admin {
    return adminOf(useClient());
}

/** `wanted` says in one text what is asked for. */
export function useList<T>(wanted: string, ask: (admin: Admin, from: string | undefined) => Promise<PageOf<T>>): { of: Paged<T>; list: Listed<T> } {
    const admin = useAdmin();
    // Another wish is another list.
    const of = useMemo(() => new Paged<T>((from) => ask(admin, from)), [admin, wanted]);
    useEffect(() => void of.load(), [of]);
    return { of, list: useStore(of) };
}

export interface Loaded<T> {
    value: T | null;
    failure: FailureKind | null;
    load: () => Promise<void>;
    set: (value: T) => void;
}

/** One thing, asked for anew when `wanted` changes, and every `everyMs`. */
export function useLoaded<T>(wanted: string, ask: (admin: Admin) => Promise<T>, everyMs?: number): Loaded<T> {
    const admin = useAdmin();
    const [value, set] = useState<{ of: string; value: T } | null>(null);
    const [failure, setFailure] = useState<FailureKind | null>(null);
    const load = async (): Promise<void> => {
        try {
            set({ of: wanted, value: await ask(admin) });
            setFailure(null);
        } catch (error) {
            setFailure(toFailure(error).kind);
        }
    };
    useEffect(() => {
        void load();
        const timer = everyMs ? setInterval(() => void load(), everyMs) : undefined;
        return () => clearInterval(timer);
    }, [admin, wanted]);
    return { value: value?.of === wanted ? value.value : null, failure, load, set: (value) => set({ of: wanted, value }) };
}

/** What was typed, a moment after the last key. */
export function useCalm(text: string, delayMs = 250): string {
    const [calm, setCalm] = useState(text);
    useEffect(() => {
        const timer = setTimeout(() => setCalm(text), delayMs);
        return () => clearTimeout(timer);
    }, [text, delayMs]);
    return calm;
}
