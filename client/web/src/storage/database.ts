// What this device keeps: account files, receipts and settings. Nothing in it is readable without the passphrase, except
// the addresses of wallets and the settings.

import type { Address } from '@solana/kit';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** An account of this device. */
export type StoredAccount = {
    address: Address;
    /** The account file, armored. */
    file: string;
    /** Milliseconds since 1970. */
    createdAt: number;
    /** Whether the words were written down, as the person showed by typing some of them. */
    isBackedUp: boolean;
};

interface Schema extends DBSchema {
    accounts: { key: Address; value: StoredAccount };
    settings: { key: string; value: unknown };
}

/** The database of this device. */
export type Database = IDBPDatabase<Schema>;

/** Opens the database, and makes it where there is none. Several tabs share it. */
export async function openDatabase(): Promise<Database> {
    return await openDB<Schema>('generion', 1, {
        upgrade(database) {
            database.createObjectStore('accounts', { keyPath: 'address' });
            database.createObjectStore('settings');
        },
    });
}
