// Requests to document stores (docs/PROTOCOL.md, section 7): upload, status, erasure, and downloads that are checked
// against a record's locator.

import { equalBytes } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { chunksOf, collect, streamFrom } from '../base/streams.js';
import type { Locator } from '../documents/locator.js';
import { isPublicHost } from './public-host.js';
import { request, type StoreSigner, signedRequest, unexpected } from './request.js';
import { documentUrl } from './store.js';
import { refusalOf, StoreError } from './store-error.js';
import { requireSize, type StoreOptions, Transfer } from './transfer.js';

/** A store's statement about a document. */
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
    const put = { method: 'PUT', url, eraseAuthority } as const;
    const status = await signedRequest(put, signer, options, { body });
    if (status === 201) return true;
    if (status === 200) return false;
    throw unexpected(url, status);
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
    const response = await request(url, { method: 'HEAD' }, options, async (answer) => answer);
    if (response.status === 404) return undefined;
    if (response.status === 410) throw new StoreError(url.href, 410, 'erased', `${url.href}: the document was erased`);
    const size = response.headers.get('content-length');
    if (response.status !== 200 || !size || !/^[0-9]+$/.test(size)) throw unexpected(url, response.status);
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
    const status = await signedRequest(erasure, eraseAuthority, options);
    if (status !== 204) throw unexpected(url, status);
}

/** Which stores of a locator to ask. A stranger wrote the locator. */
export type IsAllowedStore = (store: URL) => boolean;

/**
 * Only `https`, and no address of this machine or of a private network. To which address a name leads, a browser can't see: its
 * own rules keep a page from reading what a server of the local network does not offer to it.
 */
export const isPublicHttps: IsAllowedStore = ({ hostname, protocol }) =>
    protocol === 'https:' && isPublicHost(hostname);

/** A ciphertext that comes from a store. */
export type FetchedCiphertext = {
    /** The store that has it. */
    store: string;
    /** The ciphertext. It fails at its end at the latest if size or hash are not those of the locator. */
    ciphertext: ReadableStream<Uint8Array<ArrayBuffer>>;
};

/**
 * Asks the stores of a locator, one after the other, for its ciphertext, until one answers with as many bytes as the
 * locator says. No redirects are followed. The time for a download begins here: read the stream without waiting.
 *
 * The stream fails with `wrong_document` if size or hash are not those of the locator. Then {@link fetchDocument}, which
 * holds all of it in memory, asks the next store; a caller of this function can do the same with `stores`.
 *
 * @throws {ClientError} `too_large`: the locator says more bytes than the options allow. No store is asked.
 * @throws {AggregateError} No store answered with the document: `errors` has what happened at each.
 */
export async function fetchDocumentStream(
    { sha256, size, stores }: Pick<Locator, 'sha256' | 'size' | 'stores'>,
    isAllowed: IsAllowedStore = isPublicHttps,
    options: StoreOptions = {},
): Promise<FetchedCiphertext> {
    requireSize(size, options);
    const errors: unknown[] = [];
    for (const store of stores) {
        const transfer = new Transfer(size, options);
        try {
            const url = documentUrl(store, sha256);
            if (!isAllowed(new URL(store))) {
                throw new ClientError('store_not_allowed', `${store}: this app does not ask such stores`);
            }
            const response = await transfer.send(url, { method: 'GET' });
            if (!response.ok) throw await transfer.next(refusalOf(url.href, response));
            if (response.status !== 200 || !response.body) throw unexpected(url, response.status);
            const length = response.headers.get('content-length');
            if (length !== null && length !== size.toString()) throw wrongDocument(store);
            return { store, ciphertext: streamFrom(checked(response.body, { sha256, size, store, transfer })) };
        } catch (error) {
            transfer.end();
            options.signal?.throwIfAborted();
            errors.push(error);
        }
    }
    throw noStore(errors);
}

/**
 * Fetches the ciphertext of a locator into memory, from the first store that has it with the locator's size and hash.
 *
 * @throws {ClientError} `too_large`, as {@link fetchDocumentStream}.
 * @throws {AggregateError} No store answered with the document: `errors` has what happened at each.
 */
export async function fetchDocument(
    locator: Pick<Locator, 'sha256' | 'size' | 'stores'>,
    isAllowed: IsAllowedStore = isPublicHttps,
    options: StoreOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
    requireSize(locator.size, options);
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

type Expected = Pick<Locator, 'sha256' | 'size'> & { store: string; transfer: Transfer };

/** The chunks of a body, which are exactly the bytes with this size and hash. */
async function* checked(body: ReadableStream<Uint8Array>, { sha256: expected, size, store, transfer }: Expected) {
    const hash = sha256.create();
    let read = 0n;
    const chunks = chunksOf(body);
    try {
        for (;;) {
            const { done, value } = await transfer.next(chunks.next());
            if (done) break;
            read += BigInt(value.length);
            if (read > size) throw wrongDocument(store);
            hash.update(value);
            yield copy(value);
        }
    } finally {
        transfer.end();
        // Not awaited: after a time-out, the pending read would have to end first.
        void chunks.return().catch(() => undefined);
    }
    if (read !== size || !equalBytes(hash.digest(), copy(expected))) throw wrongDocument(store);
}
