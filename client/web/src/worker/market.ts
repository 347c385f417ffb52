// The market as the unlocked account sees it: orders, and paying for one.

import {
    accountToCreate,
    buy,
    ClientError,
    type ClientErrorCode,
    costOf,
    type FlowContext,
    findPurchasePda,
    GENERION_ERROR__ORDER_NOT_OPEN,
    GENERION_ERROR__TERMS_CHANGED,
    type Ledger,
    type MarketOrder,
    MarketSearch,
    type OrderSearch,
    RefusedTransaction,
    type ShownOffer,
    savedReceipts,
    sendPrepared,
    settleReserve,
    showOffer,
} from '@generion/client';
import type { Address } from '@solana/kit';
import { oneLine } from '../render/plain-text.js';
import { balanceOf } from './money.js';
import { openSales } from './open-sales.js';
import { forgetSent, noteSent } from './sent-purchases.js';
import type { Session } from './session.js';

/** An order as a list shows it. */
export type OrderCard = {
    address: Address;
    seller: Address;
    /** The seller's description of the records. */
    label: string;
    /** Lamports. */
    price: bigint;
    /** Seconds since 1970. */
    createdAt: number;
    recordCount: number;
    /** Records that the seller wrote. */
    selfIssuedCount: number;
    /** Wallets that wrote records of it. */
    creators: Address[];
    /** Purchases that were settled. */
    sold: number;
};

/** A page of the market. */
export type OrderPage = {
    orders: OrderCard[];
    hasMore: boolean;
    /** Orders about which the nodes contradict each other, or that they don't show; they are left out. */
    leftOut: number;
    /** Whether the gateway failed, so that the nodes were asked. */
    isWithoutGateway: boolean;
    /** Whether a gateway made the list: it can leave orders out. */
    isByGateway: boolean;
};

/** The terms of a search. */
export type OrderQuery = Omit<OrderSearch, 'buyer'> & {
    /** Asks the nodes, even where there is a gateway. */
    isDirect?: boolean;
};

/** A record that is for sale. What it says, and its kind and size, nobody but its owner and its writer knows. */
export type OrderRecord = {
    address: Address;
    creator: Address;
    createdAt: number;
    isVerified: boolean;
    isSelfIssued: boolean;
};

/** An order as its page shows it. */
export type OrderView = {
    address: Address;
    seller: Address;
    label: string;
    price: bigint;
    /** Seconds that the seller has to deliver. */
    deliveryWindow: number;
    records: OrderRecord[];
    isOpen: boolean;
    /** Whether the order is the account's own. */
    isOwn: boolean;
    /** The account's present purchase of it. */
    purchase: Address | undefined;
    /** The account's earlier purchase of it, if this device has the keys that came with it. */
    owned: Address | undefined;
    /** Lamports that are set aside with the price, and come back. */
    deposit: bigint;
    /** Lamports of the fee. */
    fee: bigint;
    /** Lamports that the account has to keep to settle its own open sales. */
    reserve: bigint;
    /** Lamports of the account. */
    balance: bigint;
};

/** The end of buying, as the ledger shows it. */
export type Buying =
    /** The price is in escrow. */
    | { end: 'bought'; purchase: Address }
    /** This account had bought it before, perhaps in another tab. Nothing more was paid. */
    | { end: 'already'; purchase: Address }
    /** The order takes no purchases any more. Nothing was paid. */
    | { end: 'closed' }
    /** The order has other terms than those that were shown. Nothing was paid. */
    | { end: 'changed' }
    /** The account holds too little. Nothing was paid. */
    | { end: 'not_enough'; balance: bigint; needed: bigint; reserve: bigint };

/** Codes of errors after which a payment can't land any more. */
const NOT_LANDED: readonly ClientErrorCode[] = ['refused', 'expired', 'wallet_refused', 'account_changed'];

/** Shops for the unlocked account. */
export class Market {
    #search: { search: MarketSearch; isByGateway: boolean } | undefined;
    /** The offers as they were shown: exactly these are bought. */
    readonly #shown = new Map<Address, ShownOffer>();

    constructor(private readonly session: Session) {}

    /** The first page of the orders that are looked for. */
    async search({ isDirect = false, ...wanted }: OrderQuery): Promise<OrderPage> {
        const { gateway, ...context } = await this.session.context();
        const isByGateway = gateway !== undefined && !isDirect;
        const asked: FlowContext = isByGateway ? { ...context, gateway } : context;
        const buyer = this.session.actor().keys.wallet;
        this.#search = { search: new MarketSearch(asked, { ...wanted, buyer }), isByGateway };
        return await this.more();
    }

    /** The next page of the search. */
    async more(): Promise<OrderPage> {
        if (!this.#search) throw new RangeError('nothing was searched');
        const { isByGateway, search } = this.#search;
        const { doubts, hasMore, orders } = await search.next();
        const isWithoutGateway = doubts.some(({ code }) => code === 'gateway');
        const leftOut = doubts.filter(({ code }) => code !== 'gateway').length;
        return { orders: orders.map(cardOf), hasMore, leftOut, isWithoutGateway, isByGateway };
    }

    /**
     * An order with its records, and what buying it takes. What this returns is what {@link buy} pays for.
     *
     * @throws {ClientError} `only_buyer`; `not_found`; those of reading.
     */
    async order(order: Address): Promise<OrderView> {
        const context = await this.session.context();
        const { keys, wallet } = this.session.actor();
        const { ledger } = context;
        const buyer = keys.wallet;
        const shown = await showOffer(context, order, buyer, { acceptSelfIssued: true });
        this.#shown.set(order, shown);
        const { offer, records, isOpen } = shown;
        // The purchase itself is prepared once it is paid: a wallet app signs for that.
        const newAccounts = [accountToCreate('purchase', records.length)];
        const { fee, rent } = await costOf(context, { feePayer: wallet.signer, instructions: [], newAccounts });
        return {
            address: order,
            seller: offer.seller,
            label: oneLine(offer.label),
            price: offer.price,
            deliveryWindow: offer.deliveryWindow,
            records: records.map(({ address, state }) => ({
                address,
                creator: state.creator,
                createdAt: Number(state.createdAt),
                isVerified: state.verified !== 0,
                isSelfIssued: state.creator === state.owner,
            })),
            isOpen,
            isOwn: offer.seller === buyer,
            purchase: await this.#purchaseOf(context, order),
            owned: await this.#ownedOf(context, order),
            deposit: rent,
            fee,
            reserve: await this.#reserve(context),
            balance: await balanceOf(ledger, buyer),
        };
    }

    /**
     * Pays for an order on the terms that {@link order} returned last. The receipt is saved first. What became of it is the
     * ledger's word: nothing is paid twice, whatever a tab or a node did meanwhile.
     *
     * @throws {ClientError} `unknown`: the nodes don't say it yet. Nothing else may have been paid.
     */
    async buy(order: Address): Promise<Buying> {
        const shown = this.#shown.get(order);
        if (!shown) throw new RangeError('the order was not shown');
        const context = await this.session.context();
        const before = await this.#purchaseOf(context, order);
        if (before) return { end: 'already', purchase: before };
        const { wallet } = this.session.actor();
        const prepared = await buy(context, { wallet }, shown);
        const { fee, rent } = await costOf(context, prepared);
        const reserve = await this.#reserve(context);
        const needed = shown.offer.price + rent + fee + reserve;
        const balance = await balanceOf(context.ledger, wallet.address);
        if (balance < needed) return { end: 'not_enough', balance, needed, reserve };
        await noteSent(context.saved, prepared.outcome.purchase);
        try {
            const { outcome } = await sendPrepared(context, prepared);
            await forgetSent(context.saved, outcome.purchase);
            return { end: 'bought', purchase: outcome.purchase };
        } catch (error) {
            const isCertain = error instanceof ClientError && NOT_LANDED.includes(error.code);
            if (isCertain) await forgetSent(context.saved, prepared.outcome.purchase);
            return await this.#endOf(context, order, error);
        }
    }

    /** Finds the end of buying after an error. */
    async #endOf(context: FlowContext, order: Address, error: unknown): Promise<Buying> {
        if (!(error instanceof ClientError) || !['refused', 'expired', 'unknown'].includes(error.code)) throw error;
        const purchase = await this.#purchaseOf(context, order).catch(() => {
            throw error;
        });
        if (purchase) return { end: error.code === 'refused' ? 'already' : 'bought', purchase };
        if (!(error instanceof RefusedTransaction)) throw error;
        if (error.programError === GENERION_ERROR__ORDER_NOT_OPEN) return { end: 'closed' };
        if (error.programError === GENERION_ERROR__TERMS_CHANGED) return { end: 'changed' };
        const { state } = await context.ledger.find('order', order);
        if (!state) return { end: 'closed' };
        throw error;
    }

    /** Lamports that the account has to keep for its own sales: nothing where a fee account pays for them. */
    async #reserve(context: FlowContext): Promise<bigint> {
        const { address } = this.session.actor().wallet;
        const { payer } = await this.session.settler();
        return payer.address === address ? settleReserve((await openSales(context, address)).open.size) : 0n;
    }

    /** The account's purchase of an order, if this device has a receipt of it with its keys. */
    async #ownedOf({ ledger, saved }: FlowContext, order: Address): Promise<Address | undefined> {
        const purchase = await this.#addressOf(ledger, order);
        const receipts = await savedReceipts(saved, ledger.deployment, purchase);
        return receipts.some((one) => 'receipt' in one && one.receipt.delivered) ? purchase : undefined;
    }

    /** The address of the account's purchase of an order. */
    async #addressOf({ deployment }: Ledger, order: Address): Promise<Address> {
        const buyer = this.session.actor().keys.wallet;
        return (await findPurchasePda({ order, buyer }, { programAddress: deployment.program }))[0];
    }

    /** The account's purchase of an order, if the ledger has one. */
    async #purchaseOf({ ledger }: FlowContext, order: Address): Promise<Address | undefined> {
        const purchase = await this.#addressOf(ledger, order);
        return (await ledger.find('purchase', purchase)).state && purchase;
    }
}

function cardOf({ createdAt, offer, records, sold }: MarketOrder): OrderCard {
    return {
        address: offer.order,
        seller: offer.seller,
        label: oneLine(offer.label),
        price: offer.price,
        createdAt: Number(createdAt),
        recordCount: offer.records.length,
        selfIssuedCount: records.filter(({ isSelfIssued }) => isSelfIssued).length,
        creators: [...new Set(records.map(({ creator }) => creator))],
        sold,
    };
}
