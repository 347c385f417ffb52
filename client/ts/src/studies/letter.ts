// Letters of applicants (docs/PROTOCOL.md, section 3): disclosures and locations, sealed to a study's key.

import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { expand, extract, hkdf } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { addressBytes, copy, isZero } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { decodeKey, GENERATOR, type RandomBytes, reduce, secureRandom } from '../crypto/group.js';
import type { PublicKey, SecretKey } from '../crypto/keys.js';
import { DISCLOSURE_LENGTH } from '../documents/facts.js';
import { MAX_STORES } from '../documents/locator.js';
import { isStoreUrl } from '../documents/store-url.js';

/** A disclosure, and the position of the requirement that it meets. */
export type LetterDisclosure = { requirement: number; disclosure: ReadonlyUint8Array };

/** A document that an applicant offers. */
export type LetterDocument = {
    /** Stores that have the ciphertext, so that the sponsor can fetch it before admitting: 1 to 3. */
    stores: readonly string[];
    /** SHA-256 of the ciphertext. */
    sha256: ReadonlyUint8Array;
    /** The disclosure that the record has the fact `ciphertext-sha256` of this hash. */
    ciphertextDisclosure: ReadonlyUint8Array;
    /** Disclosures of the facts that the study requires. */
    disclosures: readonly LetterDisclosure[];
};

/** The contents of a letter. */
export type Letter = {
    /** The records of the order, in its order. */
    documents: readonly LetterDocument[];
    /** A few words, at most 255 bytes. */
    message: string;
};

/** The parties of a letter, to which its encryption is bound. */
export type LetterContext = {
    /** The address of the application. */
    application: Address;
    /** The applicant's order. */
    order: Address;
};

/** Lengths to which letters are padded, so that the length of a sealed one reveals almost nothing. */
export const LETTER_LENGTHS = [256, 560, 688] as const;
/** Bytes that a sealed letter is longer than its padded contents: an ephemeral key, and an authentication tag. */
export const LETTER_OVERHEAD = 48;

const VERSION = 1;
const NONCE = new Uint8Array(12);
const SALT = 'generion/letter/v1';
const HASH_LENGTH = 32;

/**
 * A letter's bytes, zero-padded to the shortest length that fits.
 *
 * @throws {ClientError} `letter`: it does not fit, or is malformed.
 */
export function encodeLetter({ documents, message }: Letter): Uint8Array<ArrayBuffer> {
    const words = utf8ToBytes(message);
    if (words.length > 0xff) throw wrong(`its message has ${words.length} bytes, more than 255`);
    const bytes = concatBytes(
        Uint8Array.of(VERSION, countOf(documents)),
        ...documents.flatMap(({ ciphertextDisclosure, disclosures, sha256: hash, stores }) => {
            if (!areStores(stores)) throw wrong(`a document has 1 to ${MAX_STORES} stores in canonical form`);
            return [
                Uint8Array.of(stores.length),
                ...stores.flatMap((store) => [Uint8Array.of(store.length), utf8ToBytes(store)]),
                sized(hash, HASH_LENGTH),
                sized(ciphertextDisclosure, DISCLOSURE_LENGTH),
                Uint8Array.of(countOf(disclosures)),
                ...disclosures.flatMap(({ disclosure, requirement }) => [
                    Uint8Array.of(requirement),
                    sized(disclosure, DISCLOSURE_LENGTH),
                ]),
            ];
        }),
        Uint8Array.of(words.length),
        words,
    );
    const length = paddedLength(bytes.length);
    if (length === undefined) throw wrong(`it takes ${bytes.length} bytes, more than ${LETTER_LENGTHS[2]}`);
    const padded = new Uint8Array(length);
    padded.set(bytes);
    return padded;
}

const areStores = (stores: readonly string[]): boolean =>
    stores.length >= 1 &&
    stores.length <= MAX_STORES &&
    new Set(stores).size === stores.length &&
    stores.every((store) => isStoreUrl(store) && store.length <= 0xff);

function countOf(items: readonly unknown[]): number {
    if (items.length > 0xff) throw wrong(`it lists ${items.length} items, more than 255`);
    return items.length;
}

function sized(bytes: ReadonlyUint8Array, length: number): Uint8Array {
    if (bytes.length !== length) throw wrong(`a field has ${bytes.length} bytes, not ${length}`);
    return copy(bytes);
}

const paddedLength = (length: number) => LETTER_LENGTHS.find((padded) => padded >= length);

/**
 * Reads a letter's padded bytes. An applicant wrote them: each disclosure is still to be verified, and each store to be judged.
 *
 * @throws {ClientError} `letter`: any other encoding than that of {@link encodeLetter}.
 */
export function decodeLetter(bytes: Uint8Array): Letter {
    const reader = new Reader(bytes);
    const version = reader.number();
    if (version !== VERSION) throw wrong(`it has version ${version}, this software knows version ${VERSION}`);
    const documents = Array.from({ length: reader.number() }, () => {
        const stores = Array.from({ length: reader.number() }, () => reader.text());
        if (!areStores(stores)) throw wrong('it names stores that are none');
        return {
            stores,
            sha256: reader.take(HASH_LENGTH),
            ciphertextDisclosure: reader.take(DISCLOSURE_LENGTH),
            disclosures: Array.from({ length: reader.number() }, () => ({
                requirement: reader.number(),
                disclosure: reader.take(DISCLOSURE_LENGTH),
            })),
        };
    });
    const message = reader.text();
    const isPadded = paddedLength(reader.at) === bytes.length && isZero(bytes.slice(reader.at));
    if (!isPadded) throw wrong('its padding is not as specified');
    return { documents, message };
}

/** Takes fields from bytes, each after the last one. */
class Reader {
    at = 0;

    constructor(private readonly bytes: Uint8Array) {}

    take(length: number): Uint8Array<ArrayBuffer> {
        if (this.at + length > this.bytes.length) throw wrong('it ends too early');
        this.at += length;
        return copy(this.bytes.slice(this.at - length, this.at));
    }

    number(): number {
        return this.take(1)[0] ?? 0;
    }

    text(): string {
        try {
            return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(this.number()));
        } catch (error) {
            throw error instanceof ClientError ? error : wrong('it has a text that is none');
        }
    }
}

/**
 * Seals a letter's padded bytes to a study's key. The ephemeral scalar is hedged with the applicant's secret. After a timeout,
 * send the same bytes again.
 */
export function sealLetter(
    padded: Uint8Array,
    studyKey: PublicKey<'study'>,
    { application, order }: LetterContext,
    applicant: SecretKey<'encryption'>,
    random: RandomBytes = secureRandom,
): Uint8Array<ArrayBuffer> {
    const key = extract(sha512, concatBytes(applicant.toBytes(), random(64)));
    const info = concatBytes(addressBytes(application), studyKey.toBytes(), sha256(padded));
    const scalar = reduce(expand(sha512, key, info, 64));
    const ephemeral = GENERATOR.multiply(scalar).toBytes();
    const shared = studyKey.point.multiply(scalar).toBytes();
    const cipher = cipherOf(shared, ephemeral, studyKey.toBytes(), { application, order });
    return concatBytes(ephemeral, cipher.encrypt(padded));
}

/**
 * Opens a sealed letter: its padded bytes.
 *
 * @throws {ClientError} `letter`: it is for another key, study, applicant or order, or damaged.
 */
export function openLetter(
    sealed: ReadonlyUint8Array,
    secret: SecretKey<'study'>,
    context: LetterContext,
): Uint8Array<ArrayBuffer> {
    const bytes = copy(sealed);
    const ephemeral = decodeKey(bytes.slice(0, 32));
    const isSized = LETTER_LENGTHS.some((length) => length + LETTER_OVERHEAD === bytes.length);
    if (!ephemeral || !isSized) throw wrong('it is no letter');
    const shared = ephemeral.multiply(secret.scalar()).toBytes();
    try {
        const cipher = cipherOf(shared, bytes.slice(0, 32), secret.publicKey.toBytes(), context);
        return copy(cipher.decrypt(bytes.slice(32)));
    } catch {
        throw wrong('it is for another key, study, applicant or order, or damaged');
    }
}

/** Each letter has a key of its own, because its ephemeral point is hashed into it: the nonce may be constant. */
function cipherOf(
    shared: Uint8Array,
    ephemeral: Uint8Array,
    studyKey: Uint8Array,
    { application, order }: LetterContext,
) {
    const info = concatBytes(ephemeral, studyKey, addressBytes(application));
    const key = hkdf(sha256, shared, utf8ToBytes(SALT), info, 32);
    return chacha20poly1305(key, NONCE, addressBytes(order));
}

const wrong = (words: string) => new ClientError('letter', `the letter can't be used: ${words}`);
