// Delivering (docs/PROTOCOL.md, section 6): the seller re-encrypts the records' keys to the buyer, in batches. With the last
// one the purchase is locked: nobody can open anything yet, and `settle` collects the price.

import type { Address, TransactionSigner } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { tell } from '../base/listeners.js';
import { sleep } from '../base/time.js';
import { makeDelivery } from '../crypto/delivery.js';
import type { Purchase } from '../generated/index.js';
import { getDeliverInstruction, REFUND_GRACE } from '../generated/index.js';
import { deliveredCapsules, purchaseStatus } from '../ledger/accounts.js';
import { ledgerTime } from '../ledger/clock.js';
import type { KeyedAccount } from '../ledger/listings.js';
import type { Witnessed } from '../ledger/witnesses.js';
import { requireReserve } from '../settlement/reserve.js';
import type { ConfirmedTransaction } from '../transactions/send.js';
import type { KeySource } from '../wallets/wallet.js';
import type { FlowContext } from './context.js';
import { type Prepared, sendPrepared } from './prepared.js';
import { agreedSale, type Sale, saleSecret } from './sale.js';

/** The most records of one transaction: nine would not fit beside a compute-budget instruction. */
const BATCH = 8;
/** Seconds that each transaction of a delivery needs before the deadline: about the lifetime of a block hash. */
const SECONDS_PER_TRANSACTION = 60n;
/** How often, and with which pause in milliseconds, it is asked whether a purchase is final. */
const [FINALITY_ROUNDS, FINALITY_PAUSE] = [90, 1_000];

/** Consecutive records of an order that are not delivered yet. */
export type Batch = {
    /** Position in the order of the first one. */
    first: number;
    /** The records. */
    records: readonly KeyedAccount<'record'>[];
    /** Whether delivering them locks the purchase. Call {@link checkLock} before that. */
    isLast: boolean;
};

/** A batch that was delivered. */
export type DeliveredBatch = {
    /** Position in the order of its first record. */
    first: number;
    /** The number of its records. */
    count: number;
    /** The transaction. */
    confirmed: ConfirmedTransaction;
};

/** The seller whose keys are delivered, and who pays for it: both may be kept apart from the wallet. */
export type Seller = {
    /** The seller's secrets. */
    keys: KeySource;
    /** Pays the fees. It may be anybody. */
    payer: TransactionSigner;
};

/** What is missing of a purchase, in as few batches as fit transactions. */
export function batchesOf({ records, state }: Sale): Batch[] {
    const batches: { first: number; records: KeyedAccount<'record'>[] }[] = [];
    for (const [position, capsule] of deliveredCapsules(state).entries()) {
        const record = records[position];
        if (capsule || !record) continue;
        const last = batches.at(-1);
        if (last && last.first + last.records.length === position && last.records.length < BATCH) {
            last.records.push(record);
        } else {
            batches.push({ first: position, records: [record] });
        }
    }
    return batches.map((batch, index) => ({ ...batch, isLast: index === batches.length - 1 }));
}

/**
 * Re-encrypts a batch to the purchase's buyer and proves it. It reveals nothing to anybody until the purchase is settled.
 * Call {@link checkLock} before you send the last one.
 *
 * @throws {ClientError} `foreign_key`, `malformed`.
 */
export async function prepareDelivery(
    context: Pick<FlowContext, 'ledger' | 'onNotice'>,
    { keys, payer }: Seller,
    sale: Sale,
    { first, records }: Batch,
): Promise<Prepared> {
    const { deployment } = context.ledger;
    const secret = await saleSecret(context, keys, sale);
    const items = records.map(({ address, state }) => ({ address, capsule: state.capsule }));
    const delivery = makeDelivery(deployment, secret, sale.believed, items);
    const instruction = getDeliverInstruction(
        {
            order: sale.offer.order,
            purchase: sale.purchase,
            records: records.map(({ address }) => address),
            first,
            ...delivery,
        },
        { programAddress: deployment.program },
    );
    return { outcome: undefined, instructions: [instruction], feePayer: payer, newAccounts: [] };
}

/** How a purchase is delivered. */
export type DeliverOptions = {
    /** Is told each batch that was delivered. */
    onDelivered?: (batch: DeliveredBatch) => void;
    /** The number of settlements that the payer has to be able to pay, this one included [default: 1]. */
    open?: number;
};

/**
 * Delivers what is missing of a purchase. `seller.payer` pays the fees, and has to hold what settling may cost. Returns once
 * the purchase is locked.
 *
 * A delivery reveals nothing to anybody. Batches that were confirmed before an error stay delivered, and another call
 * continues after them.
 *
 * @throws {ClientError} `purchase_state`: it takes no deliveries; `too_late`; before the batch that locks, those of
 * {@link checkLock}; those of sending.
 * @throws {RefusedTransaction} The ledger refused a batch.
 */
export async function deliver(
    context: FlowContext,
    seller: Seller,
    sale: Sale,
    { onDelivered, open = 1 }: DeliverOptions = {},
): Promise<DeliveredBatch[]> {
    requirePending(sale);
    const batches = batchesOf(sale);
    requireTime(sale, batches.length, (await ledgerTime(context.ledger)).earliest);
    const delivered: DeliveredBatch[] = [];
    for (const batch of batches) {
        const prepared = await prepareDelivery(context, seller, sale, batch);
        if (batch.isLast) await checkLock(context, sale, seller.payer.address, open);
        const { confirmed } = await sendPrepared(context, prepared, { notAfter: lastMoment(sale) });
        const done = { first: batch.first, count: batch.records.length, confirmed };
        delivered.push(done);
        tell(onDelivered, done);
    }
    return delivered;
}

/**
 * Makes sure, before a purchase is locked, that it can be settled: enough nodes agree on it and on its order, in what is
 * final, it is the one that is believed, there is time left, and `payer`, who will pay the fees of settling, holds what this
 * and `open` settlements (this one included) may cost. A seller who locks and can't settle binds the buyer's money for a day,
 * and loses the sale.
 *
 * @throws {ClientError} `nodes_disagree`, `too_few_nodes`; `other_terms`, `other_settle_key`; `too_late`; `settle_reserve`;
 * `purchase_state`: no such purchase becomes final.
 */
export async function checkLock(
    context: Pick<FlowContext, 'ledger' | 'signal'>,
    sale: Sale,
    payer: Address,
    open = 1,
): Promise<void> {
    await requireReserve(context.ledger, payer, open, context.signal);
    const { time } = await awaitFinal(context, sale, () => true);
    requireTime(sale, 1, time.latest);
}

/** The purchase of a sale once it is final and as it is waited for. */
export async function awaitFinal(
    context: Pick<FlowContext, 'ledger' | 'signal'>,
    sale: Sale,
    isRight: (state: Purchase) => boolean,
): Promise<Witnessed<unknown> & { state: Purchase }> {
    for (let round = 1; ; round += 1) {
        context.signal?.throwIfAborted();
        const agreed = await agreedSale(context, sale);
        if (agreed && isRight(agreed.state)) return agreed;
        if (round >= FINALITY_ROUNDS) {
            throw purchaseState(
                sale,
                agreed
                    ? 'what is final is not as far as this takes'
                    : 'the nodes know of no such purchase in what is final',
            );
        }
        await sleep(FINALITY_PAUSE, context.signal);
    }
}

/** Refuses a purchase that takes no more deliveries. */
function requirePending(sale: Sale): void {
    const status = purchaseStatus(sale.state);
    if (status === 'settled') throw purchaseState(sale, 'it is settled already');
    if (status === 'locked') throw purchaseState(sale, 'it is delivered in full already, and waits to be settled');
}

/** That a purchase is in a state that something does not go with. */
export const purchaseState = ({ purchase }: Pick<Sale, 'purchase'>, words: string): ClientError =>
    new ClientError('purchase_state', `purchase ${purchase}: ${words}`);

/** The last moment to send a delivery at, Unix time in seconds: the program refuses later ones. */
export const lastMoment = ({ state }: Sale): bigint => state.deadline + REFUND_GRACE - 1n;

/** Refuses to begin what can't be finished in time. `now` is the ledger's time. */
function requireTime(sale: Sale, batches: number, now: bigint): void {
    const { purchase } = sale;
    const left = lastMoment(sale) - now;
    const needed = BigInt(batches) * SECONDS_PER_TRANSACTION;
    if (left >= 0n && (batches <= 1 || left >= needed)) return;
    throw new ClientError(
        'too_late',
        left < 0n
            ? `purchase ${purchase} can't be delivered any more: its deadline is over`
            : `purchase ${purchase} takes ${batches} transactions, and ${left} s are left: too few`,
    );
}
