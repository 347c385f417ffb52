// The purchases that a seller still has to serve, what is done with each of them, and when.

import type { Address } from '@solana/kit';
import { machineTime } from '../ledger/clock.js';
import type { Marker } from '../saved/markers.js';
import { lastMoment } from './deliver.js';
import type { Sale } from './sale.js';

/** The first and the longest wait before another try, in milliseconds; the longest where little time is left. */
const [FIRST_RETRY, LAST_RETRY, LAST_URGENT_RETRY] = [500, 60_000, 10_000];
/** A purchase with fewer seconds than this goes before all others. */
const URGENT = 600n;
/** Milliseconds after which a lock that is confirmed is final, or has not happened. */
const LONGEST_FINALITY = 120_000;

/** What is done with a purchase. */
export type Stage =
    /** It is tried again when it is due. */
    | { stage: 'waits'; due: number }
    | { stage: 'reading' }
    /** It was read, and waits for its delivery. */
    | { stage: 'read'; sale: Sale }
    /** It may be locked before long. */
    | { stage: 'delivering' }
    | { stage: 'settling' };

/** A purchase to serve. */
export type Task = {
    /** Purchase and deadline: another purchase at the same address is another task. */
    readonly key: string;
    readonly purchase: Address;
    now: Stage;
    failures: number;
    isUrgent: boolean;
    /** When it was locked, or may have been; milliseconds. */
    lockedAt: number | undefined;
    /** The settlement that was begun. */
    marker: Marker | undefined;
};

/** What tells a purchase from another one at the same address. */
export const keyOf = ({ deadline, purchase }: Pick<Marker, 'purchase' | 'deadline'>) => `${purchase} ${deadline}`;

/** All tasks of a seller. */
export class SalesTasks {
    readonly #tasks = new Map<string, Task>();
    /** What has ended, or was given up. */
    readonly #left = new Set<string>();

    /** A purchase that is to be looked at; `undefined`: it is known. */
    add(found: Pick<Marker, 'purchase' | 'deadline'>): Task | undefined {
        const key = keyOf(found);
        if (this.#tasks.has(key) || this.#left.has(key)) return undefined;
        const task: Task = {
            key,
            purchase: found.purchase,
            now: { stage: 'waits', due: Date.now() },
            failures: 0,
            isUrgent: false,
            lockedAt: undefined,
            marker: undefined,
        };
        this.#tasks.set(key, task);
        return task;
    }

    leave({ key }: Task): void {
        this.#tasks.delete(key);
        this.#left.add(key);
    }

    /** What is due, longest first. Of what was found together, the first one comes first. */
    due(): Task[] {
        const now = Date.now();
        return this.waiting()
            .filter(({ due }) => due <= now)
            .sort((one, other) => one.due - other.due)
            .map(({ task }) => task);
    }

    /** When something is due next that may be begun; `Infinity`: never. What has a marker is not read before. */
    nextDue(mayRead: boolean): number {
        const begun = this.waiting().filter(({ task }) => mayRead || task.marker);
        return Math.min(...begun.map(({ due }) => due));
    }

    private waiting(): { task: Task; due: number }[] {
        return [...this.#tasks.values()].flatMap((task) =>
            task.now.stage === 'waits' ? [{ task, due: task.now.due }] : [],
        );
    }

    /** What waits for its delivery, the most urgent first. */
    read(): { task: Task; sale: Sale }[] {
        return [...this.#tasks.values()]
            .flatMap((task) => (task.now.stage === 'read' ? [{ task, sale: task.now.sale }] : []))
            .sort((one, other) => Number(other.task.isUrgent) - Number(one.task.isUrgent));
    }

    /** The number of tasks at a stage. */
    at(stage: Stage['stage']): number {
        return [...this.#tasks.values()].filter(({ now }) => now.stage === stage).length;
    }

    /** The number of purchases that are locked, or may be before long: the payer has to be able to settle all of them. */
    open(): number {
        const isOpen = ({ lockedAt, now }: Task) =>
            lockedAt !== undefined || now.stage === 'delivering' || now.stage === 'settling';
        return [...this.#tasks.values()].filter(isOpen).length;
    }
}

/** Notes what a purchase is like that was read. */
export function noteSale(task: Task, sale: Sale): void {
    task.isUrgent = lastMoment(sale) - BigInt(machineTime()) < URGENT;
}

/** Whether a purchase that is shown as pending was locked so lately that this may not be final yet. */
export function isJustLocked(task: Task): boolean {
    return task.lockedAt !== undefined && Date.now() < task.lockedAt + LONGEST_FINALITY;
}

/** Tries again later, each time after a longer wait. Returns its milliseconds. */
export function postpone(task: Task): number {
    const longest = task.isUrgent ? LAST_URGENT_RETRY : LAST_RETRY;
    const retryIn = Math.min(FIRST_RETRY * 2 ** Math.min(task.failures, 16), longest);
    task.failures += 1;
    task.now = { stage: 'waits', due: Date.now() + retryIn };
    return retryIn;
}
