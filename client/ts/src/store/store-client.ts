// Requests to document stores (docs/PROTOCOL.md, section 7): upload, status, erasure, and downloads that are checked
// against a record's locator.

import { equalBytes } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { chunksOf, collect, streamFrom } from '../base/streams.js';
import type { SignBytes } from '../crypto/keys.js';
import type { Locator } from '../documents/locator.js';
import { documentUrl, type StoreRequest, signStoreRequest } from './store.js';
import { refusalOf, StoreError } from './store-error.js';

/** How to reach stores. */
export type StoreOptions = {
    /** Cancels the request. */
    signal?: AbortSignal;
    /** Another `fetch` than the platform's. */
    fetch?: typeof fetch;
    /** Milliseconds without a byte after which a request fails; 60,000 unless given. */
    idleTimeout?: number;
};

/** A wallet that signs requests to a store. */
export type StoreSigner = {
    /** The wallet. */
    wallet: Address;
    /** Signs plain bytes. */
    sign: SignBytes;
};

const IDLE_TIMEOUT = 60_000;

/** What a store says about a document. */
export type StoredDocument = {
    /** Bytes of the ciphertext. */
    size: bigint;
    /** The wallet that can erase the document. */
    eraseAuthority: string | undefined;
};

/**
 * Uploads a ciphertext. A browser reads a `Blob` piece by piece, also from a file on the disk.
 *
 * Returns whether this upload published the document: `false` if the store had it already. Then the store's erase authority
 * may be another than the one that was asked for: ask {@link documentStatus}.
 *
 * @throws {StoreError} The store refused.
 */
export async function uploadDocument(
    store: string,
    ciphertext: Blob | Uint8Array<ArrayBuffer>,
    ciphertextSha256: ReadonlyUint8Array,
    eraseAuthority: Address,
    signer: StoreSigner,
    options: StoreOptions = {},
): Promise<boolean> {
    const url = documentUrl(store, ciphertextSha256);
    const body = ciphertext instanceof Blob ? ciphertext : new Blob([ciphertext]);
    const response = await signedRequest({ method: 'PUT', url, eraseAuthority }, signer, options, body);
    await response.body?.cancel();
    if (response.status === 201) return true;
    if (response.status === 200) return false;
    throw unexpected(url, response);
}

/**
 * Asks a store for a document without fetching it. `undefined`: the store does not have it.
 *
 * @throws {StoreError} `erased`: the document was erased; or another refusal.
 */
export async function documentStatus(
    store: string,
    ciphertextSha256: ReadonlyUint8Array,
    options: StoreOptions = {},
): Promise<StoredDocument | undefined> {
    const url = documentUrl(store, ciphertextSha256);
    // An answer to HEAD has no body, and so no code.
    const response = await request(url, { method: 'HEAD' }, options);
    if (response.status === 404) return undefined;
    if (response.status === 410) throw new StoreError(url.href, 410, 'erased', `${url.href}: the document was erased`);
    const size = response.headers.get('content-length');
    if (response.status !== 200 || !size || !/^[0-9]+$/.test(size)) throw unexpected(url, response);
    return { size: BigInt(size), eraseAuthority: response.headers.get('generion-erase-authority') ?? undefined };
}

/**
 * Erases a document. It can't be uploaded to this store again.
 *
 * @throws {StoreError} The store refused.
 */
export async function eraseDocument(
    store: string,
    ciphertextSha256: ReadonlyUint8Array,
    eraseAuthority: StoreSigner,
    options: StoreOptions = {},
): Promise<void> {
    const url = documentUrl(store, ciphertextSha256);
    const erasure = { method: 'DELETE', url, eraseAuthority: eraseAuthority.wallet } as const;
    const response = await signedRequest(erasure, eraseAuthority, options);
    if (response.status !== 204) throw unexpected(url, response);
}

/** Which stores of a locator to ask. A stranger wrote the locator. */
export type IsAllowedStore = (store: URL) => boolean;

/**
 * Only `https`. A browser can't see to which address a name leads: its own rules keep a page from reading what a server of
 * the local network does not offer to it.
 */
export const isHttps: IsAllowedStore = (store) => store.protocol === 'https:';

/** A ciphertext that comes from a store. */
export type FetchedCiphertext = {
    /** The store that has it. */
    store: string;
    /** The ciphertext. It fails at its end at the latest if size or hash are not those of the locator. */
    ciphertext: ReadableStream<Uint8Array<ArrayBuffer>>;
};

/**
 * Asks the stores of a locator, one after the other, for its ciphertext, until one answers with as many bytes as the
 * locator says. No redirects are followed.
 *
 * The stream fails with `wrong_document` if size or hash are not those of the locator. Then {@link fetchDocument}, which
 * holds all of it in memory, asks the next store; a caller of this function can do the same with `stores`.
 *
 * @throws {AggregateError} No store answered with the document: `errors` has what happened at each.
 */
export async function fetchDocumentStream(
    { sha256, size, stores }: Pick<Locator, 'sha256' | 'size' | 'stores'>,
    isAllowed: IsAllowedStore = isHttps,
    options: StoreOptions = {},
): Promise<FetchedCiphertext> {
    const errors: unknown[] = [];
    for (const store of stores) {
        try {
            const url = documentUrl(store, sha256);
            if (!isAllowed(new URL(store))) {
                throw new ClientError('store_not_allowed', `${store}: this app does not ask such stores`);
            }
            const response = await request(url, { method: 'GET' }, options);
            if (!response.ok) throw await refusalOf(url.href, response);
            if (response.status !== 200 || !response.body) throw unexpected(url, response);
            const length = response.headers.get('content-length');
            if (length !== null && length !== size.toString()) {
                await response.body.cancel();
                throw wrongDocument(store);
            }
            return { store, ciphertext: streamFrom(checked(response.body, { sha256, size, store, options })) };
        } catch (error) {
            options.signal?.throwIfAborted();
            errors.push(error);
        }
    }
    throw noStore(errors);
}

/**
 * Fetches the ciphertext of a locator into memory, from the first store that has it with the locator's size and hash.
 *
 * @throws {AggregateError} No store answered with the document: `errors` has what happened at each.
 */
export async function fetchDocument(
    locator: Pick<Locator, 'sha256' | 'size' | 'stores'>,
    isAllowed: IsAllowedStore = isHttps,
    options: StoreOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
    const errors: unknown[] = [];
    for (const store of locator.stores) {
        try {
            const { ciphertext } = await fetchDocumentStream({ ...locator, stores: [store] }, isAllowed, options);
            return await collect(ciphertext);
        } catch (error) {
            options.signal?.throwIfAborted();
            errors.push(...(error instanceof AggregateError ? error.errors : [error]));
        }
    }
    throw noStore(errors);
}

const noStore = (errors: unknown[]) => {
    const reasons = errors.map((error) => (error instanceof Error ? error.message : String(error)));
    return new AggregateError(errors, `no store has the document: ${reasons.join('; ')}`);
};

const wrongDocument = (store: string) =>
    new ClientError('wrong_document', `${store} answered with bytes that are not the document of the record`);

type Expected = Pick<Locator, 'sha256' | 'size'> & { store: string; options: StoreOptions };

/** The chunks of a body, which are exactly the bytes with this size and hash. */
async function* checked(body: ReadableStream<Uint8Array>, { sha256: expected, size, store, options }: Expected) {
    const hash = sha256.create();
    let read = 0n;
    for await (const chunk of withIdleTimeout(chunksOf(body), options)) {
        read += BigInt(chunk.length);
        if (read > size) throw wrongDocument(store);
        hash.update(chunk);
        yield copy(chunk);
    }
    if (read !== size || !equalBytes(hash.digest(), copy(expected))) throw wrongDocument(store);
}

async function* withIdleTimeout(chunks: AsyncGenerator<Uint8Array, void, void>, options: StoreOptions) {
    try {
        for (;;) {
            const next = await within(chunks.next(), options);
            if (next.done) return;
            yield next.value;
        }
    } finally {
        // Not awaited: after a time-out, the pending read would have to end first.
        void chunks.return().catch(() => undefined);
    }
}

/** What a promise gives, unless the idle time-out comes first. */
async function within<T>(promise: Promise<T>, { idleTimeout = IDLE_TIMEOUT }: StoreOptions): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<never>((_, reject) => {
        const error = new ClientError('timed_out', `the store sent nothing for ${idleTimeout} ms`);
        timer = setTimeout(() => reject(error), idleTimeout);
    });
    try {
        return await Promise.race([promise, timeout]);
    } finally {
        clearTimeout(timer);
    }
}

async function signedRequest(
    storeRequest: StoreRequest,
    { sign, wallet }: StoreSigner,
    options: StoreOptions,
    body?: Blob,
): Promise<Response> {
    const headers = await signStoreRequest(storeRequest, wallet, sign);
    const { method, url } = storeRequest;
    // An upload sends for as long as it takes: the store ends one that stalls.
    const patience = body ? { ...options, idleTimeout: 2 ** 31 - 1 } : options;
    const response = await request(url, { method, headers, ...(body && { body }) }, patience);
    if (!response.ok) throw await refusalOf(url.href, response);
    return response;
}

async function request(url: URL, init: RequestInit, options: StoreOptions): Promise<Response> {
    const { fetch = globalThis.fetch, signal } = options;
    const isolated: RequestInit = {
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
    };
    return await within(fetch(url, { ...isolated, ...init, ...(signal && { signal }) }), options);
}

const unexpected = (url: URL, response: Response) =>
    new StoreError(url.href, response.status, undefined, `${url.href}: unexpected answer ${response.status}`);
