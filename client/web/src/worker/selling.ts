// Records of the unlocked account for sale: what they tell, their orders, and their delivery while the app is open.

import {
    ClientError,
    type ClientErrorCode,
    closeOrder,
    costOf,
    createOrder,
    type FlowContext,
    listAccounts,
    listPurchases,
    type NewOrder,
    type Offer,
    offerOf,
    offersFile,
    openOwnRecord,
    orderLabel,
    type Purchase,
    type PurchaseStatus,
    purchaseStatus,
    recordsAt,
    type SalesEvent,
    savedMarkers,
    savedOffers,
    sendPrepared,
    settleReserve,
} from '@generion/client';
import type { Revealed } from '@generion/client/fhir';
import type { Address } from '@solana/kit';
import { oneLine } from '../render/plain-text.js';
import { balanceOf } from './money.js';
import { cardOf, type RecordCard } from './records.js';
import { isSameSale } from './same-sale.js';
import type { Session } from './session.js';

/** A record with the personal data that it reveals. */
export type RecordReveal = { record: RecordCard; revealed: Revealed };

/** The amounts that an offer takes, in lamports. */
export type SaleTerms = {
    /** The lowest price. */
    leastPrice: bigint;
    /** The amount that is set aside while the offer stands. */
    deposit: bigint;
    fee: bigint;
    /** The amount that the account has to keep, so that a sale can be delivered whatever the network charges. */
    reserve: bigint;
    /** The amount that the account lacks for all of this. */
    missing: bigint;
    /** Whether a wallet app is connected, and the device's fee account beside it holds too little to deliver a sale. */
    isFeeAccountShort: boolean;
};

/** A purchase of one of the account's orders. */
export type SaleCard = {
    address: Address;
    buyer: Address;
    state: PurchaseStatus;
    price: bigint;
    recordCount: number;
    delivered: number;
    /** Until when the seller has to do the next step; seconds since 1970. */
    due: number | undefined;
};

/** An order of the account's. */
export type OfferCard = {
    order: Address;
    label: string;
    price: bigint;
    createdAt: number;
    recordCount: number;
    /** Whether the order takes purchases. */
    isOpen: boolean;
    /** Whether this device can deliver it: it has the offer. */
    isDeliverable: boolean;
    /** Sales that were paid. */
    sold: number;
    /** Purchases that are neither paid nor refunded. */
    pending: number;
    purchases: SaleCard[];
};

/** Records that are for sale. `isEarlier`: an earlier offer of them was found, and no second one was made. */
export type Published = { order: Address; isEarlier: boolean };

/** An event of a sale, for the page. */
export type SaleEvent = {
    purchase: Address;
    event: SalesEvent['event'];
    /** Why it waits, or was given up; `undefined`: this version has no word for it. */
    problem?: ClientErrorCode | undefined;
};

/** Codes of errors after which an order can't arrive any more. */
const NOT_ARRIVED: readonly ClientErrorCode[] = ['refused', 'expired', 'wallet_refused', 'account_changed'];

/** Sells the unlocked account's records. */
export class Selling {
    /** The wallet whose sales are watched, and what ends that. */
    #watched: { wallet: Address; end: AbortController } | undefined;
    /** The order that was sent last, where it is not known whether it arrived. */
    #unsure: { seller: Address; order: Address } | undefined;

    constructor(private readonly session: Session) {}

    /**
     * Finds the personal data that one of the account's verified records reveals.
     *
     * @throws {ClientError} `not_verified`; those of opening.
     */
    async reveal(address: Address): Promise<RecordReveal> {
        const opened = await openOwnRecord(await this.session.context(), this.session.actor().keys, address);
        if (opened.record.verified === 0) throw new ClientError('not_verified', `record ${address} is not verified`);
        // The tables of FHIR are large, and nobody else needs them.
        const { reveal } = await import('@generion/client/fhir');
        const { document: _, ...record } = cardOf(opened);
        return { record, revealed: await reveal(opened.document) };
    }

    /**
     * Calculates the amounts that an offer takes. Makes sure that they can be sold together.
     *
     * @throws {ClientError} `invalid_order`; `not_verified`; those of reading.
     */
    async terms(records: readonly Address[], deliveryWindow: number): Promise<SaleTerms> {
        const context = await this.session.context();
        await this.#requireVerified(context, records);
        const leastPrice = await leastBalance(context);
        const actor = this.session.actor();
        const order = { records, price: leastPrice, deliveryWindow, label: '' };
        const { fee, rent: deposit } = await costOf(context, await createOrder(context, actor, order));
        const reserve = settleReserve(1);
        const { payer } = await this.session.settler();
        const balance = await balanceOf(context.ledger, actor.wallet.address);
        const hasFeeAccount = payer.address !== actor.wallet.address;
        const missing = deposit + fee + (hasFeeAccount ? 0n : reserve) - balance;
        const isFeeAccountShort = hasFeeAccount && (await balanceOf(context.ledger, payer.address)) < reserve;
        return { leastPrice, deposit, fee, reserve, missing: missing > 0n ? missing : 0n, isFeeAccountShort };
    }

    /**
     * Puts records up for sale. An order that was sent before, and arrived late, or that stands on the same terms, is taken
     * instead: nobody wants to sell the same twice.
     *
     * @throws {ClientError} `invalid_order`; `not_verified`; those of sending.
     */
    async sell(sale: NewOrder): Promise<Published> {
        const context = await this.session.context();
        const earlier = await this.#earlier(context, sale);
        if (earlier) return { order: earlier, isEarlier: true };
        await this.#requireVerified(context, sale.records);
        const actor = this.session.actor();
        const prepared = await createOrder(context, actor, sale);
        const { order } = prepared.outcome;
        // Unless the ledger says that it did not arrive.
        this.#unsure = { seller: actor.keys.wallet, order };
        try {
            await sendPrepared(context, prepared);
            this.#unsure = undefined;
        } catch (error) {
            if (error instanceof ClientError && NOT_ARRIVED.includes(error.code)) this.#unsure = undefined;
            throw error;
        }
        return { order, isEarlier: false };
    }

    /** The order that was sent last if it arrived after all, else an open one of this device with the terms of a sale. */
    async #earlier(context: FlowContext, sale: NewOrder): Promise<Address | undefined> {
        const seller = this.session.actor().keys.wallet;
        const unsure = this.#unsure;
        if (unsure?.seller === seller) {
            const { state } = await context.ledger.find('order', unsure.order);
            if (state) {
                this.#unsure = undefined;
                return unsure.order;
            }
        }
        const offers = await this.#offers(context);
        if (offers.length === 0) return undefined;
        const { accounts } = await listAccounts(context, 'order', { seller }, { seller });
        return accounts.find(
            ({ address, state }) =>
                state.open !== 0 &&
                offers.some(({ order }) => order === address) &&
                isSameSale(offerOf(address, state), sale),
        )?.address;
    }

    /** The account's orders, the newest first, with their purchases. */
    async orders(): Promise<OfferCard[]> {
        const context = await this.session.context();
        const seller = this.session.actor().keys.wallet;
        const [orders, purchases, offers] = await Promise.all([
            listAccounts(context, 'order', { seller }, { seller }),
            listPurchases(context, { seller }),
            this.#offers(context),
        ]);
        const cards = orders.accounts.map(({ address, state }): OfferCard => {
            const own = purchases.accounts.filter((purchase) => purchase.state.order === address);
            return {
                order: address,
                label: oneLine(orderLabel(state)),
                price: state.price,
                createdAt: Number(state.createdAt),
                recordCount: state.records.length,
                isOpen: state.open !== 0,
                isDeliverable: offers.some(({ order }) => order === address),
                sold: state.settledPurchases,
                pending: state.pendingPurchases,
                purchases: own.map((purchase) => saleCard(purchase.address, purchase.state)),
            };
        });
        return cards.sort((one, other) => other.createdAt - one.createdAt);
    }

    /** Lamports that withdrawing an order costs. */
    async costOfWithdrawing(order: Address): Promise<bigint> {
        const context = await this.session.context();
        const { fee, rent } = await costOf(context, await closeOrder(context, this.session.actor(), order));
        return fee + rent;
    }

    /** Withdraws an order. While purchases are pending, it takes no more of them, and stays until they have ended. */
    async withdraw(order: Address): Promise<void> {
        const context = await this.session.context();
        await sendPrepared(context, await closeOrder(context, this.session.actor(), order));
    }

    /**
     * Delivers and settles what buyers paid for, for as long as this worker runs. Returns whether there is anything to watch
     * for: an offer of this account on this device, or a settlement that was begun.
     *
     * @param onEnd Told when it ends by itself, with the code of what ended it, if there is one.
     */
    async watch(
        onEvent: (event: SaleEvent) => void,
        onEnd: (problem: ClientErrorCode | undefined) => void,
    ): Promise<boolean> {
        const context = await this.session.context();
        const { keys } = this.session.actor();
        const { wallet } = keys;
        if (this.#watched?.wallet === wallet) return true;
        const markers = await savedMarkers(context.saved, context.ledger.deployment, wallet);
        if (markers.length === 0 && (await this.#offers(context)).length === 0) return false;
        const settler = await this.session.settler();
        const { watchSales } = await import('./delivering.js');
        // Another call may have come first.
        if (this.#watched?.wallet === wallet) return true;
        this.#watched?.end.abort();
        const watched = { wallet, end: new AbortController() };
        this.#watched = watched;
        const options = {
            signal: watched.end.signal,
            onEvent: ({ event, purchase, ...rest }: SalesEvent) => {
                const error = 'error' in rest ? rest.error : undefined;
                onEvent({ purchase, event, problem: error instanceof ClientError ? error.code : undefined });
            },
        };
        // It ends by itself only where it can't be told which settlements were begun.
        const ended = (error?: unknown) => {
            if (this.#watched !== watched) return;
            this.#watched = undefined;
            onEnd(error instanceof ClientError ? error.code : undefined);
        };
        watchSales(context, keys, settler, options).then(() => ended(), ended);
        return true;
    }

    /**
     * The account's offers as a file for the command line, which can then deliver in place of this app.
     *
     * @throws {ClientError} `offers`: they are damaged.
     */
    async offersFile(): Promise<string> {
        const context = await this.session.context();
        return offersFile(await this.#offers(context), context.ledger.deployment);
    }

    /** The account's offers on this device. */
    async #offers({ ledger, saved }: FlowContext): Promise<Offer[]> {
        const seller = this.session.actor().keys.wallet;
        return (await savedOffers(saved, ledger.deployment)).filter((offer) => offer.seller === seller);
    }

    async #requireVerified({ ledger }: FlowContext, addresses: readonly Address[]): Promise<void> {
        for (const { address, state } of await recordsAt(ledger, addresses)) {
            if (state.verified === 0) throw new ClientError('not_verified', `record ${address} is not verified`);
        }
    }
}

/** The lowest balance that an account can have, which is the lowest price: the payment may go to an empty account. */
async function leastBalance({ ledger }: FlowContext): Promise<bigint> {
    const answers = await ledger.askAll(({ rpc }) => rpc.getMinimumBalanceForRentExemption(0n).send());
    return answers.map(({ value }): bigint => value).reduce((one, other) => (one > other ? one : other));
}

function saleCard(address: Address, purchase: Purchase): SaleCard {
    const state = purchaseStatus(purchase);
    const due = { pending: purchase.deadline, locked: purchase.settleBy, settled: undefined }[state];
    return {
        address,
        buyer: purchase.buyer,
        state,
        price: purchase.price,
        recordCount: purchase.recordCount,
        delivered: purchase.deliveredCount,
        due: due === undefined ? undefined : Number(due),
    };
}
