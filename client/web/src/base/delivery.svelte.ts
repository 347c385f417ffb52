// Delivery while the app is open: what happened to sales since the account was unlocked.

import { ClientError, type ClientErrorCode } from '@generion/client';
import type { Address } from '@solana/kit';
import { proxy } from 'comlink';
import { connect } from '../worker/connection.js';
import type { SaleEvent } from '../worker/selling.js';

let account = $state<Address | undefined>();
let isWatching = $state(false);
let latest = $state.raw<ReadonlyMap<Address, SaleEvent>>(new Map());
let count = $state(0);
let trouble = $state.raw<{ error: unknown } | undefined>();

/**
 * Delivers and settles the sales of the unlocked account, if it has any on this device, until the app locks. Called again
 * once something is for sale, and to try again. What fails is kept as {@link deliveryTrouble}.
 */
export async function startDelivering(seller: Address): Promise<void> {
    if (account !== seller) {
        account = seller;
        isWatching = false;
        latest = new Map();
        trouble = undefined;
    }
    const onEvent = (event: SaleEvent): void => {
        if (account !== seller) return;
        latest = new Map([...latest, [event.purchase, event]]);
        count += 1;
    };
    const onEnd = (problem: ClientErrorCode | undefined): void => {
        const words = 'the delivery of sales ended';
        stopped(problem ? new ClientError(problem, words) : new Error(words));
    };
    const stopped = (error: unknown): void => {
        if (account !== seller) return;
        isWatching = false;
        trouble = { error };
    };
    try {
        const watches = await connect().selling.watch(proxy(onEvent), proxy(onEnd));
        if (account !== seller) return;
        isWatching = watches;
        trouble = undefined;
    } catch (error) {
        stopped(error);
    }
}

/** Notes that the account is locked, which ends all deliveries. */
export function stopDelivering(): void {
    account = undefined;
    isWatching = false;
    latest = new Map();
    trouble = undefined;
}

/** The error that keeps this app from delivering, if there is one. */
export const deliveryTrouble = (): { error: unknown } | undefined => trouble;

/** Whether this app looks for sales to deliver. */
export const isDelivering = (): boolean => isWatching;

/** The last event of each sale. */
export const latestEvents = (): ReadonlyMap<Address, SaleEvent> => latest;

/** The number of events so far: it changes when there is something new to read. */
export const eventCount = (): number => count;
