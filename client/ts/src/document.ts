// Documents (docs/PROTOCOL.md, section 3): age v1 files with the record's data public key as the only recipient.

import { Decrypter, Encrypter } from 'age-encryption';
import { ClientError } from './errors.js';
import { type RecordKey, toAgeRecipient } from './record.js';

/** Bytes of the longest header that this client reads. Its own headers have about 200. */
export const MAX_HEADER_LENGTH = 16_384;
/** The maximum number of recipients. This client's own documents have one. */
export const MAX_STANZAS = 64;

/** Encrypts a document. Its address in a store is the SHA-256 of the result. */
export async function encryptDocument(plain: Uint8Array, dataPublicKey: Uint8Array): Promise<Uint8Array> {
    const encrypter = new Encrypter();
    encrypter.addRecipient(toAgeRecipient(dataPublicKey));
    return await encrypter.encrypt(plain);
}

/**
 * Decrypts a document.
 *
 * @throws {ClientError} `wrong_key`: the document is encrypted to another key; `damaged`: the document is damaged, or
 * no age file; `too_long`: its header is too long, or has too many recipients.
 */
export async function decryptDocument(ciphertext: Uint8Array, key: RecordKey): Promise<Uint8Array> {
    checkHeader(ciphertext);
    const decrypter = new Decrypter();
    decrypter.addIdentity(key.toAgeIdentity());
    try {
        return await decrypter.decrypt(ciphertext);
    } catch (error) {
        if (error instanceof Error && error.message.includes('no identity matched')) {
            throw new ClientError('wrong_key', "the document is not encrypted to this record's key");
        }
        throw new ClientError('damaged', 'the document is damaged, or is no age file');
    }
}

/**
 * Finds the end of the header before the age library parses it. A stranger wrote the header, and each recipient in it
 * costs a Diffie-Hellman.
 */
function checkHeader(ciphertext: Uint8Array): void {
    const lines = new TextDecoder('latin1').decode(ciphertext.subarray(0, MAX_HEADER_LENGTH)).split('\n');
    const end = lines.findIndex((line) => line.startsWith('---'));
    const stanzas = lines.slice(0, Math.max(end, 0)).filter((line) => line.startsWith('->'));
    // The line of the authentication code is complete.
    const isComplete = end >= 0 && end < lines.length - 1;
    if (isComplete && stanzas.length <= MAX_STANZAS) return;
    if (!isComplete && ciphertext.length <= MAX_HEADER_LENGTH) {
        throw new ClientError('damaged', 'the document is damaged, or is no age file');
    }
    throw new ClientError('too_long', 'the header of the document is too long: its creator is at fault');
}
