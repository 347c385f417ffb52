// The context of the flows: the ledger, stores, the state on the user's device, and functions that report to the user.

import type { Address, TransactionSigner } from '@solana/kit';
import type { Gateway } from '../gateway/gateway.js';
import type { Ledger } from '../ledger/ledger.js';
import type { SavedState } from '../saved/saved-state.js';
import { type IsAllowedStore, isPublicHttps } from '../store/store-client.js';
import type { StoreOptions } from '../store/transfer.js';
import type { KeySource, Wallet } from '../wallets/wallet.js';

/** A part of a flow that can take long. */
export type Activity =
    /** A document is encrypted; counted in bytes of plain text. */
    | 'encrypting'
    /** A ciphertext goes to its store; counted in bytes. */
    | 'uploading'
    /** A ciphertext comes from its store and is decrypted; counted in bytes of ciphertext. */
    | 'downloading'
    /** Accounts of the ledger are read; not counted. */
    | 'reading'
    /** A transaction was sent, and is not confirmed yet; not counted. */
    | 'confirming';

/** How far an activity is. */
export type Progress = {
    activity: Activity;
    /** How much is done. */
    done: number;
    /** How much there is to do, where that is known. */
    total: number | undefined;
};

/** A fact that the user should know, and that stopped nothing. */
export type Notice = {
    /** A key on the ledger is the wallet's own, but of another of its indexes. It was opened with that one's secret. */
    notice: 'other_index';
    /** The wallet. */
    wallet: Address;
    /** The index that the key has on the ledger. */
    index: number;
    /** The index that the wallet has the key for. */
    own: number;
};

/** The ledger, the stores, and the rules by which this user reads from them. All flows take it. */
export type FlowContext = {
    /** The ledger, with the deployment and the nodes that the user chose. */
    ledger: Ledger;
    /**
     * Makes lists fast. Only the bytes of its accounts are believed, as a node's. Where a list decides about secrets or
     * money, the flows read its accounts from the ledger again.
     */
    gateway?: Gateway;
    /** The state on the user's device. */
    saved: SavedState;
    /** Which stores of locators to ask, since strangers write locators [default: {@link isPublicHttps}]. */
    isAllowed?: IsAllowedStore;
    /** How to reach stores. */
    storeOptions?: Omit<StoreOptions, 'signal'>;
    /**
     * Keeps a large stream until it has ended [default: a `Blob`, which a browser keeps on the disk if it is large, and Node
     * in memory].
     */
    spool?: (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => Promise<Blob>;
    /** Ends waits and requests. A transaction that was sent may land all the same. */
    signal?: AbortSignal;
    /** Called with the progress of a flow. */
    onProgress?: (progress: Progress) => void;
    /** Called with facts that the user should know. */
    onNotice?: (notice: Notice) => void;
};

/** The person for whom a flow acts. */
export type Actor = {
    /** The wallet, which signs. */
    wallet: Wallet;
    /** The wallet's secrets: `new WalletKeys(wallet)`, or those of a key file. */
    keys: KeySource;
    /** Pays fees, and the rent of new accounts [default: the wallet]. */
    payer?: TransactionSigner;
};

/** The account that pays for what an actor does. */
export const payerOf = ({ payer, wallet }: Pick<Actor, 'payer' | 'wallet'>): TransactionSigner =>
    payer ?? wallet.signer;

/** How a flow reaches stores. */
export const storeOptionsOf = ({ signal, storeOptions }: FlowContext): StoreOptions => ({
    ...storeOptions,
    ...(signal && { signal }),
});

/** Which stores a flow asks. */
export const isAllowedBy = ({ isAllowed }: FlowContext): IsAllowedStore => isAllowed ?? isPublicHttps;
