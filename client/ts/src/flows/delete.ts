// Deleting records: from the ledger, where an owner may at any time and a clinic as long as the record is unverified, and
// their documents at the stores, which the erase authority erases.

import type { Address } from '@solana/kit';
import { ClientError, type ClientErrorCode } from '../base/errors.js';
import { getDeleteRecordInstruction } from '../generated/index.js';
import { witnessed } from '../ledger/witnesses.js';
import { forgetErasure, type StoredAt, savedErasures, saveErasure } from '../saved/erasures.js';
import { eraseDocument } from '../store/store-client.js';
import { StoreError } from '../store/store-error.js';
import type { Wallet } from '../wallets/wallet.js';
import { type Actor, type FlowContext, isAllowedBy, payerOf, storeOptionsOf } from './context.js';
import { unlockOwnRecord } from './open.js';
import type { Prepared } from './prepared.js';
import { userOf } from './recipient.js';

/** The outcome of erasing a document at a store. */
export type Erasure = {
    store: string;
    /** `gone`: the store erased it before, or never had it; `failed`: it may still be there. */
    result: 'erased' | 'gone' | 'failed';
    /** Why it failed. */
    error?: unknown;
};

/**
 * Prepares the deletion of one of the owner's records. Where its document is gets saved before, because nobody learns it
 * from the ledger afterwards: once the record is deleted, call {@link eraseSavedDocuments}.
 *
 * The outcome has `undefined` for the document if the record can't be opened: then its creator or its store has to erase it.
 *
 * @throws {ClientError} `not_yours`, `not_found`; those of the source of keys.
 */
export async function deleteRecord(
    context: FlowContext,
    actor: Actor,
    record: Address,
): Promise<Prepared<{ document: StoredAt | undefined }>> {
    const document = await documentOf(context, actor, record);
    const prepared = await deletion(context, actor, record);
    if (!document) return { ...prepared, outcome: { document } };
    const { ledger, saved } = context;
    const erasure = { record, authority: actor.wallet.address, document };
    let isNew = false;
    const saveFirst = async () => {
        isNew = await saveErasure(saved, ledger.deployment, erasure);
    };
    // One of an earlier run may have been sent, and its record may be gone.
    const forgetFirst = async () => {
        if (isNew && (await ledger.find('record', record)).state) await forgetErasure(saved, record);
    };
    return { ...prepared, outcome: { document }, saveFirst, forgetFirst };
}

/**
 * Prepares the withdrawal of a record by its creator. The program allows it from 24 hours after the record was created, as
 * long as its owner has not verified it. Its document stays at the store: the owner is the one who can erase it.
 *
 * @throws {ClientError} `not_yours`: somebody else created it; `not_found`.
 */
export async function withdrawRecord(
    context: FlowContext,
    creator: Pick<Actor, 'wallet' | 'payer'>,
    record: Address,
): Promise<Prepared> {
    const { state } = await context.ledger.get('record', record);
    const { address } = creator.wallet;
    if (state.creator !== address) {
        throw new ClientError(
            'not_yours',
            `record ${record} was created by wallet ${state.creator}, not by ${address}`,
        );
    }
    return await deletion(context, creator, record);
}

/** Why a record can't be opened, whoever asks and however often. */
const UNREADABLE: readonly ClientErrorCode[] = [
    'can_not_sign',
    'foreign_key',
    'malformed',
    'not_the_wallets',
    'unknown_version',
    'version_1',
    'wrong_facts',
    'wrong_key',
];

async function deletion(
    context: FlowContext,
    authority: Pick<Actor, 'wallet' | 'payer'>,
    record: Address,
): Promise<Prepared> {
    const { state } = await context.ledger.get('record', record);
    const input = {
        authority: authority.wallet.signer,
        user: await userOf(context, state.owner),
        record,
        rentPayer: state.rentPayer,
    };
    const instruction = getDeleteRecordInstruction(input, { programAddress: context.ledger.deployment.program });
    return { outcome: undefined, instructions: [instruction], feePayer: payerOf(authority), newAccounts: [] };
}

/** Where a record's document is; `undefined` if its creator made it so that it can't be opened. */
async function documentOf(context: FlowContext, actor: Actor, record: Address): Promise<StoredAt | undefined> {
    try {
        const { locator } = await unlockOwnRecord(context, actor.keys, record);
        return { stores: locator.stores, sha256: locator.sha256 };
    } catch (error) {
        // The creator's fault, a newer version's locator, or a key that is another's: such a record is deleted like others.
        if (error instanceof ClientError && UNREADABLE.includes(error.code)) return undefined;
        throw error;
    }
}

/**
 * Erases a document for good at each of its stores, signed by its erase authority. It can't be uploaded to them again.
 */
export async function eraseEverywhere(
    context: FlowContext,
    authority: Pick<Wallet, 'address' | 'signMessage'>,
    { sha256, stores }: StoredAt,
): Promise<Erasure[]> {
    const signer = { wallet: authority.address, sign: authority.signMessage };
    const erasures: Erasure[] = [];
    for (const store of stores) {
        try {
            if (!isAllowedBy(context)(new URL(store))) {
                throw new ClientError('store_not_allowed', `${store}: this app does not ask such stores`);
            }
            await eraseDocument(store, sha256, signer, storeOptionsOf(context));
            erasures.push({ store, result: 'erased' });
        } catch (error) {
            context.signal?.throwIfAborted();
            const isGone = error instanceof StoreError && (error.code === 'erased' || error.code === 'not_found');
            erasures.push(isGone ? { store, result: 'gone' } : { store, result: 'failed', error });
        }
    }
    return erasures;
}

/**
 * Erases the documents of records that were deleted, here or in an earlier run. What could not be erased stays saved for the
 * next time.
 *
 * A document is erased for good, so witnesses have to agree that its record is gone. A record that is still on the ledger,
 * because its deletion did not land, keeps its document, and is left out.
 *
 * @throws {ClientError} `too_few_nodes`, `nodes_disagree`, `wrong_cluster`: the witnesses don't say whether a record is gone.
 * What was not erased stays saved.
 */
export async function eraseSavedDocuments(
    context: FlowContext,
    authority: Pick<Wallet, 'address' | 'signMessage'>,
): Promise<{ record: Address; erasures: Erasure[] }[]> {
    const { ledger, saved, signal } = context;
    const done: { record: Address; erasures: Erasure[] }[] = [];
    const { pause = 500 } = ledger.patience;
    for (const { document, record } of await savedErasures(saved, ledger.deployment, authority.address)) {
        const isGone = await witnessed(ledger, 'record', record, (state) => state === undefined, { pause, signal });
        if (!isGone.value) continue;
        const erasures = await eraseEverywhere(context, authority, document);
        done.push({ record, erasures });
        if (erasures.every(({ result }) => result !== 'failed')) await forgetErasure(saved, record);
    }
    return done;
}
