// Sealed boxes: libsodium's `crypto_box_seal` (docs/PROTOCOL.md, section 3), which encrypts to an X25519 key without a
// sender. The primitives are noble's; the construction is
// https://doc.libsodium.org/public-key_cryptography/sealed_boxes: `epk || secretbox(m, BLAKE2b-24(epk || pk))` under
// `HSalsa20(X25519(esk, pk), 0)`.

import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { RandomBytes } from './group.js';

const KEY_LENGTH = 32;
const TAG_LENGTH = 16;

/** Bytes that a sealed box is longer than its content. */
export const SEALED_BOX_OVERHEAD = KEY_LENGTH + TAG_LENGTH;

/** Seals a message to a public key. */
export function seal(message: Uint8Array, publicKey: Uint8Array, random: RandomBytes): Uint8Array<ArrayBuffer> {
    const secret = random(KEY_LENGTH);
    const ephemeral = x25519.getPublicKey(secret);
    const sealed = box(secret, publicKey, ephemeral, publicKey).encrypt(message);
    secret.fill(0);
    return concatBytes(ephemeral, sealed);
}

/** Opens a sealed box. `undefined`: it is for another key, or damaged. */
export function open(
    sealed: Uint8Array,
    publicKey: Uint8Array,
    secret: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
    if (sealed.length < SEALED_BOX_OVERHEAD) return undefined;
    const ephemeral = sealed.subarray(0, KEY_LENGTH);
    try {
        return box(secret, ephemeral, ephemeral, publicKey).decrypt(sealed.subarray(KEY_LENGTH));
    } catch {
        // noble throws for a wrong tag, and for an ephemeral key of small order.
        return undefined;
    }
}

/** The cipher between two keys. */
function box(secret: Uint8Array, other: Uint8Array, ephemeral: Uint8Array, publicKey: Uint8Array) {
    const shared = x25519.getSharedSecret(secret, other);
    const [shared32, key] = [words(shared), new Uint32Array(KEY_LENGTH / 4)];
    hsalsa(words(utf8ToBytes('expand 32-byte k')), shared32, new Uint32Array(4), key);
    shared.fill(0);
    shared32.fill(0);
    return xsalsa20poly1305(new Uint8Array(key.buffer), blake2b(concatBytes(ephemeral, publicKey), { dkLen: 24 }));
}

/** A copy of the bytes as words of 32 bits. */
const words = (bytes: Uint8Array) => new Uint32Array(Uint8Array.from(bytes).buffer);
