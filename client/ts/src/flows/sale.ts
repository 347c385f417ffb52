// A purchase as its seller sees it: compared with the seller's own offer.

import type { Address, MaybeEncodedAccount, ReadonlyUint8Array } from '@solana/kit';
import { isSame, isZero } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { PublicKey, type SecretKey } from '../crypto/keys.js';
import { type BelievedPurchase, deriveSettleSecret, isSettleSecret } from '../crypto/settlement.js';
import { type Purchase, REFUND_GRACE } from '../generated/index.js';
import { type Accounts, purchaseStatus, readMaybeAccount } from '../ledger/accounts.js';
import type { Ledger } from '../ledger/ledger.js';
import type { KeyedAccount } from '../ledger/listings.js';
import { type Witnessed, witnessed, witnessedAccounts } from '../ledger/witnesses.js';
import { orderTerms } from '../records/commitments.js';
import type { Marker } from '../saved/markers.js';
import { type Offer, offerOf, offerTerms, savedOffer } from '../saved/offers.js';
import type { KeySource } from '../wallets/wallet.js';
import type { FlowContext } from './context.js';
import { secretFor } from './own-key.js';

/**
 * The source of the terms that a seller delivers by: the offers that are saved on this device, or the orders on the ledger.
 * Choose `ledger` only deliberately: then the nodes decide what is sold, and at which price.
 */
export type Belief = 'offers' | 'ledger';

/**
 * A purchase, and everything that its seller believes about it. The settle key follows from these beliefs and is never read
 * from the ledger: a node that could choose the settle key could open the delivery.
 */
export type Sale = {
    /** The purchase. */
    purchase: Address;
    /** The seller's offer. */
    offer: Offer;
    /** The purchase, as the nodes showed it. */
    state: Purchase;
    /** The records. Their addresses follow from their contents. */
    records: readonly KeyedAccount<'record'>[];
    /** The seller's encryption key that all records were made for. */
    ownerKey: Uint8Array;
    /** The settle key `S`. */
    settleKey: Uint8Array;
    /** The values from which the settle key is derived. */
    believed: BelievedPurchase;
};

/** The time from which anybody can refund a purchase, by its account: Unix time in seconds. */
export function refundOpens({ deadline, settleBy }: Purchase): bigint {
    return (deadline > settleBy ? deadline : settleBy) + REFUND_GRACE;
}

/** The marker of a sale's settlement. */
export function markerOf({ ledger }: Pick<FlowContext, 'ledger'>, sale: Sale): Marker {
    const { believed, offer, ownerKey, purchase, settleKey } = sale;
    return {
        deployment: ledger.deployment,
        order: offer.order,
        seller: offer.seller,
        purchase,
        deadline: believed.deadline,
        buyerKey: believed.buyerKey.toBytes(),
        terms: believed.terms,
        ownerKey,
        settleKey,
    };
}

/** The records at these addresses, in this order. */
export async function recordsAt(ledger: Ledger, addresses: readonly Address[]): Promise<KeyedAccount<'record'>[]> {
    return await Promise.all(
        addresses.map(async (address) => ({ address, state: (await ledger.get('record', address)).state })),
    );
}

/**
 * Reads a purchase and its records, and compares them with what the seller believes. If enough nodes are configured, they
 * have to agree on the purchase, and on the order where that is believed.
 *
 * @throws {ClientError} As {@link saleOf}; `not_offered`; `not_found`; `nodes_disagree`, `too_few_nodes`, `no_node`.
 */
export async function readSale(
    context: Pick<FlowContext, 'ledger' | 'saved' | 'signal'>,
    keys: KeySource,
    purchase: Address,
    belief: Belief = 'offers',
): Promise<Sale> {
    const { state, doubt } = await shown(context, 'purchase', purchase);
    const offer = await believedOffer(context, state.order, belief, state.terms);
    const records = await recordsAt(context.ledger, offer.records);
    try {
        return await saleOf(context, keys, { address: purchase, state }, offer, records);
    } catch (error) {
        const isOther = error instanceof ClientError && OTHERS.includes(error.code);
        // If too few nodes show something else than the seller believes, that is no more than their claim.
        throw isOther && doubt ? doubt : error;
    }
}

const OTHERS: readonly string[] = ['other_terms', 'other_settle_key'];

/**
 * The offer that a seller made with an order; `terms`: those that its buyer agreed to, where two offers may be of this order.
 *
 * @throws {ClientError} `not_offered`, `offers`; with `ledger` those of reading.
 */
export async function believedOffer(
    context: Pick<FlowContext, 'ledger' | 'saved' | 'signal'>,
    order: Address,
    belief: Belief,
    terms?: ReadonlyUint8Array,
): Promise<Offer> {
    const { ledger, saved } = context;
    if (belief === 'offers') return await savedOffer(saved, ledger.deployment, order, terms);
    const { state } = await shown(context, 'order', order);
    return offerOf(order, state);
}

/** An account that witnesses agree on or, where they are too few, that all nodes show alike; with the reason why so few. */
async function shown<Name extends keyof Accounts>(
    { ledger, signal }: Pick<FlowContext, 'ledger' | 'signal'>,
    kind: Name,
    address: Address,
): Promise<{ state: Accounts[Name]; doubt?: ClientError }> {
    const alike = async () => (await ledger.get(kind, address)).state;
    if (ledger.nodes.length === 1) return { state: await alike() };
    let witnesses: Witnessed<Accounts[Name] | undefined>;
    try {
        witnesses = await witnessed(ledger, kind, address, (state) => state, { signal });
    } catch (error) {
        if (!(error instanceof ClientError) || error.code !== 'too_few_nodes') throw error;
        return { state: await alike(), doubt: error };
    }
    if (witnesses.value) return { state: witnesses.value };
    const doubt = new ClientError('purchase_state', `the ${kind} at ${address} does not exist, or is not final yet`);
    return { state: await alike(), doubt };
}

/**
 * Compares a purchase with an offer, and derives the settle key. Reads nothing from a node.
 *
 * @throws {ClientError} `other_terms`; `other_settle_key`; `foreign_key`: the records were not made for a key of this
 * seller; `other_seller`; `malformed`: what is on the ledger can't be delivered.
 */
export async function saleOf(
    { ledger }: Pick<FlowContext, 'ledger'>,
    keys: KeySource,
    { address: purchase, state }: KeyedAccount<'purchase'>,
    offer: Offer,
    records: readonly KeyedAccount<'record'>[],
): Promise<Sale> {
    if (state.seller !== keys.wallet) {
        throw new ClientError(
            'other_seller',
            `purchase ${purchase} is from seller ${state.seller}, not from ${keys.wallet}`,
        );
    }
    const terms = offerTerms(offer);
    const difference = differenceOf(state, offer, terms);
    if (difference) throw otherTerms(purchase, state.order, difference);
    const [first] = records;
    const isListed = records.length === offer.records.length;
    if (!first || !isListed || records.some(({ address }, index) => address !== offer.records[index])) {
        throw new ClientError('malformed', `the records are not those of order ${offer.order}`);
    }
    const ownerKey = Uint8Array.from(first.state.ownerKey);
    if (!records.every((record) => isSame(record.state.ownerKey, ownerKey))) {
        throw new ClientError('malformed', `the records of order ${offer.order} were made for several keys`);
    }
    const buyerKey = PublicKey.fromBytes('purchase', state.buyerKey);
    if (!buyerKey) throw new ClientError('malformed', `the buyer's key of purchase ${purchase} is none`);
    const believed = { purchase, deadline: state.deadline, buyerKey, terms };
    const secret = await secretFor({ ledger }, keys, ownerKey, first.state.keyIndex);
    const settleKey = deriveSettleSecret(ledger.deployment, secret, believed).publicKey.toBytes();
    const sale = { purchase, offer, state, records, ownerKey, settleKey, believed };
    if (!isOf(sale, state)) throw otherSettleKey(purchase);
    return sale;
}

/** The seller's secret for the key that the records of a sale were made for. */
export async function saleSecret(
    context: Pick<FlowContext, 'ledger' | 'onNotice'>,
    keys: KeySource,
    { ownerKey, records }: Sale,
): Promise<SecretKey<'encryption'>> {
    return await secretFor(context, keys, ownerKey, records[0]?.state.keyIndex ?? 0);
}

/**
 * The final state of a sale's purchase, if enough nodes agree on it and the order has the terms of the sale. `undefined`: the
 * purchase does not exist, or not yet.
 *
 * @throws {ClientError} `nodes_disagree`, `too_few_nodes`, `wrong_cluster`; `other_terms`, `other_settle_key`: the purchase
 * is not the one that the seller believes in.
 */
export async function agreedSale(
    { ledger, signal }: Pick<FlowContext, 'ledger' | 'signal'>,
    sale: Sale,
): Promise<(Witnessed<unknown> & { state: Purchase }) | undefined> {
    const { believed, offer, purchase } = sale;
    const { order } = offer;
    const { program } = ledger.deployment;
    const project = async ([one, other]: readonly MaybeEncodedAccount[]) => {
        const bought = one && (await readMaybeAccount('purchase', one, program));
        const ordered = other && (await readMaybeAccount('order', other, program));
        // Of the order nothing but its terms: its counts change.
        return { state: bought?.data, terms: ordered && orderTerms(order, ordered.data) };
    };
    const subject = `the purchase at ${purchase}`;
    const question = { subject, addresses: [purchase, order], project };
    const { value, ...rest } = await witnessedAccounts(ledger, question, { signal });
    const { state, terms } = value;
    if (!state) return undefined;
    if (!terms || !isSame(terms, believed.terms)) {
        throw otherTerms(purchase, order, 'the order on the ledger has other terms');
    }
    if (isOf(sale, state)) return { value, ...rest, state };
    if (!isSame(state.terms, believed.terms) || state.deadline !== believed.deadline) {
        throw otherTerms(purchase, order, 'there is another purchase at this address now');
    }
    throw otherSettleKey(purchase);
}

/** Whether an account holds this purchase, and its settle key, if it has one, is this seller's. */
function isOf({ believed, offer, settleKey, state: seen }: Sale, state: Purchase): boolean {
    const count = offer.records.length;
    const isSamePurchase =
        state.order === seen.order &&
        state.seller === seen.seller &&
        state.buyer === seen.buyer &&
        isSame(state.buyerKey, seen.buyerKey) &&
        state.price === seen.price &&
        state.deadline === seen.deadline &&
        isSame(state.terms, believed.terms) &&
        state.recordCount === count &&
        state.capsules.length === count;
    if (!isSamePurchase) return false;
    if (purchaseStatus(state) === 'settled') return isSettleSecret(state.settleKey, settleKey);
    return isZero(state.settleKey) || isSame(state.settleKey, settleKey);
}

/** How a purchase differs from an offer, in words; `undefined`: it does not. */
function differenceOf(state: Purchase, offer: Offer, terms: Uint8Array): string | undefined {
    if (state.order !== offer.order || state.seller !== offer.seller) return 'it belongs to another order or seller';
    if (state.price < offer.price) {
        return `${state.price} lamports are in escrow, but the price is ${offer.price} lamports`;
    }
    if (offer.onlyBuyer && offer.onlyBuyer !== state.buyer) return 'the order is for another buyer';
    if (state.recordCount !== offer.records.length) {
        return `it is for ${state.recordCount} records, but ${offer.records.length} are offered`;
    }
    return isSame(state.terms, terms) ? undefined : 'the buyer agreed to other terms';
}

const otherTerms = (purchase: Address, order: Address, difference: string) =>
    new ClientError(
        'other_terms',
        `purchase ${purchase} of order ${order} is not what you offered: ${difference}. Nothing was delivered`,
    );

const otherSettleKey = (purchase: Address) =>
    new ClientError(
        'other_settle_key',
        `purchase ${purchase} has a settle key that is not yours: somebody else delivered to it, or a node lies. Nothing was sent`,
    );
