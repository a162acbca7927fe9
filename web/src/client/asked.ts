/** Requests that the SDK has no word for, and what they fail with. */
import { ClientPrefix, Method, type MatrixClient } from "matrix-js-sdk";
import { Failure, toFailure } from "./failures.ts";

export async function asked<T>(act: () => Promise<T>): Promise<T> {
    try {
        return await act();
    } catch (error) {
        throw error instanceof Failure ? error : toFailure(error);
    }
}

type Query = Record<string, string | number | boolean | string[] | undefined>;

export function ask<T>(client: MatrixClient, method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown, query?: Query, prefix: string = ClientPrefix.V3): Promise<T> {
    return asked(() => client.http.authedRequest<T>(method as Method, path, query as never, body as never, { prefix }));
}

/** A path with what stands in it written so that it stays one segment. */
export function pathOf(parts: TemplateStringsArray, ...values: string[]): string {
    return parts.reduce((path, part, index) => path + encodeURIComponent(values[index - 1] ?? "") + part);
}
