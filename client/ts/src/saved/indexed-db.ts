// Saved state of a browser.

import { checkedName, type SavedState } from './saved-state.js';

const TEXTS = 'texts';
const VERSION = 1;

/**
 * Saved state in a database of this origin, which all its tabs and workers share. A browser may remove it when space is
 * short, unless `navigator.storage.persist()` was granted: ask for that before something is bought or sold.
 */
export class IndexedDbState implements SavedState {
    private constructor(private readonly database: IDBDatabase) {
        // Another tab deletes it, or is of a later version: it must not wait for this one.
        database.onversionchange = () => database.close();
    }

    /** Opens the database, and creates it the first time. */
    static async open(name = 'generion', factory: IDBFactory = indexedDB): Promise<IndexedDbState> {
        const request = factory.open(name, VERSION);
        request.onupgradeneeded = () => request.result.createObjectStore(TEXTS);
        return new IndexedDbState(await resultOf(request));
    }

    async read(name: string): Promise<string | undefined> {
        const texts = this.database.transaction(TEXTS, 'readonly').objectStore(TEXTS);
        return (await resultOf(texts.get(checkedName(name)))) as string | undefined;
    }

    async update(
        name: string,
        change: (present: string | undefined) => string | undefined,
    ): Promise<string | undefined> {
        const transaction = this.database.transaction(TEXTS, 'readwrite', { durability: 'strict' });
        const ended = endOf(transaction);
        const texts = transaction.objectStore(TEXTS);
        const present: IDBRequest<string | undefined> = texts.get(checkedName(name));
        let text: string | undefined;
        let failure: { error: unknown } | undefined;
        present.onsuccess = () => {
            try {
                text = change(present.result);
                if (text === undefined) texts.delete(name);
                else if (text !== present.result) texts.put(text, name);
            } catch (error) {
                failure = { error };
                transaction.abort();
            }
        };
        await ended.catch((error: unknown) => {
            throw failure ? failure.error : error;
        });
        return text;
    }

    async names(first: string): Promise<string[]> {
        const start = `${checkedName(first)}/`;
        const texts = this.database.transaction(TEXTS, 'readonly').objectStore(TEXTS);
        const keys = await resultOf(texts.getAllKeys(IDBKeyRange.bound(start, `${start}\uffff`)));
        return keys.map(String).sort();
    }

    /** Closes the database. */
    close(): void {
        this.database.close();
    }
}

function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

function endOf(transaction: IDBTransaction): Promise<void> {
    return new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
        transaction.onerror = () => reject(transaction.error);
    });
}
