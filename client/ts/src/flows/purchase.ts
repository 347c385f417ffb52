// Buying: a buyer sees an offer, saves a receipt, and pays for exactly this offer.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { derivePurchaseSecret } from '../crypto/keys.js';
import { getClosePurchaseInstruction, getPurchaseInstructionAsync, getRefundInstruction } from '../generated/index.js';
import type { KeyedAccount } from '../ledger/listings.js';
import { type Offer, offerOf, offerTerms } from '../saved/offers.js';
import { makeReceipt, nextReceiptName, type PurchaseReceipt, saveReceipt } from '../saved/receipts.js';
import type { Wallet } from '../wallets/wallet.js';
import { type Actor, type FlowContext, payerOf } from './context.js';
import { accountToCreate, type Prepared } from './prepared.js';
import { exportKeys } from './purchased-keys.js';
import { recordsAt } from './sale.js';

/** The conditions of a buyer. */
export type BuyOptions = {
    /** Whether records that their seller wrote are accepted [default: no]. */
    acceptSelfIssued?: boolean;
    /** The highest price that is paid, in lamports [default: the order's]. */
    maxPrice?: bigint;
};

/**
 * An order's offer as the buyer was shown it. The buyer buys exactly this offer: the purchase names the hash of its terms, and
 * the program refuses any other terms.
 */
export type ShownOffer = {
    /** The terms. */
    offer: Offer;
    /** The records with their contents, in the order's order. Their addresses, which the terms name, follow from these. */
    records: readonly KeyedAccount<'record'>[];
    /** The records that their seller wrote, so that nobody else vouches for them. */
    selfIssued: readonly Address[];
    /** Whether it takes purchases, as the nodes say. */
    isOpen: boolean;
};

/**
 * An order's offer, as a buyer is to be shown it. Refused where the buyer can't buy it, or the options don't allow it.
 *
 * @throws {ClientError} `too_expensive`; `only_buyer`; `self_issued`; `not_found`; those of reading.
 */
export async function showOffer(
    { ledger }: Pick<FlowContext, 'ledger'>,
    order: Address,
    buyer: Address,
    { acceptSelfIssued = false, maxPrice }: BuyOptions = {},
): Promise<ShownOffer> {
    const { state } = await ledger.get('order', order);
    const offer = offerOf(order, state);
    if (maxPrice !== undefined && offer.price > maxPrice) {
        throw new ClientError(
            'too_expensive',
            `order ${order} costs ${offer.price} lamports, more than the ${maxPrice} that you agreed to`,
        );
    }
    if (offer.onlyBuyer && offer.onlyBuyer !== buyer) {
        throw new ClientError('only_buyer', `only wallet ${offer.onlyBuyer} may buy order ${order}`);
    }
    const records = await recordsAt(ledger, offer.records);
    const selfIssued = records.filter((one) => one.state.creator === one.state.owner).map(({ address }) => address);
    if (selfIssued.length > 0 && !acceptSelfIssued) {
        throw new ClientError(
            'self_issued',
            `the seller ${offer.seller} wrote record ${selfIssued[0]} of order ${order}: nobody else vouches for it`,
        );
    }
    return { offer, records, selfIssued, isOpen: state.open !== 0 };
}

/** A purchase that is to be made. */
export type Bought = {
    /** The purchase. */
    purchase: Address;
    /** The receipt, which is saved before anything is paid. */
    receipt: PurchaseReceipt;
    /** The name under which it is saved. */
    receiptName: string;
};

/**
 * Buys an order on the terms that were shown: its price goes into escrow. Nothing is read again. The receipt, which it takes
 * to open the records later, is saved before anything is paid.
 *
 * @throws {ClientError} `not_deterministic`, `not_plain`: no key can be derived from the buyer's wallet.
 */
export async function buy(
    { ledger, saved }: Pick<FlowContext, 'ledger' | 'saved'>,
    buyer: Pick<Actor, 'wallet' | 'payer'>,
    { offer, records }: ShownOffer,
): Promise<Prepared<Bought>> {
    const { deployment } = ledger;
    const { address, signMessage, signer } = buyer.wallet;
    const receipt = await makeReceipt(deployment, address, offer, records);
    const receiptName = await nextReceiptName(saved, deployment, receipt.purchase);
    const secret = await derivePurchaseSecret(deployment, address, offer.order, signMessage);
    const instruction = await getPurchaseInstructionAsync(
        {
            buyer: signer,
            order: offer.order,
            buyerKey: secret.publicKey.toBytes(),
            terms: offerTerms(offer),
        },
        { programAddress: deployment.program },
    );
    return {
        outcome: { purchase: receipt.purchase, receipt, receiptName },
        instructions: [instruction],
        feePayer: payerOf(buyer),
        newAccounts: [accountToCreate('purchase', offer.records.length)],
        saveFirst: () => saveReceipt(saved, receiptName, receipt),
    };
}

/**
 * Returns price and rent of a purchase to its buyer. The seller can do so while records are still to be delivered; anyone can
 * from 300 s after the deadline or, once the purchase is locked, after the time to settle.
 *
 * @throws {ClientError} `not_found`; those of reading.
 */
export async function refund(
    { ledger }: Pick<FlowContext, 'ledger'>,
    authority: Pick<Actor, 'wallet' | 'payer'>,
    purchase: Address,
): Promise<Prepared> {
    const { buyer, order } = (await ledger.get('purchase', purchase)).state;
    const instruction = getRefundInstruction(
        { authority: authority.wallet.signer, buyer, order, purchase },
        { programAddress: ledger.deployment.program },
    );
    return { outcome: undefined, instructions: [instruction], feePayer: payerOf(authority), newAccounts: [] };
}

/**
 * Closes a settled purchase and returns its rent to the buyer. Its keys are gone from the ledger then, so they are saved in its
 * receipt first, as `exportKeys` does.
 *
 * @param discardKeys Closes it without saving the keys: its records can't be opened any more.
 */
export function closePurchase(
    context: Pick<FlowContext, 'ledger' | 'saved' | 'signal'>,
    buyer: { wallet: Wallet; payer?: Actor['payer'] },
    purchase: Address,
    discardKeys = false,
): Prepared {
    const instruction = getClosePurchaseInstruction(
        { buyer: buyer.wallet.signer, purchase },
        { programAddress: context.ledger.deployment.program },
    );
    return {
        outcome: undefined,
        instructions: [instruction],
        feePayer: buyer.payer ?? buyer.wallet.signer,
        newAccounts: [],
        ...(!discardKeys && {
            saveFirst: async () => {
                await exportKeys(context, buyer.wallet, purchase);
            },
        }),
    };
}
