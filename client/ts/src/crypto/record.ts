// A record's key material (docs/PROTOCOL.md, section 2): a random group element `M`, and the X25519 key derived from
// it.

import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { bech32 } from '@scure/base';
import { type Address, getAddressEncoder } from '@solana/kit';
import { exactly } from '../base/bytes.js';
import { mapToGroup, type Point, type RandomBytes, secureRandom } from './group.js';

/** The group element from which a record's keys are derived. It opens the record. */
export class RecordElement {
    readonly #point: Point;

    constructor(point: Point) {
        this.#point = point;
    }

    /** Draws an element: 64 uniform bytes, mapped to the group. */
    static random(random: RandomBytes = secureRandom): RecordElement {
        return new RecordElement(mapToGroup(random(64)));
    }

    /** The record's key, for the wallets of its owner and its creator. */
    recordKey(owner: Address, creator: Address): RecordKey {
        const info = concatBytes(
            new Uint8Array(getAddressEncoder().encode(owner)),
            new Uint8Array(getAddressEncoder().encode(creator)),
        );
        return new RecordKey(hkdf(sha256, this.#point.toBytes(), utf8ToBytes('generion/record-key/v1'), info, 32));
    }

    /** The group element, for the capsules of this library. As a field, so that `structuredClone` fails instead of losing it. */
    readonly point: () => Point = () => this.#point;
}

/** The X25519 secret `d` that opens a record's document and locator. */
export class RecordKey {
    readonly #secret: Uint8Array<ArrayBuffer>;

    /** From 32 bytes. */
    constructor(secret: Uint8Array) {
        this.#secret = Uint8Array.from(exactly(secret, 32, 'a record key'));
    }

    /** The public key, which is on the ledger. */
    dataPublicKey(): Uint8Array<ArrayBuffer> {
        return x25519.getPublicKey(this.#secret);
    }

    /** The secret as an age identity (`AGE-SECRET-KEY-1...`), with which any age tool opens the document. */
    toAgeIdentity(): string {
        return bech32.encodeFromBytes('AGE-SECRET-KEY-', this.#secret).toUpperCase();
    }

    /** The secret for export, 32 bytes. As a field, so that `structuredClone` fails instead of losing it. */
    readonly toBytes: () => Uint8Array<ArrayBuffer> = () => Uint8Array.from(this.#secret);
}

/** A data public key as an age recipient (`age1...`). */
export function toAgeRecipient(dataPublicKey: Uint8Array): string {
    return bech32.encodeFromBytes('age', exactly(dataPublicKey, 32, 'a data public key'));
}
