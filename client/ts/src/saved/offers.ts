// A seller's offers. Deliveries follow these offers, not the orders that a node shows. The file is that of the Rust client.

import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { exactJson } from '../base/exact-json.js';
import type { Deployment } from '../crypto/deployment.js';
import { LABEL_LEN, type Order } from '../generated/index.js';
import { onlyBuyerOf, orderLabel } from '../ledger/accounts.js';
import { ANYONE, orderTerms, padLabel } from '../records/commitments.js';
import { clusterName } from './cluster-name.js';
import { asAddress, Fields, inHex } from './fields.js';
import type { SavedState } from './saved-state.js';

const VERSION = 1n;

/** The terms that a seller and a buyer agree on. */
export type Offer = {
    /** The order. */
    order: Address;
    /** The seller's wallet. */
    seller: Address;
    /** Price of one purchase, in lamports. */
    price: bigint;
    /** Seconds to deliver a purchase. */
    deliveryWindow: number;
    /** A public description of the records. */
    label: string;
    /** The only wallet that may buy; `undefined`: anyone. */
    onlyBuyer: Address | undefined;
    /** The records, in the order's order. Each address follows from its record's contents. */
    records: readonly Address[];
};

/**
 * The offer that an order on the ledger shows.
 *
 * @throws {ClientError} `malformed`: its label is no text, which the program would not have taken.
 */
export function offerOf(address: Address, order: Order): Offer {
    const offer = {
        order: address,
        seller: order.seller,
        price: order.price,
        deliveryWindow: order.deliveryWindow,
        label: orderLabel(order),
        onlyBuyer: onlyBuyerOf(order),
        records: order.records,
    };
    // Decoding replaces bytes that are no text, so that the label becomes another, perhaps longer one.
    const isText = utf8ToBytes(offer.label).length <= LABEL_LEN;
    if (isText && isSame(offerTerms(offer), orderTerms(address, order))) return offer;
    throw new ClientError('malformed', `order ${address} has a label that is no text`);
}

/**
 * The hash of an offer's terms, which a purchase names: 32 bytes of SHA-256.
 *
 * @throws {ClientError} `too_long`, `malformed`: a label that no order has.
 */
export function offerTerms({ label, onlyBuyer, order, ...offer }: Offer): Uint8Array<ArrayBuffer> {
    const records = [...offer.records];
    return orderTerms(order, { ...offer, records, label: padLabel(label), onlyBuyer: onlyBuyer ?? ANYONE });
}

const nameOf = (deployment: Deployment) => `${clusterName(deployment)}/offers`;
/** Offers of orders that were sent, where there is an earlier offer of the same order. */
const unconfirmedName = (deployment: Deployment) => `${nameOf(deployment)}-unconfirmed`;

/**
 * A seller's offers, in the order in which they were made.
 *
 * @throws {ClientError} `offers`: they are damaged, or of another deployment or version.
 */
export async function savedOffers(saved: SavedState, deployment: Deployment): Promise<Offer[]> {
    return readOffers(await saved.read(nameOf(deployment)), deployment);
}

/**
 * The saved offer of an order. With the terms that a buyer agreed to it may be one whose order was sent, and that is not
 * known to be confirmed: the page may have been closed before that.
 *
 * @throws {ClientError} `not_offered`: there is none; `offers`: as {@link savedOffers}.
 */
export async function savedOffer(
    saved: SavedState,
    deployment: Deployment,
    order: Address,
    terms?: ReadonlyUint8Array,
): Promise<Offer> {
    const offer = (await savedOffers(saved, deployment)).find((one) => one.order === order);
    if (!offer) throw new ClientError('not_offered', `order ${order} is not among your offers on this device`);
    if (!terms || isSame(offerTerms(offer), terms)) return offer;
    const unconfirmed = readOffers(await saved.read(unconfirmedName(deployment)), deployment);
    return unconfirmed.find((one) => one.order === order && isSame(offerTerms(one), terms)) ?? offer;
}

/**
 * Saves an offer. `isNew`: one that is there already for the same order stays, since a node may have named a wrong order; if it
 * has other terms, both are kept. Otherwise it takes the place of all others of its order.
 *
 * @throws {ClientError} `offers`: as {@link savedOffers}; nothing changed.
 */
export async function saveOffer(saved: SavedState, deployment: Deployment, offer: Offer, isNew = false): Promise<void> {
    const isOfOrder = ({ order }: Offer) => order === offer.order;
    const hasSameTerms = (one: Offer) => isSame(offerTerms(one), offerTerms(offer));
    // Damage is found before anything changes.
    readOffers(await saved.read(unconfirmedName(deployment)), deployment);
    let isSaved = true;
    await saved.update(nameOf(deployment), (present) => {
        const offers = readOffers(present, deployment);
        const place = offers.findIndex(isOfOrder);
        const earlier = offers[place];
        isSaved = !earlier || !isNew || hasSameTerms(earlier);
        if (earlier && isNew) return present;
        if (earlier) offers[place] = offer;
        else offers.push(offer);
        return offersFile(offers, deployment);
    });
    await saved.update(unconfirmedName(deployment), (present) => {
        const before = readOffers(present, deployment);
        const others = before.filter((one) => !(isNew ? hasSameTerms(one) : isOfOrder(one)));
        if (!isSaved) return offersFile([...others, offer], deployment);
        if (others.length === before.length) return present;
        return others.length > 0 ? offersFile(others, deployment) : undefined;
    });
}

/** Offers as a file that the command line reads, too: `generion deliver --orders FILE`. */
export const offersFile = (offers: readonly Offer[], { genesis, program }: Deployment): string =>
    exactJson({ version: VERSION, genesis, program, offers: offers.map(offerEntry) });

/** An offer, as files have it. */
export function offerEntry(offer: Offer): object {
    const { deliveryWindow, label, onlyBuyer, order, price, records, seller } = offer;
    return {
        order,
        seller,
        price,
        delivery_window: deliveryWindow,
        label,
        ...(onlyBuyer && { only_buyer: onlyBuyer }),
        records,
        // A slip in an edited file is found by this.
        terms: inHex(offerTerms(offer)),
    };
}

const ENTRY = ['order', 'seller', 'price', 'delivery_window', 'label', 'only_buyer', 'records', 'terms'];

/**
 * The offer of an entry in a file.
 *
 * @throws {Error} It is damaged.
 */
export function readOfferEntry(fields: Fields): Offer {
    if (!fields.names().every((name) => ENTRY.includes(name))) throw new Error('an offer has an unknown field');
    const offer = {
        order: fields.address('order'),
        seller: fields.address('seller'),
        price: fields.integer('price', 64),
        deliveryWindow: Number(fields.integer('delivery_window', 32)),
        label: fields.text('label'),
        onlyBuyer: fields.has('only_buyer') ? fields.address('only_buyer') : undefined,
        records: fields.texts('records').map(asAddress),
    };
    if (inHex(offerTerms(offer)) === fields.text('terms')) return offer;
    throw new Error(`the offer of order ${offer.order} is damaged: its terms have another hash`);
}

function readOffers(text: string | undefined, deployment: Deployment): Offer[] {
    if (text === undefined) return [];
    try {
        const fields = Fields.parse(text);
        const version = fields.integer('version', 8);
        if (version !== VERSION) throw new Error(`they have version ${version}, this software knows ${VERSION}`);
        const [genesis, program] = [fields.text('genesis'), fields.text('program')];
        if (genesis !== deployment.genesis || program !== deployment.program) {
            throw new Error(`they are for program ${program} on the cluster with genesis hash ${genesis}`);
        }
        return fields.objects('offers').map(readOfferEntry);
    } catch (error) {
        const reason = error instanceof Error ? error.message : 'they are damaged';
        throw new ClientError('offers', `your offers on this device can't be read: ${reason}`, { cause: error });
    }
}
