// Files of health links in a store (docs/PROTOCOL.md, section 7): uploaded, listed, erased.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ClientError } from '../base/errors.js';
import { chunksOf } from '../base/streams.js';
import { request, type StoreSigner, signedRequest, unexpected } from '../store/request.js';
import { signStoreRequest, urlAt } from '../store/store.js';
import { refusalOf, StoreError } from '../store/store-error.js';
import type { StoreOptions, Transfer } from '../store/transfer.js';

/** A file of a link, as a store lists it. */
export type ListedLinkFile = {
    /** Seconds since 1970, from which on the store has it no more. */
    expiry: number;
    /** SHA-256 of the file, in hexadecimal. */
    sha256: string;
    /** Bytes of the file. */
    size: number;
    /** The owner's sealed note. */
    note: string;
};

/** Bytes of a list that are read: 256 entries of a note's longest and a hash. */
const MAX_LIST = 2 ** 20;
/** The entries that a store gives at most. */
const MAX_ENTRIES = 256;
const HASH = /^[0-9a-f]{64}$/;

/**
 * The address of a link's file in a store.
 *
 * @throws {ClientError} `malformed`: the store's address is not in its canonical form.
 */
export function linkFileUrl(store: string, { expiry, sha256 }: Pick<ListedLinkFile, 'expiry' | 'sha256'>): URL {
    if (!Number.isSafeInteger(expiry) || expiry < 0 || !HASH.test(sha256)) throw new RangeError('no file of a link');
    return urlAt(store, `/v1/links/${expiry}/${sha256}`);
}

/** The name of a link's file in any store. */
export const linkFileName = (file: Uint8Array, expiry: number): Pick<ListedLinkFile, 'expiry' | 'sha256'> => ({
    expiry,
    sha256: bytesToHex(sha256(file)),
});

/**
 * Uploads the file of a link, with a note for the owner's other devices.
 *
 * @param authority Lists and erases it. It signs the upload as well.
 * @throws {StoreError} The store refused.
 */
export async function uploadLinkFile(
    url: URL,
    file: Uint8Array<ArrayBuffer>,
    note: string,
    authority: StoreSigner,
    options: StoreOptions = {},
): Promise<void> {
    const upload = { method: 'PUT', url, eraseAuthority: authority.wallet } as const;
    const headers = { 'generion-link-note': note };
    const status = await signedRequest(upload, authority, options, { body: new Blob([file]), headers });
    // 200: an earlier attempt arrived, though its answer did not.
    if (status !== 201 && status !== 200) throw unexpected(url, status);
}

/**
 * Erases the file of a link. One that is gone already is no error.
 *
 * @throws {StoreError} The store refused.
 */
export async function eraseLinkFile(url: URL, authority: StoreSigner, options: StoreOptions = {}): Promise<void> {
    const erasure = { method: 'DELETE', url, eraseAuthority: authority.wallet } as const;
    try {
        const status = await signedRequest(erasure, authority, options);
        if (status !== 204) throw unexpected(url, status);
    } catch (error) {
        if (!(error instanceof StoreError && error.code === 'not_found')) throw error;
    }
}

/**
 * Lists the files of an authority that can be read. A store can leave some out.
 *
 * @throws {StoreError} The store refused, or answered with something else than a list.
 */
export async function listLinkFiles(
    store: string,
    { sign, wallet }: StoreSigner,
    options: StoreOptions = {},
): Promise<ListedLinkFile[]> {
    const url = urlAt(store, '/v1/links');
    const headers = await signStoreRequest({ method: 'GET', url, eraseAuthority: wallet }, wallet, sign);
    return await request(url, { headers }, options, async (response, transfer) => {
        if (!response.ok) throw await transfer.next(refusalOf(url.href, response));
        if (response.status !== 200) throw unexpected(url, response.status);
        return readList(url, await bodyText(response, transfer, MAX_LIST));
    });
}

/**
 * The body of an answer as text.
 *
 * @throws {ClientError} `too_large`, `timed_out`.
 */
export async function bodyText(response: Response, transfer: Transfer, most: number): Promise<string> {
    if (!response.body) return '';
    const decoder = new TextDecoder();
    const chunks = chunksOf(response.body);
    let [text, read] = ['', 0];
    try {
        for (;;) {
            const { done, value } = await transfer.next(chunks.next());
            if (done) return text + decoder.decode();
            read += value.length;
            if (read > most) throw new ClientError('too_large', `the answer has more than ${most} bytes`);
            text += decoder.decode(value, { stream: true });
        }
    } finally {
        // Not awaited: after a time-out, the pending read would have to end first.
        void chunks.return().catch(() => undefined);
    }
}

function readList(url: URL, text: string): ListedLinkFile[] {
    try {
        const { links } = JSON.parse(text);
        if (Array.isArray(links) && links.length <= MAX_ENTRIES && links.every(isListed)) return links;
    } catch {
        // Told below.
    }
    throw new StoreError(url.href, 200, undefined, `${url.href}: the answer is no list of links`);
}

function isListed(entry: unknown): entry is ListedLinkFile {
    const { expiry, note, sha256, size } = (entry ?? {}) as { [name: string]: unknown };
    const isNumber = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
    return (
        isNumber(expiry) &&
        isNumber(size) &&
        typeof note === 'string' &&
        typeof sha256 === 'string' &&
        HASH.test(sha256)
    );
}
