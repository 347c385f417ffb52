// Deleting records: from the ledger, where an owner may at any time and a clinic as long as the record is unverified, and
// their documents at the stores, which the erase authority erases.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { getDeleteRecordInstruction } from '../generated/index.js';
import { forgetErasure, type StoredAt, savedErasures, saveErasure } from '../saved/erasures.js';
import { eraseDocument } from '../store/store-client.js';
import { StoreError } from '../store/store-error.js';
import type { Wallet } from '../wallets/wallet.js';
import { type Actor, type FlowContext, isAllowedBy, payerOf, storeOptionsOf } from './context.js';
import { unlockOwnRecord } from './open.js';
import type { Prepared } from './prepared.js';
import { userOf } from './recipient.js';

/** What became of a document at a store. */
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
    const saveFirst = async () => await saveErasure(saved, ledger.deployment, erasure);
    return { ...prepared, outcome: { document }, saveFirst };
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
        // The creator's fault, or a key that is another's: such a record is deleted like others.
        const codes = ['foreign_key', 'malformed', 'not_the_wallets', 'can_not_sign', 'wrong_facts', 'wrong_key'];
        if (error instanceof ClientError && codes.includes(error.code)) return undefined;
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
 * A record that is still on the ledger, because its deletion did not land, keeps its document, and is left out.
 */
export async function eraseSavedDocuments(
    context: FlowContext,
    authority: Pick<Wallet, 'address' | 'signMessage'>,
): Promise<{ record: Address; erasures: Erasure[] }[]> {
    const { ledger, saved } = context;
    const done: { record: Address; erasures: Erasure[] }[] = [];
    for (const { document, record } of await savedErasures(saved, ledger.deployment, authority.address)) {
        if ((await ledger.find('record', record)).state) continue;
        const erasures = await eraseEverywhere(context, authority, document);
        done.push({ record, erasures });
        if (erasures.every(({ result }) => result !== 'failed')) await forgetErasure(saved, record);
    }
    return done;
}
