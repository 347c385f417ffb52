// The market: orders that are open, from a gateway where one is configured, else from the nodes. A gateway only says where to
// look: each order that is shown was read from the nodes.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import type { Order, RecordState } from '../generated/index.js';
import { onlyBuyerOf } from '../ledger/accounts.js';
import { type KeyedAccount, list } from '../ledger/listings.js';
import { readMany } from '../ledger/many.js';
import { type Offer, offerOf } from '../saved/offers.js';
import type { FlowContext } from './context.js';

/** What a buyer looks for. All of it has to hold. */
export type OrderSearch = {
    /** Words that are all in the seller's label, whatever their case. */
    words?: string;
    /** The seller's wallet. */
    seller?: Address;
    /** A wallet that wrote at least one of the records. */
    creator?: Address;
    /** The lowest price, in lamports. */
    priceFrom?: bigint;
    /** The highest price, in lamports. */
    priceUpTo?: bigint;
    /** The lowest number of records. */
    recordsFrom?: number;
    /** Leaves out orders with a record that its seller wrote. */
    withoutSelfIssued?: boolean;
    /** The wallet that wants to buy: orders for another one are left out, and its own. */
    buyer?: Address;
    /** What comes first [default: the newest]. */
    sort?: 'newest' | 'cheapest';
};

/** A record that is for sale, as far as the public sees it. What it says, and its kind and size, are encrypted. */
export type MarketRecord = {
    address: Address;
    /** The wallet that wrote it. */
    creator: Address;
    /** Time of creation: Unix time in seconds. */
    createdAt: bigint;
    /** Whether its owner says that it is right. */
    isVerified: boolean;
    /** Whether its owner wrote it, so that nobody else vouches for it. */
    isSelfIssued: boolean;
};

/** An order of the market. */
export type MarketOrder = {
    /** Its terms. */
    offer: Offer;
    /** Time of creation: Unix time in seconds. */
    createdAt: bigint;
    /** Purchases that were settled. */
    sold: number;
    /** Its records, as far as the nodes show them. */
    records: MarketRecord[];
};

/** A page of the market. */
export type MarketPage = {
    orders: MarketOrder[];
    /** What nodes and gateway showed that can't be, or that they don't agree on. */
    doubts: ClientError[];
    /** Whether there may be more. */
    hasMore: boolean;
};

/** Orders of a page. */
const PAGE = 20;
/** Orders that are looked at for a page at most: a search that finds nothing has an end. */
const MOST_LOOKED_AT = 1_000;
/** Orders that a gateway gives in a page. */
const GATEWAY_PAGE = 100;

/** A search in the market, which goes on page by page. */
export class MarketSearch {
    readonly #source: AsyncGenerator<KeyedAccount<'order'>, void, void>;
    /** What the source met. */
    #doubts: ClientError[] = [];

    constructor(
        private readonly context: FlowContext,
        private readonly search: OrderSearch = {},
    ) {
        this.#source = this.#orders();
    }

    /**
     * The next page.
     *
     * @throws {ClientError} `no_node`, `wrong_cluster`.
     */
    async next(): Promise<MarketPage> {
        const { ledger, onProgress } = this.context;
        onProgress?.({ activity: 'reading', done: 0, total: undefined });
        const orders: MarketOrder[] = [];
        let looked = 0;
        let hasEnded = false;
        while (!hasEnded && orders.length < PAGE && looked < MOST_LOOKED_AT) {
            const some: KeyedAccount<'order'>[] = [];
            while (some.length < PAGE - orders.length && looked < MOST_LOOKED_AT) {
                const { done, value } = await this.#source.next();
                hasEnded = done === true;
                if (!value) break;
                looked += 1;
                if (isWanted(value, this.search)) some.push(value);
            }
            const shown = await readMany(ledger, 'order', some.map(addressOf));
            const present = new Map(shown.accounts.map(({ address, state }) => [address, state]));
            const wanted = some.flatMap(({ address }) => {
                const state = present.get(address);
                if (!state) this.#doubts.push(notOnNodes(address));
                return state && isWanted({ address, state }, this.search) ? [{ address, state }] : [];
            });
            const records = await readMany(
                ledger,
                'record',
                wanted.flatMap(({ state }) => state.records),
            );
            this.#doubts.push(...shown.doubts, ...records.doubts);
            const known = new Map(records.accounts.map(({ address, state }) => [address, state]));
            orders.push(...wanted.flatMap((one) => this.#shown(one, known)));
        }
        const doubts = this.#doubts;
        this.#doubts = [];
        return { orders, doubts, hasMore: !hasEnded };
    }

    /** The order with its records, if these are what is looked for. */
    #shown({ address, state }: KeyedAccount<'order'>, known: ReadonlyMap<Address, RecordState>): MarketOrder[] {
        const { creator, withoutSelfIssued } = this.search;
        let offer: Offer;
        try {
            offer = offerOf(address, state);
        } catch (error) {
            if (!(error instanceof ClientError)) throw error;
            this.#doubts.push(error);
            return [];
        }
        const records = state.records.flatMap((record): MarketRecord[] => {
            const found = known.get(record);
            return found ? [marketRecord(record, found)] : [];
        });
        if (creator && !records.some((one) => one.creator === creator)) return [];
        if (withoutSelfIssued && records.some(({ isSelfIssued }) => isSelfIssued)) return [];
        return [{ offer, createdAt: state.createdAt, sold: state.settledPurchases, records }];
    }

    /** The open orders, each once, sorted. */
    async *#orders(): AsyncGenerator<KeyedAccount<'order'>, void, void> {
        const { gateway, ledger, signal } = this.context;
        const given = new Set<Address>();
        try {
            for await (const { address, state } of gateway?.list('order', this.#gatewayFilter(), {
                limit: GATEWAY_PAGE,
                sort: this.search.sort === 'cheapest' ? 'price' : 'time',
                ...(signal && { signal }),
            }) ?? []) {
                if (given.has(address)) continue;
                given.add(address);
                yield { address, state };
            }
            if (gateway) return;
        } catch (cause) {
            signal?.throwIfAborted();
            const reason = cause instanceof Error ? cause.message : String(cause);
            const words = `the nodes were asked in place of the gateway: ${reason}`;
            this.#doubts.push(new ClientError('gateway', words, { cause }));
        }
        const { seller, sort } = this.search;
        const { accounts, doubts } = await list(ledger, 'order', { open: 1, ...(seller && { seller }) });
        this.#doubts.push(...doubts);
        yield* accounts.filter(({ address }) => !given.has(address)).sort(sort === 'cheapest' ? byPrice : byAge);
    }

    #gatewayFilter() {
        const { priceFrom, priceUpTo, recordsFrom, seller } = this.search;
        return {
            open: true,
            ...(seller && { seller }),
            ...(priceFrom !== undefined && { price_from: priceFrom }),
            ...(priceUpTo !== undefined && { price_up_to: priceUpTo }),
            ...(recordsFrom !== undefined && { records_from: recordsFrom }),
        };
    }
}

const addressOf = ({ address }: { address: Address }) => address;

const byAge = (one: KeyedAccount<'order'>, other: KeyedAccount<'order'>) =>
    Number(other.state.createdAt - one.state.createdAt);

const byPrice = (one: KeyedAccount<'order'>, other: KeyedAccount<'order'>) =>
    one.state.price < other.state.price ? -1 : one.state.price > other.state.price ? 1 : 0;

const marketRecord = (address: Address, { createdAt, creator, owner, verified }: RecordState): MarketRecord => ({
    address,
    creator,
    createdAt,
    isVerified: verified !== 0,
    isSelfIssued: creator === owner,
});

/** Whether an order is what is looked for, as far as its own fields say it. */
function isWanted({ address, state }: KeyedAccount<'order'>, search: OrderSearch): boolean {
    const { buyer, priceFrom, priceUpTo, recordsFrom, seller, words = '' } = search;
    const onlyBuyer = onlyBuyerOf(state);
    if (state.open === 0 || (seller && state.seller !== seller)) return false;
    if (buyer && (state.seller === buyer || (onlyBuyer && onlyBuyer !== buyer))) return false;
    if (priceFrom !== undefined && state.price < priceFrom) return false;
    if (priceUpTo !== undefined && state.price > priceUpTo) return false;
    if (recordsFrom !== undefined && state.records.length < recordsFrom) return false;
    const label = labelOf(address, state);
    const parts = folded(words)
        .split(/\s+/)
        .filter((word) => word !== '');
    return parts.every((word) => label.includes(word));
}

/** The label, for a comparison; empty where it is no text. */
function labelOf(address: Address, order: Order): string {
    try {
        return folded(offerOf(address, order).label);
    } catch {
        return '';
    }
}

// By way of capitals, so that `ß` and `ss` are the same.
const folded = (text: string) => text.normalize('NFKC').toUpperCase().toLowerCase();

const notOnNodes = (address: Address) =>
    new ClientError('not_found', `the nodes show no order at ${address}, or do not agree on it: it is left out`);
