// Locators (docs/PROTOCOL.md, section 3): the address and the kind of a record's encrypted document.

import {
    addDecoderSizePrefix,
    addEncoderSizePrefix,
    fixDecoderSize,
    fixEncoderSize,
    getArrayEncoder,
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
import { copy as copyOf, exactly, isZero } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { type RandomBytes, secureRandom } from '../crypto/group.js';
import type { RecordKey } from '../crypto/record.js';
import { open, seal } from '../crypto/sealed-box.js';
import { isStoreUrl } from './store-url.js';

/** The address and the kind of an encrypted document. A stranger wrote it: decide which addresses you follow. */
export type Locator = {
    /** The stores that have the ciphertext, 1 to 3 different ones, in the order to try them: see `documentUrl`. */
    stores: readonly string[];
    /** SHA-256 of the ciphertext. A client accepts no other bytes from a store. */
    sha256: ReadonlyUint8Array;
    /** Bytes of the ciphertext. */
    size: bigint;
    /** Media type of the plain text, e.g. `application/fhir+json`. */
    mediaType: string;
    /** Kind of the document, e.g. `fhir:Observation/4548-4`. */
    kind: string;
    /** Profile of the document's facts, e.g. `document/1`. */
    profile: string;
    /** `c` of the document's research copy, 32 bytes. */
    copy?: ReadonlyUint8Array | undefined;
    /** The creator's signature over `recordLine`, 64 bytes. */
    signature?: ReadonlyUint8Array | undefined;
};

/** The maximum number of stores in a locator. */
export const MAX_STORES = 3;

/** Lengths to which encoded locators are padded, so that the length of the seal reveals almost nothing. */
export const PADDED_LENGTHS = [256, 448] as const;

const VERSION = 2;
const bytesOf = (length: number) => fixEncoderSize(getBytesEncoder(), length);
const readBytesOf = (length: number) => fixDecoderSize(getBytesDecoder(), length);
const text = () => addEncoderSizePrefix(getBytesEncoder(), getU32Encoder());
const readText = () => addDecoderSizePrefix(getBytesDecoder(), getU32Decoder());

const encoder = getStructEncoder([
    ['version', getU8Encoder()],
    ['stores', getArrayEncoder(text(), { size: getU32Encoder() })],
    ['sha256', bytesOf(32)],
    ['size', getU64Encoder()],
    ['mediaType', text()],
    ['kind', text()],
    ['profile', text()],
    ['copy', bytesOf(32)],
    ['signature', bytesOf(64)],
]);

const versionDecoder = getU8Decoder();
const countDecoder = getU32Decoder();
const storeDecoder = readText();
const decoder = getStructDecoder([
    ['sha256', readBytesOf(32)],
    ['size', getU64Decoder()],
    ['mediaType', readText()],
    ['kind', readText()],
    ['profile', readText()],
    ['copy', readBytesOf(32)],
    ['signature', readBytesOf(64)],
]);

const malformed = () =>
    new ClientError('malformed', "the locator is malformed: its creator's software is at fault, ask for a new record");

/**
 * The Borsh encoding, zero-padded to the shortest length that fits. An absent optional field is written as zeros, so
 * that its absence does not show.
 *
 * @throws {ClientError} `too_long`; `stores`: no store, too many, or one twice; `malformed`: a store's address is not
 * in its canonical form, or an optional field is zeros or has another length.
 */
export function encodeLocator(locator: Locator): Uint8Array<ArrayBuffer> {
    const { copy, sha256, signature, size, stores } = locator;
    if (!areStores(stores)) {
        throw new ClientError('stores', `a locator names 1 to ${MAX_STORES} different stores, not ${stores.length}`);
    }
    if (!stores.every(isStoreUrl)) {
        throw new ClientError('malformed', "a store's address is not in its canonical form");
    }
    const utf8 = new TextEncoder();
    const bytes = encoder.encode({
        version: VERSION,
        stores: stores.map((store) => utf8.encode(store)),
        sha256: sized(sha256, 32),
        size,
        mediaType: utf8.encode(locator.mediaType),
        kind: utf8.encode(locator.kind),
        profile: utf8.encode(locator.profile),
        copy: optional(copy, 32),
        signature: optional(signature, 64),
    });
    const padded = paddedLength(bytes.length);
    if (padded === undefined) {
        throw new ClientError(
            'too_long',
            `the locator takes ${bytes.length} bytes, the ledger holds at most ${PADDED_LENGTHS[1]}: ` +
                'use fewer or shorter store addresses, a shorter media type or kind',
        );
    }
    const result = new Uint8Array(padded);
    result.set(bytes);
    return result;
}

/** Whether a locator may name these stores: 1 to 3, each once. */
function areStores(stores: readonly string[]): boolean {
    return stores.length >= 1 && stores.length <= MAX_STORES && new Set(stores).size === stores.length;
}

/** The bytes of a field of fixed length. */
function sized(bytes: ReadonlyUint8Array, length: number): ReadonlyUint8Array {
    if (bytes.length !== length) {
        throw new ClientError('malformed', `a field of the locator has ${length} bytes, not ${bytes.length}`);
    }
    return bytes;
}

/** The bytes of an optional field. Zeros stand for an absent field. */
function optional(bytes: ReadonlyUint8Array | undefined, length: number): ReadonlyUint8Array {
    if (bytes === undefined) return new Uint8Array(length);
    if (isZero(bytes)) throw new ClientError('malformed', 'a field of the locator that is there is not all zeros');
    return sized(bytes, length);
}

/** The shortest padded length that fits so many bytes. */
const paddedLength = (length: number) => PADDED_LENGTHS.find((padded) => padded >= length);

/**
 * Decodes a locator, and refuses every other encoding of it.
 *
 * @throws {ClientError} `version_1` or `unknown_version` by the first byte, or `malformed` for everything that
 * {@link encodeLocator} doesn't write.
 */
export function decodeLocator(bytes: Uint8Array): Locator {
    if (bytes.length === 0) throw malformed();
    const version = versionDecoder.decode(bytes);
    if (version === 1) {
        throw new ClientError(
            'version_1',
            "the locator has version 1, which no released software wrote: ask the record's creator to write it anew",
        );
    }
    if (version !== VERSION) {
        throw new ClientError(
            'unknown_version',
            `the locator has version ${version}, this software knows version ${VERSION}: update it`,
        );
    }
    try {
        return readLocator(bytes);
    } catch {
        throw malformed();
    }
}

/** Reads the fields after the version. */
function readLocator(bytes: Uint8Array): Locator {
    // A byte order mark at the start of a text belongs to the text.
    const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    let [count, at] = countDecoder.read(bytes, 1);
    // A number from a stranger must not reserve memory.
    if (count > MAX_STORES) throw malformed();
    const stores: string[] = [];
    for (; count > 0; count -= 1) {
        const [store, end] = storeDecoder.read(bytes, at);
        stores.push(utf8.decode(store));
        at = end;
    }
    const [fields, end] = decoder.read(bytes, at);
    const areCanonical = areStores(stores) && stores.every(isStoreUrl);
    if (!areCanonical || paddedLength(end) !== bytes.length || !isZero(bytes.slice(end))) throw malformed();
    const { copy, kind, mediaType, profile, sha256, signature, size } = fields;
    return {
        stores,
        sha256,
        size,
        mediaType: utf8.decode(mediaType),
        kind: utf8.decode(kind),
        profile: utf8.decode(profile),
        copy: isZero(copy) ? undefined : copy,
        signature: isZero(signature) ? undefined : signature,
    };
}

/**
 * Seals a locator for the ledger: libsodium's sealed box to the record's data public key.
 *
 * @throws {ClientError} `too_long`.
 */
export function sealLocator(
    locator: Locator,
    dataPublicKey: ReadonlyUint8Array,
    random: RandomBytes = secureRandom,
): Uint8Array<ArrayBuffer> {
    const key = exactly(copyOf(dataPublicKey), 32, 'a data public key');
    return seal(encodeLocator(locator), key, random);
}

/**
 * Opens a sealed locator.
 *
 * @throws {ClientError} `wrong_key`: the seal is for another key, or damaged; otherwise as {@link decodeLocator}.
 */
export function openLocator(sealed: ReadonlyUint8Array, key: RecordKey): Locator {
    const secret = key.toBytes();
    const plain = open(copyOf(sealed), key.dataPublicKey(), secret);
    secret.fill(0);
    if (!plain) {
        throw new ClientError(
            'wrong_key',
            "the record's locator can't be opened with the record's key: the record's creator is at fault",
        );
    }
    return decodeLocator(plain);
}
