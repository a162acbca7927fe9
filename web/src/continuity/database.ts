/** IndexedDB with promises: just what this layer needs. */

export interface Table {
    name: string;
    options?: IDBObjectStoreParameters;
    indexes?: readonly { name: string; path: string | string[]; unique?: boolean }[];
}

export function openDatabase(factory: IDBFactory, name: string, tables: readonly Table[]): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
        const request = factory.open(name, 1);
        request.onupgradeneeded = () => {
            for (const table of tables) {
                const made = request.result.createObjectStore(table.name, table.options);
                for (const index of table.indexes ?? []) {
                    made.createIndex(index.name, index.path, { unique: index.unique ?? false });
                }
            }
        };
        request.onsuccess = () => {
            const database = request.result;
            // Another tab signs out or brings a newer form: it must not wait for this one.
            database.onversionchange = () => database.close();
            resolve(database);
        };
        request.onerror = () => reject(request.error ?? new Error("the database cannot be opened"));
        request.onblocked = () => reject(new Error("the database is held by an older tab"));
    });
}

export function deleteDatabase(factory: IDBFactory, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
        const request = factory.deleteDatabase(name);
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error ?? new Error("the database cannot be deleted"));
        // Tabs that hold it close it when they are told; it goes then.
        request.onblocked = () => resolve();
    });
}

export function answer<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("the database refused"));
    });
}

/**
 * Runs `work` in one transaction and waits until it is on the disk ("strict": what was promised to the user survives
 * the loss of power as far as the browser can do anything for it).
 */
export async function within<T>(
    database: IDBDatabase,
    tables: string | string[],
    mode: IDBTransactionMode,
    work: (transaction: IDBTransaction) => Promise<T> | T,
    durability: IDBTransactionDurability = "default",
): Promise<T> {
    const transaction = database.transaction(tables, mode, { durability });
    const done = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
        transaction.onerror = () => {};
    });
    // Whichever fails first is told; the other is not left unhandled.
    done.catch(() => {});
    let result: T;
    try {
        result = await work(transaction);
    } catch (error) {
        try {
            transaction.abort();
        } catch {
            // It is over already.
        }
        await done.catch(() => {});
        throw transaction.error?.name === "QuotaExceededError" ? transaction.error : error;
    }
    await done;
    return result;
}

/** The device has no room left. */
export function isQuota(error: unknown): boolean {
    return error instanceof Error && error.name === "QuotaExceededError";
}
