// Locators (docs/PROTOCOL.md, section 3): where a record's encrypted document is, and what it is.

import { concatBytes } from '@noble/hashes/utils.js';
import {
    addDecoderSizePrefix,
    addEncoderSizePrefix,
    fixDecoderSize,
    fixEncoderSize,
    getBytesDecoder,
    getBytesEncoder,
    getStructDecoder,
    getStructEncoder,
    getU8Decoder,
    getU8Encoder,
    getU32Decoder,
    getU32Encoder,
    getU64Decoder,
    getU64Encoder,
    type ReadonlyUint8Array,
} from '@solana/kit';
import sodium from 'libsodium-wrappers';
import { ClientError } from './errors.js';
import { type RandomBytes, secureRandom } from './group.js';
import type { RecordKey } from './record.js';

/** Where an encrypted document is, and what it is. It comes from a stranger: decide what you follow. */
export type Locator = {
    /** Address of the ciphertext. */
    url: string;
    /** SHA-256 of the ciphertext. */
    sha256: ReadonlyUint8Array;
    /** Bytes of the ciphertext. */
    size: bigint;
    /** Media type of the plain text, e.g. `application/fhir+json`. */
    mediaType: string;
    /** What the document is, e.g. `fhir:Observation/4548-4`. */
    kind: string;
};

/** Lengths that encoded locators are padded to, so that the seal's length tells nothing. */
export const PADDED_LENGTHS = [192, 448] as const;

const VERSION = 1;
const text = () => addEncoderSizePrefix(getBytesEncoder(), getU32Encoder());
const readText = () => addDecoderSizePrefix(getBytesDecoder(), getU32Decoder());

const encoder = getStructEncoder([
    ['version', getU8Encoder()],
    ['url', text()],
    ['sha256', fixEncoderSize(getBytesEncoder(), 32)],
    ['size', getU64Encoder()],
    ['mediaType', text()],
    ['kind', text()],
]);

const decoder = getStructDecoder([
    ['version', getU8Decoder()],
    ['url', readText()],
    ['sha256', fixDecoderSize(getBytesDecoder(), 32)],
    ['size', getU64Decoder()],
    ['mediaType', readText()],
    ['kind', readText()],
]);

/**
 * The Borsh encoding, zero-padded.
 *
 * @throws {ClientError} `too_long`.
 */
export function encodeLocator(locator: Locator): Uint8Array {
    const utf8 = new TextEncoder();
    const bytes = encoder.encode({
        version: VERSION,
        url: utf8.encode(locator.url),
        sha256: locator.sha256,
        size: locator.size,
        mediaType: utf8.encode(locator.mediaType),
        kind: utf8.encode(locator.kind),
    });
    const padded = PADDED_LENGTHS.find((length) => length >= bytes.length);
    if (padded === undefined) {
        throw new ClientError(
            'too_long',
            `the locator takes ${bytes.length} bytes, the ledger holds at most ${PADDED_LENGTHS[1]}: ` +
                'use a shorter address, media type or kind',
        );
    }
    const result = new Uint8Array(padded);
    result.set(bytes);
    return result;
}

/**
 * Reads the encoding back, and nothing but it.
 *
 * @throws {ClientError} `unknown_version`, or `malformed` for everything that {@link encodeLocator} doesn't write.
 */
export function decodeLocator(bytes: Uint8Array): Locator {
    const malformed = () =>
        new ClientError(
            'malformed',
            "the locator is malformed: its creator's software is at fault, ask for a new record",
        );
    if (bytes.length === 0) throw malformed();
    if (bytes[0] !== VERSION) {
        throw new ClientError(
            'unknown_version',
            `the locator has version ${bytes[0]}, this software knows version ${VERSION}: update it`,
        );
    }
    try {
        const [{ url, sha256, size, mediaType, kind }, end] = decoder.read(bytes, 0);
        const isPadded = PADDED_LENGTHS.some((length) => length === bytes.length);
        if (!isPadded || bytes.slice(end).some((byte) => byte !== 0)) throw malformed();
        // A mark at the start of a text belongs to the text.
        const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        return { url: utf8.decode(url), sha256, size, mediaType: utf8.decode(mediaType), kind: utf8.decode(kind) };
    } catch {
        throw malformed();
    }
}

/**
 * Seals a locator for the ledger: libsodium's sealed box to the record's data public key.
 *
 * @throws {ClientError} `too_long`.
 */
export async function sealLocator(
    locator: Locator,
    dataPublicKey: ReadonlyUint8Array,
    random: RandomBytes = secureRandom,
): Promise<Uint8Array> {
    await sodium.ready;
    const plain = encodeLocator(locator);
    // `crypto_box_seal`, with the ephemeral secret from our own source.
    const secret = random(sodium.crypto_box_SECRETKEYBYTES);
    const [key, ephemeral] = [Uint8Array.from(dataPublicKey), sodium.crypto_scalarmult_base(secret)];
    const nonce = sodium.crypto_generichash(sodium.crypto_box_NONCEBYTES, concatBytes(ephemeral, key), null);
    const box = sodium.crypto_box_easy(plain, nonce, key, secret);
    secret.fill(0);
    return concatBytes(ephemeral, box);
}

/**
 * Opens a sealed locator.
 *
 * @throws {ClientError} `wrong_key`: a seal for another key, or damaged; otherwise as {@link decodeLocator}.
 */
export async function openLocator(sealed: ReadonlyUint8Array, key: RecordKey): Promise<Locator> {
    await sodium.ready;
    const secret = key.toBytes();
    let plain: Uint8Array;
    try {
        plain = sodium.crypto_box_seal_open(Uint8Array.from(sealed), key.dataPublicKey(), secret);
    } catch {
        throw new ClientError(
            'wrong_key',
            "the record's locator does not open with the record's key: the record's creator is at fault",
        );
    } finally {
        secret.fill(0);
    }
    return decodeLocator(plain);
}
