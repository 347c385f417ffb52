// The key of an owner's links (docs/PROTOCOL.md, section 2): it erases and lists them in stores, and seals the notes about
// them. Every device that has the encryption secret has it too.

import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type Address, getAddressDecoder, isAddress } from '@solana/kit';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { SecretKey } from '../crypto/keys.js';
import type { StoreSigner } from '../store/request.js';
import { type HealthLink, healthLink, type LinkPayload } from './health-link.js';

const SALT = 'generion/link-key/v1';
/** Bytes of a note's plain text, so that its length tells nothing. */
const NOTE_LENGTH = 768;

/** What a note says: the link, and the record behind it. */
export type LinkNote = { link: LinkPayload; record: Address };

/** The key of an owner's links. */
export class LinkKey {
    readonly #authority: Uint8Array;
    readonly #noteKey: Uint8Array;
    /** The authority that lists and erases the links in stores. */
    readonly signer: StoreSigner;

    constructor(secret: SecretKey<'encryption'>) {
        const ikm = secret.toBytes();
        const wide = hkdf(sha256, ikm, utf8ToBytes(SALT), undefined, 64);
        ikm.fill(0);
        this.#authority = wide.subarray(0, 32);
        this.#noteKey = wide.subarray(32);
        this.signer = {
            wallet: getAddressDecoder().decode(ed25519.getPublicKey(this.#authority)),
            sign: (message) => ed25519.sign(message, this.#authority),
        };
    }

    /** Seals a note for the owner's other devices. */
    async sealNote({ link, record }: LinkNote): Promise<string> {
        const text = utf8ToBytes(JSON.stringify({ link, record }));
        const padded = new Uint8Array(NOTE_LENGTH).fill(0x20);
        padded.set(text);
        const header = { alg: 'dir', enc: 'A256GCM' };
        return await new CompactEncrypt(padded).setProtectedHeader(header).encrypt(this.#noteKey);
    }

    /** Opens a note. `undefined`: it is of another key, or says what no note of this client does. */
    async openNote(note: string): Promise<{ link: HealthLink; payload: LinkPayload; record: Address } | undefined> {
        try {
            const { plaintext } = await compactDecrypt(note, this.#noteKey, {
                keyManagementAlgorithms: ['dir'],
                contentEncryptionAlgorithms: ['A256GCM'],
                maxDecompressedLength: 0,
            });
            const { link: payload, record } = JSON.parse(new TextDecoder().decode(plaintext));
            const link = healthLink(payload);
            if (!link.isDirectFile || link.expiresAt === undefined || !isAddress(record)) return undefined;
            return { link, payload, record };
        } catch {
            return undefined;
        }
    }
}
