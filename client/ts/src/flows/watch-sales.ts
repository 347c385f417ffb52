// Delivery while the app is open: serves the purchases of a seller, from the delivery to the price.
//
// It works from the ledger, as all nodes together show it, and from the markers of settlements on this device, so that it can
// be ended at any moment, and be started twice: the program accepts each record of a purchase once, and pays once. When the
// app is not open nothing is delivered: buyers get their money back after the deadline.

import type { Address } from '@solana/kit';
import { ClientError, type ClientErrorCode } from '../base/errors.js';
import { tell } from '../base/listeners.js';
import { type RunAlone, runAlone } from '../base/run-alone.js';
import { sleep } from '../base/time.js';
import { purchaseStatus } from '../ledger/accounts.js';
import { list } from '../ledger/listings.js';
import { hasMarker, type Marker, savedMarkers } from '../saved/markers.js';
import { requireOwnPayer, type SettleEnd, type SettleEvent, type Settler } from '../settlement/settler.js';
import type { KeySource } from '../wallets/wallet.js';
import type { FlowContext } from './context.js';
import { type DeliveredBatch, deliver, purchaseState } from './deliver.js';
import { type Belief, markerOf, readSale, type Sale } from './sale.js';
import { isJustLocked, keyOf, noteSale, postpone, SalesTasks, type Task } from './sales-tasks.js';
import { resumeSettlement, settle } from './settle.js';

/** An event while sales are watched. */
export type SalesEvent = { purchase: Address } & (
    | { event: 'found' }
    | { event: 'delivered'; batch: DeliveredBatch }
    | { event: 'settling'; settlement: SettleEvent }
    | { event: 'settled'; end: SettleEnd }
    /** It ended otherwise: it was settled by another agent, or refunded. */
    | { event: 'gone' }
    /** It is tried again after some milliseconds. */
    | { event: 'postponed'; error: unknown; retryIn: number }
    /** Trying again is of no use. */
    | { event: 'given_up'; error: unknown }
);

/** How sales are watched. */
export type WatchOptions = {
    /** Ends the watch. Transactions on their way may still land, and the next call continues. */
    signal: AbortSignal;
    /** Called with each event. */
    onEvent?: (event: SalesEvent) => void;
    /** The source of the terms [default: the offers on this device]. */
    belief?: Belief;
    /** Milliseconds between two looks at the ledger [default: 15,000]. */
    interval?: number;
    /** Keeps two tabs from doing the same [default: the browser's locks]. */
    runAlone?: RunAlone;
};

/** Purchases that are read at a time. Those that nodes lie about take long. */
const READ_AT_A_TIME = 16;
/** Purchases that are delivered at a time: each of them may wait until it is final. */
const DELIVERED_AT_A_TIME = 8;
/** The longest wait in milliseconds, for `setTimeout` takes none without an end. */
const LONGEST_WAIT = 60_000;

/** Trying again is of no use. */
const LASTING: readonly ClientErrorCode[] = [
    'foreign_key',
    'interactive_payer',
    'malformed',
    'other_seller',
    'settle_too_late',
    'too_late',
];
/** The nodes show another purchase than the seller would serve. */
const OTHER: readonly ClientErrorCode[] = ['other_settle_key', 'other_terms'];

const isOneOf = (codes: readonly ClientErrorCode[], error: unknown) =>
    error instanceof ClientError && codes.includes(error.code);

/**
 * Delivers and settles the seller's purchases, until the signal. The settler's payer pays all fees, and is a key of this device.
 * Settlements that earlier pages began are continued. Nothing that a node does ends it.
 *
 * @throws {ClientError} `interactive_payer`; `marker`: it can't be told which settlements were begun.
 */
export async function watchSales(
    context: FlowContext,
    keys: KeySource,
    settler: Settler,
    { runAlone: alone = runAlone, ...options }: WatchOptions,
): Promise<void> {
    requireOwnPayer(settler);
    const { signal } = options;
    const { genesis, program } = context.ledger.deployment;
    const name = `generion/sales/${genesis}/${program}/${keys.wallet}`;
    const work = () => new Watch({ ...context, signal }, keys, settler, options).run();
    try {
        await alone(name, work, signal);
    } catch (error) {
        if (!signal.aborted) throw error;
    }
}

class Watch {
    readonly #tasks = new SalesTasks();
    /** The work that is under way. None of it rejects. */
    readonly #running = new Set<Promise<void>>();
    /** Ends the wait for something to do. */
    #wake = new AbortController();
    #nextLook = 0;

    constructor(
        private readonly context: FlowContext & { signal: AbortSignal },
        private readonly keys: KeySource,
        private readonly settler: Settler,
        private readonly options: Omit<WatchOptions, 'runAlone'>,
    ) {}

    async run(): Promise<void> {
        const { signal } = this.options;
        await this.resume();
        signal.addEventListener('abort', () => this.#wake.abort(), { once: true });
        while (!signal.aborted) {
            // Before anything is begun, so that nothing ends unnoticed.
            this.#wake = new AbortController();
            this.work();
            // Without a free place, the next one that becomes free ends the wait.
            const nextDue = this.#tasks.nextDue(this.#tasks.at('reading') < READ_AT_A_TIME);
            const next = Math.min(this.#nextLook, nextDue, Date.now() + LONGEST_WAIT);
            await sleep(Math.max(0, next - Date.now()), this.#wake.signal);
        }
        await Promise.all(this.#running);
    }

    /** Begins all work that can be begun. A purchase that waits stops no other one. */
    private work(): void {
        if (this.#nextLook <= Date.now()) {
            this.#nextLook = Number.POSITIVE_INFINITY;
            this.begin(this.look());
        }
        for (const task of this.#tasks.due()) {
            const { marker } = task;
            if (marker) {
                this.settle(task, marker, (onEvent) =>
                    resumeSettlement(this.context, this.keys, marker, this.settler, onEvent),
                );
            } else if (this.#tasks.at('reading') < READ_AT_A_TIME) {
                task.now = { stage: 'reading' };
                this.begin(this.read(task));
            }
        }
        for (const { sale, task } of this.#tasks.read()) {
            if (this.#tasks.at('delivering') >= DELIVERED_AT_A_TIME) break;
            task.now = { stage: 'delivering' };
            this.begin(this.deliver(task, sale, this.#tasks.open()));
        }
    }

    private begin(work: Promise<void>): void {
        const running = work.finally(() => {
            this.#running.delete(running);
            this.#wake.abort();
        });
        this.#running.add(running);
    }

    private report(event: SalesEvent): void {
        tell(this.options.onEvent, event);
    }

    /** Finds the settlements that earlier pages began. They need neither offers nor records. */
    private async resume(): Promise<void> {
        const { deployment } = this.context.ledger;
        for (const marker of await savedMarkers(this.context.saved, deployment, this.keys.wallet)) {
            const task = this.#tasks.add(marker);
            if (task) [task.marker, task.lockedAt] = [marker, Date.now()];
        }
    }

    /** Finds purchases that are locked or pending. Those that are locked are counted before others are locked. */
    private async look(): Promise<void> {
        const { interval = 15_000 } = this.options;
        const seller = this.keys.wallet;
        for (const status of [1, 0]) {
            try {
                const { accounts } = await list(this.context.ledger, 'purchase', { seller, status });
                for (const { address: purchase, state } of accounts) {
                    const isNew = this.#tasks.add({ purchase, deadline: state.deadline });
                    if (isNew) this.report({ event: 'found', purchase });
                }
            } catch {
                // No node answers: the next look asks again.
            }
        }
        this.#nextLook = Date.now() + interval;
    }

    /** Reads a purchase, to decide on its next step. */
    private async read(task: Task): Promise<void> {
        const { purchase } = task;
        let sale: Sale;
        try {
            sale = await readSale(this.context, this.keys, purchase, this.options.belief);
        } catch (error) {
            if (this.context.signal.aborted) return;
            if (isOneOf(['not_found'], error)) this.leave(task, { event: 'gone', purchase });
            else this.failed(task, error, isOneOf(OTHER, error));
            return;
        }
        noteSale(task, sale);
        const status = purchaseStatus(sale.state);
        if (status === 'settled' || keyOf({ purchase, deadline: sale.state.deadline }) !== task.key) {
            this.leave(task, { event: 'gone', purchase });
        } else if (status === 'locked') {
            task.lockedAt = Date.now();
            this.settle(task, markerOf(this.context, sale), (onEvent) =>
                settle(this.context, this.keys, sale, this.settler, onEvent),
            );
        } else if (isJustLocked(task)) {
            this.failed(task, purchaseState(sale, 'its lock is not final yet'));
        } else {
            task.lockedAt = undefined;
            task.now = { stage: 'read', sale };
        }
    }

    /** Delivers the missing records. `open`: the number of settlements that the payer must be able to pay. */
    private async deliver(task: Task, sale: Sale, open: number): Promise<void> {
        const { purchase } = task;
        const seller = { keys: this.keys, payer: this.settler.payer.signer };
        try {
            await deliver(this.context, seller, sale, {
                open,
                onDelivered: (batch) => this.report({ event: 'delivered', purchase, batch }),
            });
            task.lockedAt = Date.now();
            task.failures = 0;
            task.now = { stage: 'waits', due: Date.now() };
        } catch (error) {
            if (isOneOf(['unknown'], error)) task.lockedAt = Date.now();
            if (!this.context.signal.aborted) this.failed(task, error);
        }
    }

    /** Settles beside whatever else there is to do. */
    private settle(
        task: Task,
        marker: Marker,
        run: (onEvent: (event: SettleEvent) => void) => Promise<SettleEnd>,
    ): void {
        const { purchase } = task;
        task.now = { stage: 'settling' };
        const onEvent = (settlement: SettleEvent) => this.report({ event: 'settling', purchase, settlement });
        this.begin(
            run(onEvent).then(
                (end) => {
                    const isPaid = end.end === 'settled' || end.confirmed !== undefined;
                    this.leave(task, isPaid ? { event: 'settled', purchase, end } : { event: 'gone', purchase });
                },
                async (error: unknown) => {
                    const wasBegun = task.marker !== undefined;
                    // From the marker on, nothing else is needed to continue. Without it, nothing was shown.
                    const isBegun = await hasMarker(this.context.saved, marker).catch(() => wasBegun);
                    task.marker = isBegun ? marker : undefined;
                    // With a marker, only other keys than those of its settlement make it useless to try again.
                    if (!this.context.signal.aborted) this.failed(task, error, wasBegun && isOneOf(OTHER, error));
                },
            ),
        );
    }

    private failed(task: Task, error: unknown, isLasting = false): void {
        const { purchase } = task;
        if (isLasting || isOneOf(LASTING, error)) this.leave(task, { event: 'given_up', purchase, error });
        else this.report({ event: 'postponed', purchase, error, retryIn: postpone(task) });
    }

    private leave(task: Task, event: SalesEvent): void {
        this.#tasks.leave(task);
        this.report(event);
    }
}
