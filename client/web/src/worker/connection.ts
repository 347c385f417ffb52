// The page's side of the worker.

import { type Remote, wrap } from 'comlink';
import { scriptUrl } from '../base/script-url.js';
import type { Network } from '../network/network.js';
import type { Service } from './service.js';
import { transferErrors } from './transfer-errors.js';
import workerUrl from './worker.ts?worker&url';

/** The worker's functions by area, as the page calls them. */
export type RemoteService = { [Area in keyof Service]: Remote<Service[Area]> };

let network: Network | undefined;
let worker: Worker | undefined;
let service: RemoteService | undefined;

transferErrors();

/** The worker. It starts with the first call. */
export function connect(): RemoteService {
    if (!service) {
        worker = startWorker();
        // Comlink's own type takes an area for a value to be copied; a call passes through it all the same.
        service = wrap<Service>(worker) as unknown as RemoteService;
        // Calls arrive in their order.
        if (network) void service.useNetwork(network);
    }
    return service;
}

/** Chooses the network, also for workers that start later. */
export function chooseNetwork(chosen: Network): void {
    network = chosen;
    if (service) void service.useNetwork(chosen);
}

/** Ends the worker, and with it all secrets that are in memory. The next call starts a new one. */
export function disconnect(): void {
    worker?.terminate();
    worker = undefined;
    service = undefined;
}

function startWorker(): Worker {
    return new Worker(scriptUrl(workerUrl), { type: 'module' });
}
