// Digests of documents that only their creator's wallet can make: whoever finds a journal of imports can't tell by trying
// which document a digest is of. Line and salt are those of the Rust client.

import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { copy, isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { chunksOf } from '../base/streams.js';
import { type Deployment, inLine } from './deployment.js';
import type { SignBytes } from './keys.js';

const SALT = 'generion/import-journal-key/v1';

/** Makes digests of documents and of their names. */
export class ContentKey {
    readonly #key: Uint8Array;

    private constructor(key: Uint8Array) {
        this.#key = key;
    }

    /**
     * Has the wallet sign for the key. Nothing is sent or kept.
     *
     * @throws {ClientError} `not_deterministic`: the wallet signs the same text differently each time.
     */
    static async derive(deployment: Deployment, sign: SignBytes): Promise<ContentKey> {
        const line = utf8ToBytes(
            'Generion import journal key v1. WARNING: whoever has this signature can tell which documents you imported. ' +
                `Sign only in the Generion app. ${inLine(deployment)}`,
        );
        const signature = copy(await sign(line));
        if (!isSame(signature, copy(await sign(line)))) {
            throw new ClientError(
                'not_deterministic',
                'this wallet signs the same text differently each time, so that it can not tell documents apart',
            );
        }
        return new ContentKey(hkdf(sha256, signature, utf8ToBytes(SALT), undefined, 32));
    }

    /** The digest of a document: 64 hex digits. */
    async digestOf(document: Blob): Promise<string> {
        const mac = hmac.create(sha256, this.#key);
        for await (const chunk of chunksOf(document.stream())) mac.update(chunk);
        return bytesToHex(mac.digest());
    }

    /** The digest of a name, with what it is a name of. */
    digestOfName(...parts: readonly string[]): string {
        return bytesToHex(hmac(sha256, this.#key, utf8ToBytes(JSON.stringify(parts))));
    }
}
