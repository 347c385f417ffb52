// Delivery while the app is open: serves the purchases of a seller, from the delivery to the price.
//
// It works from the ledger, as all nodes together show it, and from the markers of settlements on this device, so that it can
// be ended at any moment, and be started twice: the program accepts each record of a purchase once, and pays once. When the
// app is not open nothing is delivered: buyers get their money back after the deadline.

import type { Address } from '@solana/kit';
import { ClientError, type ClientErrorCode } from '../base/errors.js';
import { type RunAlone, runAlone } from '../base/run-alone.js';
import { sleep } from '../base/time.js';
import { purchaseStatus } from '../ledger/accounts.js';
import { list } from '../ledger/listings.js';
import { type Marker, savedMarkers } from '../saved/markers.js';
import { requireOwnPayer, type SettleEnd, type SettleEvent, type Settler } from '../settlement/settler.js';
import type { KeySource } from '../wallets/wallet.js';
import type { FlowContext } from './context.js';
import { type DeliveredBatch, deliver } from './deliver.js';
import { type Belief, readSale, type Sale } from './sale.js';
import { resumeSettlement, settle } from './settle.js';

/** What happens while sales are watched. */
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
    /** Ends it. What is on its way may land all the same, and the next call continues. */
    signal: AbortSignal;
    /** Is told what happens. */
    onEvent?: (event: SalesEvent) => void;
    /** The source of the terms [default: the offers on this device]. */
    belief?: Belief;
    /** Milliseconds between two looks at the ledger [default: 15,000]. */
    interval?: number;
    /** Keeps two tabs from doing the same [default: the browser's locks]. */
    runAlone?: RunAlone;
};

/** The first and the longest wait before another try, in milliseconds. */
const [FIRST_RETRY, LAST_RETRY] = [500, 60_000];

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
 * Delivers and settles what buyers paid for, until the signal. The settler's payer pays all fees, and is a key of this device.
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

type Task = { purchase: Address; due: number; failures: number; isSettling: boolean };

class Watch {
    /** By purchase and deadline: another purchase at the same address is another task. */
    readonly #tasks = new Map<string, Task>();
    /** What has ended, or was given up. */
    readonly #left = new Set<string>();
    readonly #settlements = new Set<Promise<void>>();

    constructor(
        private readonly context: FlowContext & { signal: AbortSignal },
        private readonly keys: KeySource,
        private readonly settler: Settler,
        private readonly options: Omit<WatchOptions, 'runAlone'>,
    ) {}

    async run(): Promise<void> {
        const { interval = 15_000, signal } = this.options;
        await this.resume();
        for (let nextLook = 0; !signal.aborted; ) {
            if (Date.now() >= nextLook) {
                await this.look();
                nextLook = Date.now() + interval;
            }
            for (const [key, task] of this.#tasks) {
                if (signal.aborted) break;
                if (!task.isSettling && task.due <= Date.now()) await this.serve(key, task);
            }
            const dues = [...this.#tasks.values()].filter(({ isSettling }) => !isSettling).map(({ due }) => due);
            await sleep(Math.max(0, Math.min(nextLook, ...dues) - Date.now()), signal);
        }
        await Promise.all(this.#settlements);
    }

    private report(event: SalesEvent): void {
        this.options.onEvent?.(event);
    }

    /** Continues the settlements that earlier pages began. */
    private async resume(): Promise<void> {
        const { deployment } = this.context.ledger;
        for (const marker of await savedMarkers(this.context.saved, deployment, this.keys.wallet)) {
            const key = keyOf(marker);
            const task = { purchase: marker.purchase, due: 0, failures: 0, isSettling: true };
            this.#tasks.set(key, task);
            this.begin(key, task, (onEvent) =>
                resumeSettlement(this.context, this.keys, marker, this.settler, onEvent),
            );
        }
    }

    /** Finds purchases that are pending or locked. */
    private async look(): Promise<void> {
        const seller = this.keys.wallet;
        for (const status of [0, 1]) {
            try {
                const { accounts } = await list(this.context.ledger, 'purchase', { seller, status });
                for (const { address: purchase, state } of accounts) {
                    const key = keyOf({ purchase, deadline: state.deadline });
                    if (this.#tasks.has(key) || this.#left.has(key)) continue;
                    this.#tasks.set(key, { purchase, due: 0, failures: 0, isSettling: false });
                    this.report({ event: 'found', purchase });
                }
            } catch {
                // No node answers: the next look asks again.
            }
        }
    }

    /** Does the next thing with a purchase. */
    private async serve(key: string, task: Task): Promise<void> {
        const { purchase } = task;
        let sale: Sale;
        try {
            sale = await readSale(this.context, this.keys, purchase, this.options.belief);
        } catch (error) {
            if (this.context.signal.aborted) return;
            if (isOneOf(['not_found'], error)) this.leave(key, { event: 'gone', purchase });
            else this.failed(key, task, error, isOneOf(OTHER, error));
            return;
        }
        const status = purchaseStatus(sale.state);
        if (status === 'settled' || keyOf({ purchase, deadline: sale.state.deadline }) !== key) {
            this.leave(key, { event: 'gone', purchase });
            return;
        }
        if (status === 'locked') {
            this.begin(key, task, (onEvent) => settle(this.context, this.keys, sale, this.settler, onEvent));
            return;
        }
        try {
            const open = 1 + this.#settlements.size;
            const seller = { keys: this.keys, payer: this.settler.payer.signer };
            await deliver(this.context, seller, sale, {
                open,
                onDelivered: (batch) => this.report({ event: 'delivered', purchase, batch }),
            });
            [task.due, task.failures] = [0, 0];
        } catch (error) {
            if (!this.context.signal.aborted) this.failed(key, task, error);
        }
    }

    /** Settles beside whatever else there is to do. */
    private begin(key: string, task: Task, run: (onEvent: (event: SettleEvent) => void) => Promise<SettleEnd>): void {
        const { purchase } = task;
        task.isSettling = true;
        const onEvent = (settlement: SettleEvent) => this.report({ event: 'settling', purchase, settlement });
        const settlement = run(onEvent)
            .then(
                (end) =>
                    this.leave(
                        key,
                        end.end === 'settled' || end.confirmed
                            ? { event: 'settled', purchase, end }
                            : { event: 'gone', purchase },
                    ),
                (error: unknown) => {
                    task.isSettling = false;
                    if (!this.context.signal.aborted) this.failed(key, task, error);
                },
            )
            .finally(() => this.#settlements.delete(settlement));
        this.#settlements.add(settlement);
    }

    private failed(key: string, task: Task, error: unknown, isLasting = false): void {
        const { purchase } = task;
        if (isLasting || isOneOf(LASTING, error)) {
            this.leave(key, { event: 'given_up', purchase, error });
            return;
        }
        const retryIn = Math.min(FIRST_RETRY * 2 ** Math.min(task.failures, 16), LAST_RETRY);
        task.failures += 1;
        task.due = Date.now() + retryIn;
        this.report({ event: 'postponed', purchase, error, retryIn });
    }

    private leave(key: string, event: SalesEvent): void {
        this.#tasks.delete(key);
        this.#left.add(key);
        this.report(event);
    }
}

const keyOf = ({ deadline, purchase }: Pick<Marker, 'purchase' | 'deadline'>) => `${purchase} ${deadline}`;
