// Signed requests to a document store (docs/PROTOCOL.md, section 7). This file sends no requests.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Address, getBase58Decoder, type ReadonlyUint8Array } from '@solana/kit';
import { copy, exactly } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { type RandomBytes, secureRandom } from '../crypto/group.js';
import type { SignBytes } from '../crypto/keys.js';
import { isStoreUrl } from '../documents/store-url.js';

/** An upload (`PUT`), a deletion (`DELETE`), or the list of the files behind a wallet's health links (`GET`). */
export type StoreRequest = {
    /** The HTTP method. */
    method: 'PUT' | 'DELETE' | 'GET';
    /** What it is about: {@link documentUrl}, or the address of a health link's file. */
    url: URL;
    /**
     * For an upload: the wallet that can delete the document, if this upload is the first. For a deletion: the wallet
     * that deletes. For a list: the wallet whose files are listed.
     */
    eraseAuthority: Address;
};

/**
 * The address of a ciphertext in a store.
 *
 * @throws {ClientError} `malformed`: the store's address is not in its canonical form, or has a name that this platform
 * does not accept.
 * @throws {RangeError} The hash does not have 32 bytes.
 */
export function documentUrl(store: string, ciphertextSha256: ReadonlyUint8Array): URL {
    const hash = exactly(copy(ciphertextSha256), 32, 'the SHA-256 of a ciphertext');
    return urlAt(store, `/v1/documents/${bytesToHex(hash)}`);
}

/**
 * A path in a store, from `/v1` on.
 *
 * @throws {ClientError} `malformed`: as {@link documentUrl}.
 */
export function urlAt(store: string, path: string): URL {
    const url = `${store}${path}`;
    if (!isStoreUrl(store) || !URL.canParse(url)) {
        throw new ClientError(
            'malformed',
            "a store's address is scheme://host, with :port and /path where it has them, without a slash at its end",
        );
    }
    return new URL(url);
}

/** The eight lines to sign. */
export function storeRequestText(request: StoreRequest, unixTime: number, nonce: Uint8Array): string {
    const { eraseAuthority, method, url } = request;
    // The last part of an upload's path is the SHA-256 of its body.
    const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
    const body = method === 'PUT' ? last : bytesToHex(sha256(new Uint8Array()));
    const lines = [
        'generion store v1',
        url.host,
        method,
        // The path as the store sees it: a proxy removes the path of the store's address.
        url.pathname.slice(url.pathname.lastIndexOf('/v1/')),
        body,
        eraseAuthority,
        String(unixTime),
        bytesToHex(nonce),
    ];
    return lines.map((line) => `${line}\n`).join('');
}

/** The headers to send with a request. Each signature is valid for one request. */
export async function signStoreRequest(
    request: StoreRequest,
    signer: Address,
    sign: SignBytes,
    unixTime: number = Math.floor(Date.now() / 1000),
    random: RandomBytes = secureRandom,
): Promise<Record<string, string>> {
    const nonce = random(16);
    const signature = await sign(new TextEncoder().encode(storeRequestText(request, unixTime, nonce)));
    return {
        'generion-signer': signer,
        'generion-signature': getBase58Decoder().decode(signature),
        'generion-erase-authority': request.eraseAuthority,
        'generion-time': String(unixTime),
        'generion-nonce': bytesToHex(nonce),
    };
}
