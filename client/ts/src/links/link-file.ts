// The files behind health links: compact JWE with the link's key.

import { CompactEncrypt, compactDecrypt } from 'jose';
import { LinkError } from './link-error.js';

/** Bytes of the largest file behind a link, as a store keeps it (docs/PROTOCOL.md, section 7). */
export const MAX_LINK_FILE = 2 ** 25;

/** A file behind a link, decrypted. A stranger wrote it. */
export type LinkFile = {
    /** Its media type, in the words of whoever wrote it: `application/fhir+json`, for example. */
    contentType: string;
    /** The plain text. */
    content: Blob;
};

/**
 * Encrypts a file.
 *
 * @throws {LinkError} `too_large`.
 */
export async function encryptLinkFile(
    content: Uint8Array,
    contentType: string,
    key: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
    const encrypted = new CompactEncrypt(content).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: contentType });
    // Checked before anything is encoded: four characters for three bytes, and the header, IV and tag.
    if ((content.length * 4) / 3 + 256 > MAX_LINK_FILE) {
        throw new LinkError('too_large', `the document has ${content.length} bytes, which are too many for a link`);
    }
    return new TextEncoder().encode(await encrypted.encrypt(key));
}

/**
 * Decrypts a file.
 *
 * @param declared The type that a list of files gives to it, if it has none of its own.
 * @throws {LinkError} `damaged`: it is no such file, of another key, or unpacks to more bytes than a file may have.
 */
export async function decryptLinkFile(file: string, key: Uint8Array, declared?: string): Promise<LinkFile> {
    try {
        const { plaintext, protectedHeader } = await compactDecrypt(file.trim(), key, {
            keyManagementAlgorithms: ['dir'],
            contentEncryptionAlgorithms: ['A256GCM'],
            maxDecompressedLength: MAX_LINK_FILE,
        });
        const contentType = protectedHeader.cty ?? declared ?? '';
        return { contentType, content: new Blob([Uint8Array.from(plaintext)]) };
    } catch (cause) {
        throw new LinkError('damaged', 'a file behind the link is not what its key encrypted', {}, { cause });
    }
}
