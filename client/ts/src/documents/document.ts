// Documents (docs/PROTOCOL.md, section 3): age v1 files with the record's data public key as the only recipient. Large
// ones pass as streams, with some 64 KiB of them in memory.

import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { Decrypter, Encrypter } from 'age-encryption';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { chunksOf, collect, streamFrom, streamOf } from '../base/streams.js';
import { type RecordKey, toAgeRecipient } from '../crypto/record.js';

/** Bytes of the longest header that this client reads. Its own headers have about 200. */
export const MAX_HEADER_LENGTH = 16_384;
/** The maximum number of recipients. This client's own documents have one. */
export const MAX_STANZAS = 64;

/** Encrypts a document. Its address in a store is the SHA-256 of the result. */
export async function encryptDocument(plain: Uint8Array, dataPublicKey: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return await collect(encryptDocumentStream(streamOf(plain), dataPublicKey).ciphertext);
}

/** The ciphertext of a stream, and its digest once the stream has ended. */
export type EncryptedStream = {
    /** The ciphertext. Read it to the end, or cancel it. */
    ciphertext: ReadableStream<Uint8Array<ArrayBuffer>>;
    /** SHA-256 and size of the ciphertext, once it was read to its end. Rejected if the stream fails or is cancelled. */
    digest: Promise<CiphertextDigest>;
};

/** Hash and size of a ciphertext, as locators name them. */
export type CiphertextDigest = {
    /** SHA-256 of the ciphertext. */
    sha256: Uint8Array<ArrayBuffer>;
    /** Bytes of the ciphertext. */
    size: bigint;
};

/** Encrypts a document as a stream. */
export function encryptDocumentStream(plain: ReadableStream<Uint8Array>, dataPublicKey: Uint8Array): EncryptedStream {
    const encrypter = new Encrypter();
    encrypter.addRecipient(toAgeRecipient(dataPublicKey));
    const hash = sha256.create();
    let size = 0n;
    let resolve: (digest: CiphertextDigest) => void;
    let reject: (error: unknown) => void;
    const digest = new Promise<CiphertextDigest>((...functions) => {
        [resolve, reject] = functions;
    });
    // A caller that learns of a failure from the stream need not look at the digest.
    digest.catch(() => undefined);
    async function* encrypt() {
        try {
            for await (const chunk of chunksOf(await encrypter.encrypt(plain))) {
                hash.update(chunk);
                size += BigInt(chunk.length);
                yield chunk as Uint8Array<ArrayBuffer>;
            }
            resolve({ sha256: copy(hash.digest()), size });
        } catch (error) {
            reject(error);
            throw error;
        } finally {
            // Without effect unless the stream was cancelled.
            reject(new ClientError('incomplete', 'the document was not encrypted to its end'));
        }
    }
    return { ciphertext: streamFrom(encrypt()), digest };
}

/**
 * Decrypts a document.
 *
 * @throws {ClientError} `wrong_key`: the document is encrypted to another key; `damaged`: the document is damaged, or
 * no age file; `too_long`: its header is too long, or has too many recipients.
 */
export async function decryptDocument(ciphertext: Uint8Array, key: RecordKey): Promise<Uint8Array<ArrayBuffer>> {
    return await collect(decryptDocumentStream(streamOf(ciphertext), key));
}

/**
 * Decrypts a document as a stream. The stream fails with the errors of {@link decryptDocument}. Each chunk that it gives
 * is authentic, but only its end shows that nothing is missing: until then, keep the chunks out of sight.
 */
export function decryptDocumentStream(
    ciphertext: ReadableStream<Uint8Array>,
    key: RecordKey,
): ReadableStream<Uint8Array<ArrayBuffer>> {
    const decrypter = new Decrypter();
    decrypter.addIdentity(key.toAgeIdentity());
    let failure: { error: unknown } | undefined;
    async function* checked() {
        try {
            const source = chunksOf(ciphertext);
            yield await readHeader(source);
            yield* source;
        } catch (error) {
            failure = { error };
            throw error;
        }
    }
    async function* decrypt() {
        try {
            for await (const chunk of chunksOf(await decrypter.decrypt(streamFrom(checked())))) {
                yield chunk as Uint8Array<ArrayBuffer>;
            }
        } catch (error) {
            // The source's own error, as it is; everything else is the age library's.
            throw failure ? failure.error : documentError(error);
        }
    }
    return streamFrom(decrypt());
}

/** The error for a failure of the age library. */
function documentError(error: unknown): ClientError {
    if (error instanceof Error && error.message.includes('no identity matched')) {
        return new ClientError('wrong_key', "the document is not encrypted to this record's key");
    }
    return new ClientError('damaged', 'the document is damaged, or is no age file');
}

/**
 * Reads until the end of the header, before the age library parses it, and returns all that was read. A stranger wrote
 * the header, and each recipient in it costs a Diffie-Hellman.
 */
async function readHeader(source: AsyncGenerator<Uint8Array, void, void>): Promise<Uint8Array<ArrayBuffer>> {
    let head = new Uint8Array();
    for (;;) {
        const { done, value } = await source.next();
        if (!done) head = concatBytes(head, value);
        const lines = new TextDecoder('latin1').decode(head.subarray(0, MAX_HEADER_LENGTH)).split('\n');
        const end = lines.findIndex((line) => line.startsWith('---'));
        const stanzas = lines.slice(0, Math.max(end, 0)).filter((line) => line.startsWith('->'));
        // The line of the authentication code is complete.
        const isComplete = end >= 0 && end < lines.length - 1;
        if (isComplete && stanzas.length <= MAX_STANZAS) return head;
        if (isComplete || head.length > MAX_HEADER_LENGTH) {
            throw new ClientError('too_long', 'the header of the document is too long: its creator is at fault');
        }
        if (done) throw new ClientError('damaged', 'the document is damaged, or is no age file');
    }
}
