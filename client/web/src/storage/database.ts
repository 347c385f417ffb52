// The database of this device: account files, receipts and settings. Nothing in it is readable without the passphrase,
// except
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
    /** The second account file, which a passkey of this device opens. */
    passkey?: StoredPasskey;
};

/** A passkey of this device, by which it is asked for. No secret. */
export type PasskeyName = {
    /** The credential's id. */
    id: Uint8Array<ArrayBuffer>;
    /** The site that it is for (the relying party's id). */
    site: string;
    /** The ways in which the browser reaches the passkey. */
    transports: string[];
};

/** An account's second file, which a passkey opens. */
export type StoredPasskey = PasskeyName & {
    /** The account file, armored; `undefined`: the passkey was made, and has not answered yet. */
    file: string | undefined;
};

/** The data of a wallet app on this device. */
export type StoredWallet = {
    address: Address;
    /** The wallet's key file for a program on a ledger, armored, by the two addresses. */
    keyFiles: { [deployment: string]: string };
    /** Pays settlements. Browsers keep such a key without giving it out. */
    feeAccount?: CryptoKeyPair;
};

interface Schema extends DBSchema {
    accounts: { key: Address; value: StoredAccount };
    wallets: { key: Address; value: StoredWallet };
    settings: { key: string; value: unknown };
}

/** The database of this device. */
export type Database = IDBPDatabase<Schema>;

/** Opens the database, and makes it where there is none. Several tabs share it. */
export async function openDatabase(): Promise<Database> {
    return await openDB<Schema>('generion', 2, {
        upgrade(database, from) {
            if (from < 1) {
                database.createObjectStore('accounts', { keyPath: 'address' });
                database.createObjectStore('settings');
            }
            if (from < 2) database.createObjectStore('wallets', { keyPath: 'address' });
        },
        // A newer version of this app waits in another tab: this one must let go.
        blocking: (_version, _blocked, event) => (event.target as IDBDatabase).close(),
    });
}
