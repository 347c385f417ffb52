// Receipts of purchases, saved before anything is paid. The file is that of the Rust client: either reads the other's.

import { type Address, isAddress, type ReadonlyUint8Array } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { exactJson } from '../base/exact-json.js';
import type { Deployment } from '../crypto/deployment.js';
import {
    type Capsule,
    findPurchasePda,
    findRecordPda,
    findSeatPda,
    findVaultPda,
    type Purchase,
} from '../generated/index.js';
import { deliveredCapsules, purchaseStatus } from '../ledger/accounts.js';
import type { KeyedAccount } from '../ledger/listings.js';
import { type RecordContents, recordContents } from '../records/commitments.js';
import { clusterName } from './cluster-name.js';
import { asCapsule, capsuleInHex, Fields, inHex } from './fields.js';
import { type Offer, offerEntry, readOfferEntry } from './offers.js';
import type { SavedState } from './saved-state.js';

/** The version of a purchase's receipt, and that of a seat's, which names the study. */
const [VERSION, SEAT_VERSION] = [2n, 3n];

/** The contents to which a record's address commits: everything that opening the record takes, except its group element. */
export type ReceiptRecord = RecordContents & {
    /** The record, whose address follows from everything else. */
    address: Address;
};

/** The contents of a settled purchase: the records' keys, encrypted to the buyer, and the seller's secret. */
export type DeliveredKeys = {
    /** `B`, the key that the buyer's wallet made for this purchase. */
    buyerKey: ReadonlyUint8Array;
    /** `s`, which the seller showed to be paid. */
    settleSecret: ReadonlyUint8Array;
    /** One capsule for each record. */
    capsules: readonly Capsule[];
};

/**
 * What a buyer saves before paying. With it and the delivered capsules, the buyer can open the records, whatever becomes of
 * the order and the records' accounts, and whatever a node shows. Nothing in it is secret.
 *
 * A receipt is never overwritten. A buyer who buys an order again, or saves the keys of a purchase, gets a new version beside
 * the earlier ones: `ADDRESS`, `ADDRESS.2`, and so on.
 */
export type PurchaseReceipt = {
    /** The cluster, and the program there. */
    deployment: Deployment;
    /** The terms of the purchase. */
    offer: Offer;
    /** The study, if the purchase is a seat; `undefined`: a wallet bought. */
    study?: Address | undefined;
    /** The purchase. */
    purchase: Address;
    /** The buyer's wallet, or the study's vault. */
    buyer: Address;
    /** The order's records, in its order. */
    records: readonly ReceiptRecord[];
    /** The delivered keys, saved before the purchase is closed; `undefined`: the ledger still has them. */
    delivered: DeliveredKeys | undefined;
};

/**
 * The keys of a purchase on the ledger.
 *
 * @throws {ClientError} `not_delivered`, `not_settled`.
 */
export function deliveredKeys(address: Address, purchase: Purchase): DeliveredKeys {
    const capsules = deliveredCapsules(purchase).filter((capsule) => capsule !== undefined);
    const total = purchase.capsules.length;
    if (capsules.length < total) {
        const words = `${capsules.length} of ${total} records of purchase ${address} are delivered`;
        throw new ClientError('not_delivered', `${words}: wait for the seller`);
    }
    if (purchaseStatus(purchase) !== 'settled') {
        throw new ClientError('not_settled', `purchase ${address} is not settled yet: wait for the seller`);
    }
    return { buyerKey: purchase.buyerKey, settleSecret: purchase.settleKey, capsules };
}

/** The receipt for a purchase that is about to be made. */
export async function makeReceipt(
    deployment: Deployment,
    buyer: Address,
    offer: Offer,
    records: readonly KeyedAccount<'record'>[],
): Promise<PurchaseReceipt> {
    const [purchase] = await findPurchasePda({ order: offer.order, buyer }, { programAddress: deployment.program });
    return { deployment, offer, purchase, buyer, records: contentsOf(records), delivered: undefined };
}

/** The receipt for a seat, which a study's sponsor saves when a participant joins, since nobody else will. */
export async function makeSeatReceipt(
    deployment: Deployment,
    study: Address,
    offer: Offer,
    records: readonly KeyedAccount<'record'>[],
): Promise<PurchaseReceipt> {
    const { purchase, vault } = await seatOf(deployment, study, offer.seller);
    return { deployment, study, offer, purchase, buyer: vault, records: contentsOf(records), delivered: undefined };
}

/** The addresses of a participant's seat and of the study's vault. */
async function seatOf({ program }: Deployment, study: Address, participant: Address) {
    const config = { programAddress: program };
    const [vault] = await findVaultPda({ study }, config);
    const [purchase] = await findSeatPda({ vault, participant }, config);
    return { purchase, vault };
}

const contentsOf = (records: readonly KeyedAccount<'record'>[]): ReceiptRecord[] =>
    records.map(({ address, state }) => ({
        address,
        owner: state.owner,
        creator: state.creator,
        ownerKey: state.ownerKey,
        dataPublicKey: state.dataPublicKey,
        capsule: state.capsule,
        factsRoot: state.factsRoot,
        locator: state.locator,
    }));

/** A receipt as a file has it. */
export function receiptText(receipt: PurchaseReceipt): string {
    const { buyer, delivered, deployment, offer, purchase, records, study } = receipt;
    return exactJson({
        version: study ? SEAT_VERSION : VERSION,
        genesis: deployment.genesis,
        program: deployment.program,
        ...(study && { study }),
        purchase,
        buyer,
        offer: offerEntry(offer),
        records: records.map((record) => ({
            address: record.address,
            owner: record.owner,
            creator: record.creator,
            owner_key: inHex(record.ownerKey),
            data_public_key: inHex(record.dataPublicKey),
            capsule: capsuleInHex(record.capsule),
            facts_root: inHex(record.factsRoot),
            locator: inHex(record.locator),
        })),
        ...(delivered && {
            delivered: {
                buyer_key: inHex(delivered.buyerKey),
                settle_secret: inHex(delivered.settleSecret),
                capsules: delivered.capsules.map(capsuleInHex),
            },
        }),
    });
}

/**
 * Reads a receipt, and recomputes every address in it.
 *
 * @throws {ClientError} `receipt`: it is damaged, or of another version.
 */
export async function readReceipt(text: string): Promise<PurchaseReceipt> {
    let receipt: PurchaseReceipt;
    try {
        const fields = Fields.parse(text);
        const version = fields.integer('version', 8);
        if (version !== VERSION && version !== SEAT_VERSION) {
            const known = `versions ${VERSION} and ${SEAT_VERSION}`;
            throw new Error(`it has version ${version}, this software knows ${known}`);
        }
        receipt = {
            deployment: { genesis: fields.address('genesis'), program: fields.address('program') },
            ...(version === SEAT_VERSION && { study: fields.address('study') }),
            offer: readOfferEntry(fields.object('offer')),
            purchase: fields.address('purchase'),
            buyer: fields.address('buyer'),
            records: fields.objects('records').map(readRecord),
            delivered: fields.has('delivered') ? readKeys(fields.object('delivered')) : undefined,
        };
    } catch (error) {
        const reason = error instanceof Error ? error.message : 'it is no receipt';
        throw new ClientError('receipt', `the receipt is damaged: ${reason}`, { cause: error });
    }
    if (await isConsistent(receipt)) return receipt;
    throw new ClientError('receipt', 'the receipt is damaged: what it says does not belong together');
}

const readRecord = (fields: Fields): ReceiptRecord => ({
    address: fields.address('address'),
    owner: fields.address('owner'),
    creator: fields.address('creator'),
    ownerKey: fields.bytes('owner_key', 32),
    dataPublicKey: fields.bytes('data_public_key', 32),
    capsule: fields.capsule('capsule'),
    factsRoot: fields.bytes('facts_root', 32),
    locator: fields.bytes('locator'),
});

const readKeys = (fields: Fields): DeliveredKeys => ({
    buyerKey: fields.bytes('buyer_key', 32),
    settleSecret: fields.bytes('settle_secret', 32),
    capsules: fields.texts('capsules').map(asCapsule),
});

/**
 * Whether every address in it follows from what it says, and it has as many records and capsules as were bought: one with
 * fewer would silently open less than was paid for.
 */
async function isConsistent(receipt: PurchaseReceipt): Promise<boolean> {
    const { buyer, delivered, deployment, offer, purchase, records, study } = receipt;
    const config = { programAddress: deployment.program };
    if (records.length !== offer.records.length) return false;
    for (const [index, record] of records.entries()) {
        const [address] = await findRecordPda({ owner: record.owner, contents: recordContents(record) }, config);
        if (record.address !== address || offer.records[index] !== address) return false;
    }
    if (delivered && delivered.capsules.length !== records.length) return false;
    if (study) {
        const seat = await seatOf(deployment, study, offer.seller);
        return seat.purchase === purchase && seat.vault === buyer;
    }
    const [bought] = await findPurchasePda({ order: offer.order, buyer }, config);
    return bought === purchase;
}

const placeOf = (deployment: Deployment) => `${clusterName(deployment)}/receipts`;

const nameOf = (deployment: Deployment, purchase: Address, version: number) =>
    `${placeOf(deployment)}/${purchase}${version === 1 ? '' : `.${version}`}`;

/** The versions of a purchase's receipt, in order. */
async function versionsOf(saved: SavedState, deployment: Deployment, purchase: Address): Promise<number[]> {
    const first = nameOf(deployment, purchase, 1);
    const versions = (await saved.names(placeOf(deployment))).flatMap((name) => {
        if (name === first) return [1];
        const version = name.startsWith(`${first}.`) ? name.slice(first.length + 1) : '';
        return /^[1-9][0-9]{0,8}$/.test(version) && version !== '1' ? [Number(version)] : [];
    });
    return versions.sort((one, other) => one - other);
}

/** The name of the next version of a purchase's receipt. */
export async function nextReceiptName(saved: SavedState, deployment: Deployment, purchase: Address): Promise<string> {
    const versions = await versionsOf(saved, deployment, purchase);
    return nameOf(deployment, purchase, (versions.at(-1) ?? 0) + 1);
}

/**
 * Saves a receipt under a name that has none, or the same. It is on the disk when this returns.
 *
 * @throws {ClientError} `receipt`: another receipt was saved there meanwhile.
 */
export async function saveReceipt(saved: SavedState, name: string, receipt: PurchaseReceipt): Promise<void> {
    const text = receiptText(receipt);
    await saved.update(name, (present) => {
        if (present === undefined || present === text) return text;
        throw new ClientError('receipt', `another receipt was saved as ${name} meanwhile: try again`);
    });
}

/** The purchases of which there are receipts, sorted. */
export async function purchasesWithReceipts(saved: SavedState, deployment: Deployment): Promise<Address[]> {
    const place = placeOf(deployment);
    const purchases = (await saved.names(place)).map((name) => name.slice(place.length + 1).split('.')[0] ?? '');
    return [...new Set(purchases.filter((purchase): purchase is Address => isAddress(purchase)))];
}

/** A saved receipt, or why it can't be read. */
export type SavedReceipt = { name: string } & ({ receipt: PurchaseReceipt } | { error: ClientError });

/** All receipts of a purchase, the latest first. One that can't be read does not hide the others. */
export async function savedReceipts(
    saved: SavedState,
    deployment: Deployment,
    purchase: Address,
): Promise<SavedReceipt[]> {
    const receipts: SavedReceipt[] = [];
    for (const version of (await versionsOf(saved, deployment, purchase)).reverse()) {
        const name = nameOf(deployment, purchase, version);
        const text = await saved.read(name);
        if (text === undefined) continue;
        try {
            const receipt = await readReceipt(text);
            const { genesis, program } = receipt.deployment;
            if (genesis !== deployment.genesis || program !== deployment.program || receipt.purchase !== purchase) {
                throw new ClientError('receipt', 'the receipt is of another purchase or deployment');
            }
            receipts.push({ name, receipt });
        } catch (error) {
            if (!(error instanceof ClientError)) throw error;
            receipts.push({ name, error: new ClientError('receipt', `${name}: ${error.message}`, { cause: error }) });
        }
    }
    return receipts;
}
