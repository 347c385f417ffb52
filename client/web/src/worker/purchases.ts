// The purchases of the unlocked account: waiting for delivery, opening, refunds.

import {
    ClientError,
    type ClientErrorCode,
    closePurchase,
    deliveredCapsules,
    type FlowContext,
    fetchPurchased,
    ledgerTime,
    listPurchases,
    nextReceiptName,
    type OpenedPurchase,
    offerOf,
    openPurchase,
    type Purchase,
    type PurchasedRecord,
    type PurchaseReceipt,
    purchaseStatus,
    purchasesWithReceipts,
    readMany,
    readReceipt,
    receiptText,
    refund,
    refundOpens,
    savedReceipts,
    saveReceipt,
    sendPrepared,
} from '@generion/client';
import type { Address } from '@solana/kit';
import { oneLine } from '../render/plain-text.js';
import { lookAgain, stateWithout } from './missing-purchases.js';
import { mayStillLand } from './sent-purchases.js';
import type { Session } from './session.js';

/**
 * The state of a purchase. `pending`: some records are not delivered; `locked`: all keys are delivered and proven, and the
 * seller has to release them to be paid; `settled`: it can be opened; `closed`: it is gone from the ledger, and this device
 * has
 * its keys; `absent`: it is gone, and this device has a receipt without keys: it was refunded, or never paid; `awaited`:
 * the same,
 * but its payment was sent so lately that the network may still take it; `disputed`: the nodes contradict each other about
 * it.
 */
export type PurchaseState = 'pending' | 'locked' | 'settled' | 'closed' | 'absent' | 'awaited' | 'disputed';

/** A purchase. Times are in seconds since 1970. */
export type PurchaseCard = {
    address: Address;
    order: Address;
    seller: Address;
    state: PurchaseState;
    /** The seller's description of the records; `undefined`: neither a receipt nor the order says it. */
    label: string | undefined;
    /** Lamports. */
    price: bigint;
    recordCount: number;
    /** Records whose keys are delivered and proven. */
    delivered: number;
    /** Until when the seller has to do the next step. */
    due: number | undefined;
    /** From when the account can take the price back. */
    refundFrom: number | undefined;
    /** Whether that is now, by the ledger's clock. */
    isRefundable: boolean;
    /** Whether this device has a receipt. */
    hasReceipt: boolean;
    /** Whether this device has the keys of an earlier or this purchase, whatever the ledger has. */
    hasKeys: boolean;
};

/** The purchases of the account. */
export type PurchaseList = {
    /** Sorted: purchases that need attention come first. */
    purchases: PurchaseCard[];
    /** Receipts on this device that can't be read. */
    damaged: number;
    /** Whether purchases may be missing, because the nodes contradict each other. */
    isIncomplete: boolean;
};

type Cards = { cards: PurchaseCard[]; disputed: ReadonlySet<Address> };
type Receipts = { receipts: Map<Address, PurchaseReceipt[]>; damaged: number };

/** A purchased record; `problem`: why it can't be opened. */
export type BoughtRecord = {
    address: Address;
    creator: Address;
    isSelfIssued: boolean;
    about: { kind: string; mediaType: string; isSigned: boolean; size: bigint } | undefined;
    problem: ClientErrorCode | undefined;
};

/** A purchased record with its document. */
export type BoughtDocument = BoughtRecord & {
    /** The plain text. A stranger wrote it. */
    document: Blob;
};

/** A receipt as a file. */
export type ReceiptFile = { name: string; text: string };

/** The purchase of an imported file, and whether the file was new. */
export type Import = { purchase: Address; isNew: boolean };

/** Bytes of the longest receipt that is read: one of 24 records has some 60,000. */
const LONGEST_RECEIPT = 1_000_000;

/** Looks after what the unlocked account bought. */
export class Purchases {
    /** Opened purchases by wallet and address: a wallet app need not sign for each document. */
    readonly #opened = new Map<string, OpenedPurchase>();

    constructor(private readonly session: Session) {}

    /** The account's purchases: those on the ledger, and those that this device has a receipt of. */
    async list(): Promise<PurchaseList> {
        const context = await this.session.context();
        const { keys } = this.session.actor();
        const { damaged, receipts } = await this.#receipts(context);
        const { accounts, doubts } = await listPurchases(context, { buyer: keys.wallet });
        const addresses = [...accounts.map(({ address }) => address), ...receipts.keys()];
        const { cards, disputed } = await this.#cards(context, addresses, receipts);
        const isUnknown = [...disputed].some((address) => !receipts.has(address));
        const isIncomplete = isUnknown || doubts.some(({ code }) => code !== 'gateway');
        return { purchases: cards, damaged, isIncomplete };
    }

    /**
     * One purchase.
     *
     * @throws {ClientError} `not_found`; `nodes_disagree`; those of reading.
     */
    async read(address: Address): Promise<PurchaseCard> {
        const context = await this.session.context();
        const { receipts } = await this.#receipts(context);
        const { cards, disputed } = await this.#cards(context, [address], receipts);
        const [card] = cards;
        if (!card && disputed.has(address)) {
            throw new ClientError('nodes_disagree', `the nodes contradict each other about purchase ${address}`);
        }
        if (!card) throw new ClientError('not_found', `there is no purchase at ${address}`);
        return card;
    }

    /**
     * The records of a purchase, with their kinds.
     *
     * @throws {ClientError} As `openPurchase`.
     */
    async open(address: Address): Promise<BoughtRecord[]> {
        const { records } = await this.#open(await this.session.context(), address);
        return records.map(boughtRecord);
    }

    /**
     * A record of a purchase, by its place in it, with its document.
     *
     * @throws {ClientError} As `openPurchase` and `fetchPurchased`.
     */
    async document(address: Address, place: number): Promise<BoughtDocument> {
        const context = await this.session.context();
        const { records } = await this.#open(context, address);
        const record = records[place];
        if (!record) throw new ClientError('not_found', `purchase ${address} has no record ${place}`);
        if ('error' in record) throw record.error;
        return { ...boughtRecord(record), document: await fetchPurchased(context, record.opened) };
    }

    /** Takes the price back. */
    async refund(address: Address): Promise<void> {
        const context = await this.session.context();
        await sendPrepared(context, await refund(context, this.session.actor(), address));
    }

    /** Closes a settled purchase, which gives back what was set aside. Its keys are saved in its receipt first. */
    async close(address: Address): Promise<void> {
        const context = await this.session.context();
        await sendPrepared(context, closePurchase(context, this.session.actor(), address));
    }

    /**
     * The receipt of a purchase as a file: the latest that has its keys, else the latest.
     *
     * @throws {ClientError} `receipt`: there is none.
     */
    async receipt(address: Address): Promise<ReceiptFile> {
        const { ledger, saved } = await this.session.context();
        const all = await savedReceipts(saved, ledger.deployment, address);
        const readable = all.flatMap((one) => ('receipt' in one ? [one.receipt] : []));
        const receipt = readable.find(({ delivered }) => delivered) ?? readable[0];
        if (!receipt) throw new ClientError('receipt', `there is no receipt of purchase ${address} on this device`);
        return { name: `${address}.json`, text: receiptText(receipt) };
    }

    /**
     * Saves a receipt of a file, beside those that are there.
     *
     * @throws {ClientError} `receipt`; `not_yours`: it is of another wallet; `other_deployment`.
     */
    async importReceipt(file: Blob): Promise<Import> {
        if (file.size > LONGEST_RECEIPT) throw new ClientError('receipt', 'the file is too long for a receipt');
        const { ledger, saved } = await this.session.context();
        const { deployment } = ledger;
        const receipt = await readReceipt(await file.text());
        const { buyer, purchase } = receipt;
        const { genesis, program } = receipt.deployment;
        if (genesis !== deployment.genesis || program !== deployment.program) {
            throw new ClientError('other_deployment', 'the receipt is of another network');
        }
        if (buyer !== this.session.actor().keys.wallet) {
            throw new ClientError('not_yours', `the receipt is of wallet ${buyer}`);
        }
        const text = receiptText(receipt);
        const known = await savedReceipts(saved, deployment, purchase);
        if (known.some((one) => 'receipt' in one && receiptText(one.receipt) === text)) {
            return { purchase, isNew: false };
        }
        await saveReceipt(saved, await nextReceiptName(saved, deployment, purchase), receipt);
        return { purchase, isNew: true };
    }

    async #open(context: FlowContext, purchase: Address): Promise<OpenedPurchase> {
        const { wallet } = this.session.actor();
        const name = `${wallet.address}/${purchase}`;
        const before = this.#opened.get(name);
        if (before) return before;
        const opened = await openPurchase(context, wallet, purchase);
        if (opened.records.every((record) => 'opened' in record)) this.#opened.set(name, opened);
        return opened;
    }

    /** The receipts of this account on this device, by purchase, of each the latest first; and how many can't be read. */
    async #receipts({ ledger, saved }: FlowContext): Promise<Receipts> {
        const receipts: Receipts['receipts'] = new Map();
        let damaged = 0;
        const buyer = this.session.actor().keys.wallet;
        for (const address of await purchasesWithReceipts(saved, ledger.deployment)) {
            const all = await savedReceipts(saved, ledger.deployment, address);
            const readable = all.flatMap((one) => ('receipt' in one ? [one.receipt] : []));
            damaged += all.length - readable.length;
            const own = readable.filter((receipt) => receipt.buyer === buyer);
            if (own.length > 0) receipts.set(address, own);
        }
        return { receipts, damaged };
    }

    async #cards(
        context: FlowContext,
        addresses: readonly Address[],
        receipts: ReadonlyMap<Address, PurchaseReceipt[]>,
    ): Promise<Cards> {
        const { ledger, saved } = context;
        const { accounts, doubts } = await readMany(ledger, 'purchase', addresses);
        const present = new Map(accounts.map(({ address, state }) => [address, state]));
        const missing = addresses.filter((address) => !present.has(address));
        // That a purchase is gone is not one node's word alone, where the money is what it is about.
        const doubted = missing.filter((address) => doubts.length > 0 || !receipts.get(address)?.some(hasKeysOf));
        const { disputed, found } = await lookAgain(ledger, doubted);
        for (const [address, state] of found) present.set(address, state);
        const awaited = new Set<Address>();
        for (const address of missing) if (await mayStillLand(saved, address)) awaited.add(address);
        const unlabelled = accounts.filter(({ address }) => !receipts.has(address));
        const orders = await readMany(
            ledger,
            'order',
            unlabelled.map(({ state }) => state.order),
        );
        const labels = new Map(orders.accounts.map(({ address, state }) => [address, labelOf(address, state)]));
        const { earliest } = await ledgerTime(ledger);
        const buyer = this.session.actor().keys.wallet;
        const cards = [...new Set(addresses)].flatMap((address): PurchaseCard[] => {
            const state = present.get(address);
            const own = receipts.get(address) ?? [];
            if (state && state.buyer === buyer) {
                return [cardOf(address, state, own, labels.get(state.order), earliest)];
            }
            const [latest] = own;
            if (!latest || state) return [];
            const hasKeys = own.some(hasKeysOf);
            const without = stateWithout(disputed.has(address), hasKeys, awaited.has(address));
            return [receiptCard(latest, hasKeys, without)];
        });
        const places = ['disputed', 'awaited', 'pending', 'locked', 'settled', 'closed', 'absent'];
        cards.sort((one, other) => places.indexOf(one.state) - places.indexOf(other.state));
        return { cards, disputed };
    }
}

const hasKeysOf = ({ delivered }: PurchaseReceipt): boolean => delivered !== undefined;

function cardOf(
    address: Address,
    purchase: Purchase,
    receipts: readonly PurchaseReceipt[],
    label: string | undefined,
    now: bigint,
): PurchaseCard {
    const { deadline, order, price, recordCount, seller, settleBy } = purchase;
    const state = purchaseStatus(purchase);
    const opens = refundOpens(purchase);
    const isOpen = state !== 'settled';
    return {
        address,
        order,
        seller,
        state,
        label: receipts[0] ? oneLine(receipts[0].offer.label) : label,
        price,
        recordCount,
        delivered: deliveredCapsules(purchase).filter((capsule) => capsule !== undefined).length,
        due: isOpen ? Number(state === 'locked' ? settleBy : deadline) : undefined,
        refundFrom: isOpen ? Number(opens) : undefined,
        isRefundable: isOpen && now >= opens,
        hasReceipt: receipts.length > 0,
        hasKeys: receipts.some(hasKeysOf),
    };
}

function receiptCard(
    { offer, purchase, records }: PurchaseReceipt,
    hasKeys: boolean,
    state: PurchaseState,
): PurchaseCard {
    return {
        address: purchase,
        order: offer.order,
        seller: offer.seller,
        state,
        label: oneLine(offer.label),
        price: offer.price,
        recordCount: records.length,
        delivered: hasKeys ? records.length : 0,
        due: undefined,
        refundFrom: undefined,
        isRefundable: false,
        hasReceipt: true,
        hasKeys,
    };
}

function labelOf(...[address, order]: Parameters<typeof offerOf>): string | undefined {
    try {
        return oneLine(offerOf(address, order).label);
    } catch {
        return undefined;
    }
}

function boughtRecord(record: PurchasedRecord): BoughtRecord {
    const { address, creator, isSelfIssued } = record;
    if ('error' in record) {
        const { error } = record;
        if (!(error instanceof ClientError)) throw error;
        return { address, creator, isSelfIssued, about: undefined, problem: error.code };
    }
    const { kind, mediaType, size } = record.opened.locator;
    const isSigned = record.signature !== undefined;
    const about = { kind: oneLine(kind, 80), mediaType: oneLine(mediaType, 80), isSigned, size };
    return { address, creator, isSelfIssued, about, problem: undefined };
}
