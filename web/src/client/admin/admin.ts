/** The administrator's API of the server, with the types of its document. */
import type { AlphornClient } from "../client.ts";
import { Failure, failureOf, toFailure } from "../failures.ts";
import { baseUrl, networkFetch } from "../network.ts";
import { withSites, type ServerNode } from "../../model/admin/operation.ts";
import type { components, paths } from "./api.gen.ts";

const BASE = "/_alphorn/admin/v1";

type Schemas = components["schemas"];
export type Person = Schemas["Person"];
export type PersonDetails = Schemas["PersonDetails"];
export type PersonDevice = Schemas["PersonDevice"];
export type Invitation = Schemas["Invitation"];
export type RegistrationToken = Schemas["RegistrationToken"];
export type AuditEntry = Schemas["AuditEntry"];
export type AuditVerification = Schemas["AuditVerification"];
export type Room = Schemas["Room"];
export type RoomDetails = Schemas["RoomDetails"];
export type RoomMember = Schemas["RoomMember"];
export type Report = Schemas["Report"];
export type MediaFile = Schemas["MediaFile"];
export type MediaTotal = Schemas["MediaTotal"];
export type Settings = Schemas["Settings"];
export type Storage = Schemas["Storage"];

/** Paths without what all begin with. */
type Short<P> = P extends `${typeof BASE}${infer Rest}` ? Rest : never;
export type AdminPath = Short<keyof paths>;
type Full<P extends AdminPath> = `${typeof BASE}${P}` extends keyof paths ? paths[`${typeof BASE}${P}`] : never;
export type Method = "get" | "post" | "put" | "patch" | "delete";
type Operation<P extends AdminPath, M extends Method> = M extends keyof Full<P> ? Full<P>[M] : never;

export type Answer<P extends AdminPath, M extends Method> =
    Operation<P, M> extends { responses: { 200: { content: { "application/json": infer Content } } } } ? Content : never;
export type Query<P extends AdminPath> = Operation<P, "get"> extends { parameters: { query?: infer Given } } ? Given : never;
type Body<P extends AdminPath, M extends Method> =
    Operation<P, M> extends { requestBody?: { content: { "application/json": infer Content } } } ? Content : undefined;
type InPath<P extends AdminPath, M extends Method> = Operation<P, M> extends { parameters: { path: infer Given } } ? Given : undefined;

/** Schemas that are pages of a list. */
export interface PageOf<T> {
    entries: T[];
    next: string | null;
}

interface Given<P extends AdminPath, M extends Method> {
    path?: InPath<P, M>;
    query?: Query<P>;
    body?: Body<P, M>;
}

export class Admin {
    /** `onForbidden`: the rights may have been taken. */
    constructor(
        private readonly token: () => string | null,
        private readonly onForbidden: () => void = () => undefined,
    ) {}

    /** The nodes as the one that answers sees them, with their sites. */
    async nodes(): Promise<ServerNode[]> {
        const [{ nodes }, told] = await Promise.all([
            this.call("get", "/nodes"),
            // A server that is alone has no such list.
            networkFetch(`${baseUrl()}/_alphorn/v1/nodes`)
                .then((response) => response.json() as Promise<unknown>)
                .catch(() => null),
        ]);
        return withSites(nodes, told);
    }

    async call<P extends AdminPath, M extends Method>(method: M, path: P, given: Given<P, M> = {}): Promise<Answer<P, M>> {
        const url = new URL(baseUrl() + BASE + filled(path, given.path as Record<string, string> | undefined));
        for (const [name, value] of Object.entries((given.query ?? {}) as Record<string, unknown>)) {
            if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, String(value));
        }
        let response: Response;
        try {
            response = await networkFetch(url.href, {
                method: method.toUpperCase(),
                headers: { Authorization: `Bearer ${this.token()}`, "Content-Type": "application/json" },
                body: method === "get" ? undefined : JSON.stringify(given.body ?? {}),
            });
        } catch (error) {
            throw toFailure(error);
        }
        const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
        if (response.ok) return answer as Answer<P, M>;
        if (response.status >= 502 && response.status <= 504) throw new Failure("offline");
        if (response.status === 403) this.onForbidden();
        throw failureOf(answer.errcode, answer.retry_after_ms);
    }
}

/** The path with what is named in braces written so that it stays one segment. */
export function filled(path: string, values: Record<string, string> = {}): string {
    return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}

const made = new WeakMap<AlphornClient, Admin>();

export function adminOf(client: AlphornClient): Admin {
    const admin = made.get(client) ?? new Admin(() => client.sdk.getAccessToken(), () => void client.actions.askAdministrator());
    made.set(client, admin);
    return admin;
}
