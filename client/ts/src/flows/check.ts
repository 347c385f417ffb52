// The checks of an owner's client before the owner verifies a record (docs/PROTOCOL.md, section 6).

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { getVerifyRecordInstruction } from '../generated/index.js';
import { documentStatus } from '../store/store-client.js';
import { StoreError } from '../store/store-error.js';
import type { KeySource } from '../wallets/wallet.js';
import { type Actor, type FlowContext, isAllowedBy, payerOf, storeOptionsOf } from './context.js';
import { type OpenedDocument, type UnlockedRecord, unlockOwnRecord, withDocument } from './open.js';
import type { Prepared } from './prepared.js';

/** A record that passed all checks of {@link checkRecord}. */
export type CheckedRecord = OpenedDocument & {
    /** Whether its creator is its owner, so that nobody else vouches for it. */
    isSelfIssued: boolean;
    /** There are facts unless this software does not know their profile: then nothing is known of them. */
    facts: UnlockedRecord['facts'];
};

/**
 * Checks all that an owner must before signing for a record: the capsule opens and leads to the record's key, the locator
 * opens, the creator's signature in it, if there is one, is the creator's, the facts are the document's, `eraseAuthority`
 * alone can erase the document at each of its stores, and the document is there, is what the locator says and opens.
 *
 * @param eraseAuthority The wallet that has to be able to erase [default: the owner's].
 *
 * @throws {ClientError} `wrong_erase_authority`: somebody else could erase it; `store_not_allowed`; otherwise as
 * `openOwnRecord`.
 * @throws {StoreError} A store does not have the document, or refused to tell who can erase it.
 * @throws {AggregateError} No store has the document.
 */
export async function checkRecord(
    context: FlowContext,
    keys: KeySource,
    address: Address,
    eraseAuthority: Address = keys.wallet,
): Promise<CheckedRecord> {
    const unlocked = await unlockOwnRecord(context, keys, address);
    // Asked before the download: a document that somebody else can erase is not worth it.
    await checkEraseAuthority(context, unlocked, eraseAuthority);
    const { owner, creator } = unlocked.record;
    return { ...(await withDocument(context, unlocked)), isSelfIssued: owner === creator };
}

async function checkEraseAuthority(
    context: FlowContext,
    { address, locator }: UnlockedRecord,
    expected: Address,
): Promise<void> {
    for (const store of locator.stores) {
        const url = new URL(store);
        if (url.protocol === 'file:') continue;
        if (!isAllowedBy(context)(url)) {
            throw new ClientError('store_not_allowed', `${store}: this app does not ask such stores`);
        }
        const status = await documentStatus(store, locator.sha256, storeOptionsOf(context));
        if (!status) {
            throw new StoreError(store, 404, 'not_found', `${store} does not have the document of record ${address}`);
        }
        if (status.eraseAuthority !== expected) {
            throw new ClientError(
                'wrong_erase_authority',
                `the document of record ${address} at ${store} can be erased by ${status.eraseAuthority ?? 'nobody'}, ` +
                    `not by ${expected}: ask its creator to write the record again`,
            );
        }
    }
}

/**
 * Prepares the verification of a record that passed {@link checkRecord}. Its address follows from its contents, so that
 * nothing else can have taken its place since.
 */
export function verifyRecord(
    { ledger }: FlowContext,
    actor: Pick<Actor, 'wallet' | 'payer'>,
    checked: Pick<CheckedRecord, 'address'>,
): Prepared {
    const instruction = getVerifyRecordInstruction(
        { owner: actor.wallet.signer, record: checked.address },
        { programAddress: ledger.deployment.program },
    );
    return { outcome: undefined, instructions: [instruction], feePayer: payerOf(actor), newAccounts: [] };
}
