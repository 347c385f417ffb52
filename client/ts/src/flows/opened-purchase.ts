// Opening a purchase: its keys, once it is settled, and the documents that they open.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { verifyRecordCreator } from '../crypto/attestation.js';
import type { Envelope } from '../crypto/envelopes.js';
import { checkContent, type OpenedRecord, openRecord } from '../records/opening.js';
import { deliveredKeys, type PurchaseReceipt } from '../saved/receipts.js';
import type { Wallet } from '../wallets/wallet.js';
import type { FlowContext } from './context.js';
import { openDocument } from './open.js';
import { exportedKeys, type OwnedKeys, openingSecret, receiptOf } from './purchased-keys.js';

/** A record of a purchase: opened, or why it could not be. */
export type PurchasedRecord = {
    /** The record. */
    address: Address;
    /** The wallet that wrote it. */
    creator: Address;
    /** Whether that is the seller, so that nobody else vouches for it. */
    isSelfIssued: boolean;
} & (
    | {
          /** Its key, its locator and its facts. */
          opened: OpenedRecord;
          /** The envelope of the creator's signature, which proves the creator; `undefined`: only nodes name the creator. */
          signature: Envelope | undefined;
      }
    | {
          /** Why it could not be opened. `wrong_key`, `wrong_facts`: its creator cheated. */
          error: unknown;
      }
);

/** An opened purchase. */
export type OpenedPurchase = {
    /** The receipt. */
    receipt: PurchaseReceipt;
    /** The records, in the order's order. */
    records: PurchasedRecord[];
};

/**
 * Opens all records of a settled purchase, or of a study's settled seat: `study` is needed for a seat without a saved receipt. One that can't be opened does not keep the others from it. Of a purchase that is
 * closed, or was made again and is not settled yet, the keys are those that `exportKeys` saved. Nothing is fetched:
 * {@link fetchPurchased}.
 *
 * @throws {ClientError} `not_delivered`, `not_settled`; `receipt`; `wrong_wallet`; `not_found`; those of reading.
 */
export async function openPurchase(
    context: Pick<FlowContext, 'ledger' | 'saved' | 'signal'>,
    buyer: Wallet,
    purchase: Address,
    study?: Address,
): Promise<OpenedPurchase> {
    const owned = await keysOf(context, purchase, study);
    const secret = await openingSecret(context, buyer, owned);
    const { keys, receipt } = owned;
    const records = receipt.records.map((record, index): PurchasedRecord => {
        const { address, creator, owner } = record;
        const about = { address, creator, isSelfIssued: creator === owner };
        const capsule = keys.capsules[index];
        try {
            if (!capsule) throw new ClientError('not_delivered', `record ${address} was not delivered`);
            const opened = openRecord(record, capsule, secret);
            return { ...about, opened, signature: verifyRecordCreator(receipt.deployment, record, opened.locator) };
        } catch (error) {
            return { ...about, error };
        }
    });
    return { receipt, records };
}

async function keysOf(
    context: Pick<FlowContext, 'ledger' | 'saved' | 'signal'>,
    purchase: Address,
    study?: Address,
): Promise<OwnedKeys> {
    const { state } = await context.ledger.find('purchase', purchase);
    if (!state) return await exportedKeys(context, purchase);
    let keys: OwnedKeys['keys'];
    try {
        keys = deliveredKeys(purchase, state);
    } catch (error) {
        // An earlier purchase at this address may have been settled: its saved keys still open the records.
        return await exportedKeys(context, purchase).catch(() => {
            throw error;
        });
    }
    return { keys, receipt: await receiptOf(context, purchase, state, study) };
}

/**
 * Fetches the document of an opened record from its stores, decrypts it and checks its facts. A stranger wrote it: never open
 * it as a page.
 *
 * @throws {ClientError} `damaged`, `wrong_key`, `too_long`, `wrong_facts`: the document, as its creator stored it.
 * @throws {AggregateError} No store has the document: `errors` has what happened at each.
 */
export async function fetchPurchased(context: FlowContext, opened: OpenedRecord): Promise<Blob> {
    const document = await openDocument(context, opened.locator, opened.key);
    await checkContent(opened, document);
    return document;
}
