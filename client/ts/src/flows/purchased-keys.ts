// The keys that a buyer opens a purchase with, from the ledger or from the receipt.

import type { Address } from '@solana/kit';
import { isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { derivePurchaseSecret, deriveStudySecret, type SecretKey } from '../crypto/keys.js';
import { deliverySecret } from '../crypto/settlement.js';
import type { Purchase } from '../generated/index.js';
import { witnessed } from '../ledger/witnesses.js';
import { openRecordElement } from '../records/opening.js';
import { offerOf, offerTerms } from '../saved/offers.js';
import {
    type DeliveredKeys,
    deliveredKeys,
    makeReceipt,
    makeSeatReceipt,
    nextReceiptName,
    type PurchaseReceipt,
    receiptText,
    savedReceipts,
    saveReceipt,
} from '../saved/receipts.js';
import type { Wallet } from '../wallets/wallet.js';
import type { FlowContext } from './context.js';
import { recordsAt } from './sale.js';

/** What the functions here take of the context. */
type PurchaseContext = Pick<FlowContext, 'ledger' | 'saved' | 'signal'>;

/** A receipt, and the keys of its purchase. */
export type OwnedKeys = { receipt: PurchaseReceipt; keys: DeliveredKeys };

/**
 * Saves the keys of a settled purchase in a new version of its receipt, encrypted to the buyer as the ledger has them: with
 * them `openPurchase` works when the purchase is closed, too. Nothing in a receipt is secret. Where the latest receipt has
 * these keys already, nothing is saved. Returns the name of the receipt that has them.
 *
 * Every one of them is opened first: a node that shows false keys while the true ones are about to go would destroy what was
 * paid for. Keys that don't open a record are saved only where enough nodes agree on them: then its creator cheated.
 *
 * @throws {ClientError} `not_delivered`, `not_settled`; `receipt`; `wrong_key`, `malformed`: keys that are not the record's,
 * and that not enough nodes show; `wrong_wallet`.
 */
export async function exportKeys(
    context: PurchaseContext,
    buyer: Wallet,
    purchase: Address,
    study?: Address,
): Promise<string> {
    const { ledger, saved } = context;
    const { deployment } = ledger;
    const { state } = await ledger.get('purchase', purchase);
    const keys = deliveredKeys(purchase, state);
    const receipt = await receiptOf(context, purchase, state, study);
    try {
        await requireOpening(context, buyer, { receipt, keys });
    } catch (error) {
        if (!(await areAgreed(context, purchase, keys))) throw error;
    }
    const whole = { ...receipt, delivered: keys };
    const [latest] = await savedReceipts(saved, deployment, purchase);
    if (latest && 'receipt' in latest && receiptText(latest.receipt) === receiptText(whole)) return latest.name;
    const name = await nextReceiptName(saved, deployment, purchase);
    await saveReceipt(saved, name, whole);
    return name;
}

/** Opens every capsule, and compares what is in it with the record's data public key. */
async function requireOpening(context: PurchaseContext, buyer: Wallet, { keys, receipt }: OwnedKeys): Promise<void> {
    const secret = await openingSecret(context, buyer, { receipt, keys });
    for (const [index, record] of receipt.records.entries()) {
        const capsule = keys.capsules[index];
        if (capsule) openRecordElement(capsule, secret, record);
    }
}

/** Whether enough nodes agree on the keys. */
async function areAgreed(
    { ledger, signal }: PurchaseContext,
    purchase: Address,
    keys: DeliveredKeys,
): Promise<boolean> {
    const { value } = await witnessed(ledger, 'purchase', purchase, (state) => state, { signal });
    if (!value) return false;
    const agreed = deliveredKeys(purchase, value);
    return (
        isSame(agreed.buyerKey, keys.buyerKey) &&
        isSame(agreed.settleSecret, keys.settleSecret) &&
        agreed.capsules.length === keys.capsules.length &&
        agreed.capsules.every(({ ephemeral, masked }, index) => {
            const own = keys.capsules[index];
            return own !== undefined && isSame(own.ephemeral, ephemeral) && isSame(own.masked, masked);
        })
    );
}

/**
 * The secret that opens the capsules of a purchase, once the buyer's key was compared with what the purchase has.
 *
 * @throws {ClientError} `wrong_wallet`; `not_settled`; `not_delivered`; `not_deterministic`, `not_plain`.
 */
export async function openingSecret(
    { ledger }: Pick<FlowContext, 'ledger'>,
    buyer: Wallet,
    { keys, receipt }: OwnedKeys,
): Promise<SecretKey<'delivery'>> {
    const { purchase, records } = receipt;
    const secret = await buyerSecret({ ledger }, buyer, receipt);
    if (!isSame(secret.publicKey.toBytes(), keys.buyerKey)) {
        throw new ClientError(
            'wrong_wallet',
            `wallet ${buyer.address}: the key of purchase ${purchase} is not the one of this wallet`,
        );
    }
    if (records.length !== keys.capsules.length) {
        const words = `${keys.capsules.length} of ${records.length} records of purchase ${purchase} are delivered`;
        throw new ClientError('not_delivered', words);
    }
    return deliverySecret(secret, keys.settleSecret);
}

/** The secret of a wallet's purchases of an order, or of a study's seats. */
async function buyerSecret(
    { ledger }: Pick<FlowContext, 'ledger'>,
    buyer: Wallet,
    receipt: PurchaseReceipt,
): Promise<SecretKey<'purchase' | 'study'>> {
    const { deployment } = ledger;
    const { offer, purchase, study } = receipt;
    if (study) return await deriveStudySecret(deployment, buyer.address, study, buyer.signMessage);
    if (receipt.buyer !== buyer.address) {
        throw new ClientError(
            'wrong_wallet',
            `purchase ${purchase} is by wallet ${receipt.buyer}, not by ${buyer.address}`,
        );
    }
    return await derivePurchaseSecret(deployment, buyer.address, offer.order, buyer.signMessage);
}

/**
 * The receipt of a purchase: the latest one on the purchase's terms, since a node may have shown other records when another one
 * was saved. One that got lost is made again, and not saved, where the ledger still has the order and its records, and they are
 * on the purchase's terms. For a seat this takes its study, which does not follow from the seat.
 *
 * @throws {ClientError} `receipt`; `other_terms`; those of reading.
 */
export async function receiptOf(
    { ledger, saved }: PurchaseContext,
    purchase: Address,
    { buyer, order, seat, terms }: Purchase,
    study?: Address,
): Promise<PurchaseReceipt> {
    const { deployment } = ledger;
    const receipts = await savedReceipts(saved, deployment, purchase);
    let unreadable: ClientError | undefined;
    for (const one of receipts) {
        if ('error' in one) unreadable ??= one.error;
        else if (isSame(offerTerms(one.receipt.offer), terms)) return one.receipt;
    }
    if (unreadable) throw unreadable;
    if (seat !== 0 && !study) {
        throw new ClientError('receipt', `there is no receipt of seat ${purchase} on this device: name its study`);
    }
    try {
        const offer = offerOf(order, (await ledger.get('order', order)).state);
        if (!isSame(offerTerms(offer), terms)) {
            throw new ClientError(
                'other_terms',
                `the order ${order} that the nodes show has other terms than purchase ${purchase}`,
            );
        }
        const records = await recordsAt(ledger, offer.records);
        return study
            ? await makeSeatReceipt(deployment, study, offer, records)
            : await makeReceipt(deployment, buyer, offer, records);
    } catch (error) {
        if (!(error instanceof ClientError) || error.code !== 'not_found') throw error;
        throw new ClientError(
            'receipt',
            `there is no receipt of purchase ${purchase} on this device, and the ledger does not have its order any more`,
            { cause: error },
        );
    }
}

/**
 * The latest receipt that has the keys of a purchase.
 *
 * @throws {ClientError} `receipt`: one can't be read; `not_found`: none has them.
 */
export async function exportedKeys({ ledger, saved }: PurchaseContext, purchase: Address): Promise<OwnedKeys> {
    let unreadable: ClientError | undefined;
    for (const one of await savedReceipts(saved, ledger.deployment, purchase)) {
        if ('error' in one) unreadable ??= one.error;
        // An older one may have them.
        else if (one.receipt.delivered) return { receipt: one.receipt, keys: one.receipt.delivered };
    }
    throw unreadable ?? new ClientError('not_found', `there is no purchase at ${purchase}`);
}
