// Documents that were opened on this device, each encrypted under a key of its account. Of the rest only sizes and times can
// be read: names are those that the key gives.

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** Bytes of all documents together: the ones that were not opened for longest make room. */
const MAX_TOTAL = 200_000_000;

/** An encrypted document, with what a list shows of it. */
export type KeptRow = {
    /** The name of the document, derived with the account's key. */
    id: string;
    /** The account, as the key names it. */
    group: string;
    /** Milliseconds since 1970. */
    at: number;
    /** Bytes of both parts. */
    size: number;
    card: Uint8Array<ArrayBuffer>;
};

interface Schema extends DBSchema {
    cards: { key: string; value: KeptRow; indexes: { group: string; at: number } };
    documents: { key: string; value: Uint8Array<ArrayBuffer> };
}

/** The database of kept documents. */
export class KeptDocuments {
    private constructor(private readonly database: IDBPDatabase<Schema>) {}

    /** Opens it, and makes it where there is none. */
    static async open(): Promise<KeptDocuments> {
        const database = await openDB<Schema>('generion-offline', 1, {
            upgrade(fresh) {
                const cards = fresh.createObjectStore('cards', { keyPath: 'id' });
                cards.createIndex('group', 'group');
                cards.createIndex('at', 'at');
                fresh.createObjectStore('documents');
            },
        });
        return new KeptDocuments(database);
    }

    /** Keeps a document in the place of an earlier one. Returns whether there was room. */
    async put(row: KeptRow, document: Uint8Array<ArrayBuffer>): Promise<boolean> {
        await this.makeRoom(MAX_TOTAL - row.size);
        for (;;) {
            try {
                const transaction = this.database.transaction(['cards', 'documents'], 'readwrite');
                await Promise.all([
                    transaction.objectStore('cards').put(row),
                    transaction.objectStore('documents').put(document, row.id),
                    transaction.done,
                ]);
                return true;
            } catch (error) {
                const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
                if (!isFull || !(await this.removeOldest())) return false;
            }
        }
    }

    /** The documents of an account, the newest first. */
    async list(group: string): Promise<KeptRow[]> {
        const rows = await this.database.getAllFromIndex('cards', 'group', group);
        return rows.sort((one, other) => other.at - one.at);
    }

    /** One of them, with its document. */
    async get(id: string): Promise<{ row: KeptRow; document: Uint8Array<ArrayBuffer> } | undefined> {
        const transaction = this.database.transaction(['cards', 'documents']);
        const [row, document] = await Promise.all([
            transaction.objectStore('cards').get(id),
            transaction.objectStore('documents').get(id),
        ]);
        return row && document && { row, document };
    }

    /** Removes these. */
    async remove(ids: readonly string[]): Promise<void> {
        const transaction = this.database.transaction(['cards', 'documents'], 'readwrite');
        await Promise.all(
            ids.flatMap((id) => [
                transaction.objectStore('cards').delete(id),
                transaction.objectStore('documents').delete(id),
            ]),
        );
        await transaction.done;
    }

    private async makeRoom(total: number): Promise<void> {
        const rows = await this.database.getAllFromIndex('cards', 'at');
        let sum = rows.reduce((all, { size }) => all + size, 0);
        for (const { id, size } of rows) {
            if (sum <= total) return;
            await this.remove([id]);
            sum -= size;
        }
    }

    private async removeOldest(): Promise<boolean> {
        const oldest = (await this.database.getAllKeysFromIndex('cards', 'at', null, 1))[0];
        if (oldest === undefined) return false;
        await this.remove([oldest]);
        return true;
    }
}
