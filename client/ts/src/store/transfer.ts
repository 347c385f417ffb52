// Limits of requests to stores: a stranger chose the store, and must not hold up or fill the user's device.

import { ClientError } from '../base/errors.js';

/** How to reach stores, and how far to go with them. */
export type StoreOptions = {
    /** Cancels the request. */
    signal?: AbortSignal;
    /** Another `fetch` than the platform's. */
    fetch?: typeof fetch;
    /** The largest ciphertext that is fetched, in bytes [default: 1 GiB, which stores take at most unless told otherwise]. */
    maxSize?: bigint;
    /** Milliseconds without a byte after which a request fails [default: 60,000]. */
    idleTimeout?: number;
    /** Bytes a second below which a transfer is given up, at the latest after twice `idleTimeout` [default: 32 KiB]. */
    minRate?: number;
    /** Milliseconds that a request may take, however large the document [default: an hour; none for uploads]. */
    totalTimeout?: number;
};

const IDLE_TIMEOUT = 60_000;
const MAX_SIZE = 2n ** 30n;
const MIN_RATE = 32 * 1024;
const TOTAL_TIMEOUT = 3_600_000;
/** The longest time that timers know. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Refuses a document that is larger than this client fetches.
 *
 * @throws {ClientError} `too_large`.
 */
export function requireSize(size: bigint, { maxSize = MAX_SIZE }: StoreOptions): void {
    if (size > maxSize) {
        throw new ClientError('too_large', `the document has ${size} bytes, and this app fetches ${maxSize} at most`);
    }
}

/** A request and its answer, which are aborted when their time is over. End it in any case. */
export class Transfer {
    readonly #controller = new AbortController();
    readonly #idleTimeout: number;
    readonly #fetch: typeof fetch;
    readonly #signal: AbortSignal;
    readonly #timer: ReturnType<typeof setTimeout>;

    /**
     * @param bytes The size of what goes over the network, without headers.
     * @param direction An upload goes to a store that the user chose.
     */
    constructor(bytes: bigint, options: StoreOptions, direction: 'download' | 'upload' = 'download') {
        const { fetch = globalThis.fetch, idleTimeout = IDLE_TIMEOUT, minRate = MIN_RATE, signal } = options;
        const { totalTimeout = direction === 'download' ? TOTAL_TIMEOUT : LONGEST_TIMEOUT } = options;
        this.#fetch = fetch;
        this.#idleTimeout = idleTimeout;
        this.#signal = signal ? AbortSignal.any([this.#controller.signal, signal]) : this.#controller.signal;
        const time = Math.min(
            totalTimeout,
            LONGEST_TIMEOUT,
            2 * idleTimeout + (Number(bytes) / Math.max(minRate, 1)) * 1_000,
        );
        this.#timer = this.#abortAfter(time, `the store did not transfer ${bytes} bytes within ${Math.ceil(time)} ms`);
    }

    /** Sends the request. With a body, only all of it together is timed. */
    async send(url: URL, init: RequestInit): Promise<Response> {
        const isolated: RequestInit = {
            cache: 'no-store',
            credentials: 'omit',
            redirect: 'error',
            referrerPolicy: 'no-referrer',
        };
        const fetch = this.#fetch;
        const answer = fetch(url, { ...isolated, ...init, signal: this.#signal });
        return init.body ? await this.#unlessAborted(answer) : await this.next(answer);
    }

    /** The next that comes from the store, unless it takes too long. */
    async next<T>(promise: Promise<T>): Promise<T> {
        const words = `the store sent nothing for ${this.#idleTimeout} ms`;
        const timer = this.#abortAfter(this.#idleTimeout, words);
        try {
            return await this.#unlessAborted(promise);
        } finally {
            clearTimeout(timer);
        }
    }

    /** Ends it: what has not come yet is not waited for. */
    end(): void {
        clearTimeout(this.#timer);
        this.#controller.abort();
    }

    #abortAfter(time: number, words: string): ReturnType<typeof setTimeout> {
        return setTimeout(() => this.#controller.abort(new ClientError('timed_out', words)), time);
    }

    /** As the promise: a `fetch` of the caller's may not listen to signals. */
    async #unlessAborted<T>(promise: Promise<T>): Promise<T> {
        const signal = this.#signal;
        return await new Promise<T>((resolve, reject) => {
            const end = () => reject(signal.reason);
            if (signal.aborted) end();
            signal.addEventListener('abort', end);
            promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
        });
    }
}
