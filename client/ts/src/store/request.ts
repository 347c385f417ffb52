// Requests to a store, whatever they are about: signed, limited in time, and ended in any case.

import type { Address } from '@solana/kit';
import type { SignBytes } from '../crypto/keys.js';
import { type StoreRequest, signStoreRequest } from './store.js';
import { refusalOf, StoreError } from './store-error.js';
import { type StoreOptions, Transfer } from './transfer.js';

/** A wallet that signs requests to a store. */
export type StoreSigner = {
    /** The wallet. */
    wallet: Address;
    /** Signs plain bytes. */
    sign: SignBytes;
};

/**
 * Sends a signed request. Returns the status of its answer.
 *
 * @param more The body of an upload, and headers beside those of the signature.
 * @throws {StoreError} The store refused.
 */
export async function signedRequest(
    storeRequest: StoreRequest,
    { sign, wallet }: StoreSigner,
    options: StoreOptions,
    { body, headers: further }: { body?: Blob; headers?: Record<string, string> } = {},
): Promise<number> {
    const headers = { ...further, ...(await signStoreRequest(storeRequest, wallet, sign)) };
    const { method, url } = storeRequest;
    return await request(url, { method, headers, ...(body && { body }) }, options, async (response, transfer) => {
        if (!response.ok) throw await transfer.next(refusalOf(url.href, response));
        return response.status;
    });
}

/** Sends a request, and ends it once its answer was used. */
export async function request<T>(
    url: URL,
    init: RequestInit & { body?: Blob },
    options: StoreOptions,
    use: (response: Response, transfer: Transfer) => Promise<T>,
): Promise<T> {
    const { body } = init;
    const transfer = body ? new Transfer(BigInt(body.size), options, 'upload') : new Transfer(0n, options);
    try {
        return await use(await transfer.send(url, init), transfer);
    } finally {
        transfer.end();
    }
}

/** An answer that no store gives to this request. */
export const unexpected = (url: URL, status: number) =>
    new StoreError(url.href, status, undefined, `${url.href}: unexpected answer ${status}`);
