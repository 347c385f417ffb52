// Opening records: from the capsule to the record key, the locator, the ciphertext and the plain text.

import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { chunksOf } from '../base/streams.js';
import { verifyRecordCreator } from '../crypto/attestation.js';
import type { Envelope } from '../crypto/envelopes.js';
import type { RecordKey } from '../crypto/record.js';
import { decryptDocumentStream } from '../documents/document.js';
import type { Locator } from '../documents/locator.js';
import type { Capsule, RecordState } from '../generated/index.js';
import type { KeyedAccount } from '../ledger/listings.js';
import { checkContent, type OpenedRecord, openRecord } from '../records/opening.js';
import { fetchDocumentStream } from '../store/store-client.js';
import type { KeySource } from '../wallets/wallet.js';
import { type FlowContext, isAllowedBy, storeOptionsOf } from './context.js';
import { secretFor } from './own-key.js';
import { counted, toBlob } from './streams.js';

/** A record that was unlocked. Its document was not looked at. */
export type UnlockedRecord = OpenedRecord & {
    /** The record's address. */
    address: Address;
    /** The record, as the nodes show it. */
    record: RecordState;
    /**
     * What its creator signed, which proves who wrote it; `undefined`: the creator did not sign, and who wrote it is the
     * nodes' word.
     */
    signature: Envelope | undefined;
};

/** A record that was opened. */
export type OpenedDocument = UnlockedRecord & {
    /**
     * The plain text. A stranger wrote it: never open it as a page, or in an element that runs scripts. It has no media
     * type; `locator.mediaType` is its creator's word.
     */
    document: Blob;
};

/**
 * Unlocks one of the owner's records that was listed, with all checks that need no document. No node or store is asked.
 *
 * @throws {ClientError} `not_yours`: it belongs to another wallet; `foreign_key`; `wrong_key`, `malformed`, `wrong_facts`,
 * `not_the_wallets`: its creator is at fault; the errors of the source of keys.
 */
export async function unlockRecord(
    context: FlowContext,
    keys: KeySource,
    { address, state }: KeyedAccount<'record'>,
): Promise<UnlockedRecord> {
    if (state.owner !== keys.wallet) {
        throw new ClientError('not_yours', `record ${address} belongs to wallet ${state.owner}, not to ${keys.wallet}`);
    }
    return await unlock(context, keys, { address, state }, state.capsule, state.ownerKey, state.keyIndex);
}

/**
 * Unlocks a record that was shared with this wallet. No node or store is asked.
 *
 * @throws {ClientError} `not_yours`: the share is for another wallet; `not_asked_for`: it is of another record; otherwise as
 * {@link unlockRecord}.
 */
export async function unlockShare(
    context: FlowContext,
    keys: KeySource,
    share: KeyedAccount<'share'>,
    record: KeyedAccount<'record'>,
): Promise<UnlockedRecord> {
    const { state } = share;
    if (state.recipient !== keys.wallet) {
        throw new ClientError(
            'not_yours',
            `share ${share.address} is for wallet ${state.recipient}, not for ${keys.wallet}`,
        );
    }
    if (state.record !== record.address) {
        throw new ClientError('not_asked_for', `share ${share.address} is of record ${state.record}`);
    }
    return await unlock(context, keys, record, state.capsule, state.recipientKey, state.keyIndex);
}

/**
 * As {@link unlockRecord}, of a record that is read from the ledger.
 *
 * @throws {ClientError} As {@link unlockRecord}; `not_found`, `no_node`, `nodes_disagree`, `wrong_cluster`.
 */
export async function unlockOwnRecord(
    context: FlowContext,
    keys: KeySource,
    address: Address,
): Promise<UnlockedRecord> {
    const { state } = await context.ledger.get('record', address);
    return await unlockRecord(context, keys, { address, state });
}

/**
 * Opens one of the owner's records.
 *
 * @throws {ClientError} As {@link unlockOwnRecord}; `damaged`, `wrong_key`, `too_long`, `wrong_facts`: its document.
 * @throws {AggregateError} No store has the document: `errors` has what happened at each.
 */
export async function openOwnRecord(context: FlowContext, keys: KeySource, address: Address): Promise<OpenedDocument> {
    return await withDocument(context, await unlockOwnRecord(context, keys, address));
}

/**
 * Opens a record that was shared with this wallet, by the share's address. Whether the share has expired is a notice of its
 * owner's, which the caller shows: the key can't be taken back.
 *
 * @throws {ClientError} `not_yours`: it is for another wallet; otherwise as {@link openOwnRecord}.
 * @throws {AggregateError} As {@link openOwnRecord}.
 */
export async function openSharedRecord(context: FlowContext, keys: KeySource, share: Address): Promise<OpenedDocument> {
    const { state } = await context.ledger.get('share', share);
    const { state: record } = await context.ledger.get('record', state.record);
    const shared = { address: share, state };
    return await withDocument(
        context,
        await unlockShare(context, keys, shared, { address: state.record, state: record }),
    );
}

/** Opens a capsule of a record, its locator, and checks its creator's signature and its facts. */
async function unlock(
    context: FlowContext,
    keys: KeySource,
    { address, state: record }: KeyedAccount<'record'>,
    capsule: Capsule,
    key: ReadonlyUint8Array,
    index: number,
): Promise<UnlockedRecord> {
    const secret = await secretFor(context, keys, key, index);
    try {
        const opened = openRecord(record, capsule, secret);
        const signature = verifyRecordCreator(context.ledger.deployment, record, opened.locator);
        return { ...opened, address, record, signature };
    } catch (cause) {
        throw ofRecord(address, cause);
    }
}

/**
 * Fetches and decrypts the document of a record that was unlocked, and checks its facts.
 *
 * @throws As {@link openOwnRecord}.
 */
export async function withDocument(context: FlowContext, unlocked: UnlockedRecord): Promise<OpenedDocument> {
    const document = await openDocument(context, unlocked.locator, unlocked.key);
    try {
        return { ...unlocked, document, facts: await checkContent(unlocked, document) };
    } catch (cause) {
        throw ofRecord(unlocked.address, cause);
    }
}

/** The error, with the record that it is about. */
function ofRecord(address: Address, cause: unknown): unknown {
    if (!(cause instanceof ClientError)) return cause;
    return new ClientError(cause.code, `record ${address}: ${cause.message}`, { cause });
}

/**
 * Fetches the document of a locator from the first store that has it, and decrypts it. Nothing of it is given out before its
 * end has shown that all of it is authentic.
 *
 * @throws {ClientError} `damaged`, `wrong_key`, `too_long`: the document, as its creator stored it; `too_large`: it has more
 * bytes than the context's store options allow.
 * @throws {AggregateError} No store has the document: `errors` has what happened at each.
 */
export async function openDocument(context: FlowContext, locator: Locator, key: RecordKey): Promise<Blob> {
    const errors: unknown[] = [];
    for (const store of locator.stores) {
        const one = { ...locator, stores: [store] };
        try {
            const { ciphertext } = await fetchDocumentStream(one, isAllowedBy(context), storeOptionsOf(context));
            return await toBlob(
                context,
                decryptDocumentStream(counted(context, 'downloading', ciphertext, Number(one.size)), key),
            );
        } catch (error) {
            context.signal?.throwIfAborted();
            if (error instanceof ClientError && error.code === 'too_large') throw error;
            // The document's own fault is that of every store. A store's is told by size and hash of all that it sends.
            if (isOfDocument(error) && (await hasDocument(context, one))) throw error;
            errors.push(...(error instanceof AggregateError ? error.errors : [error]));
        }
    }
    const reasons = errors.map((error) => (error instanceof Error ? error.message : String(error)));
    throw new AggregateError(errors, `no store has the document: ${reasons.join('; ')}`);
}

const isOfDocument = (error: unknown) =>
    error instanceof ClientError && ['damaged', 'too_long', 'wrong_key'].includes(error.code);

/** Whether a store sends exactly the bytes of a locator. */
async function hasDocument(context: FlowContext, locator: Locator): Promise<boolean> {
    try {
        const { ciphertext } = await fetchDocumentStream(locator, isAllowedBy(context), storeOptionsOf(context));
        for await (const _ of chunksOf(ciphertext));
        return true;
    } catch {
        context.signal?.throwIfAborted();
        return false;
    }
}
