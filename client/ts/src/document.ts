// Documents (docs/PROTOCOL.md, section 3): age v1 files with the record's data public key as only recipient.

import { Decrypter, Encrypter } from 'age-encryption';
import { ClientError } from './errors.js';
import { type RecordKey, toAgeRecipient } from './record.js';

/** Encrypts a document. Its address in a store is the SHA-256 of the result. */
export async function encryptDocument(plain: Uint8Array, dataPublicKey: Uint8Array): Promise<Uint8Array> {
    const encrypter = new Encrypter();
    encrypter.addRecipient(toAgeRecipient(dataPublicKey));
    return await encrypter.encrypt(plain);
}

/**
 * Opens a document.
 *
 * @throws {ClientError} `wrong_key`: it is encrypted to another key; `damaged`: it is damaged, or no age file.
 */
export async function decryptDocument(ciphertext: Uint8Array, key: RecordKey): Promise<Uint8Array> {
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
