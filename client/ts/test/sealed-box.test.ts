// Sealed boxes against libsodium itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { x25519 } from '@noble/curves/ed25519.js';
import sodium from 'libsodium-wrappers';
import { open, SEALED_BOX_OVERHEAD, seal } from '../src/crypto/sealed-box.js';
import { secureRandom } from '../src/index.js';

const secret = new Uint8Array(32).fill(9);
const publicKey = x25519.getPublicKey(secret);
const messages = [0, 1, 15, 16, 17, 63, 64, 65, 448, 1000].map((length) => new Uint8Array(length).fill(length));

test('libsodium opens what this library seals, and the other way round', async () => {
    await sodium.ready;
    for (const message of messages) {
        const sealed = seal(message, publicKey, secureRandom);
        assert.equal(sealed.length, message.length + SEALED_BOX_OVERHEAD);
        assert.deepEqual(sodium.crypto_box_seal_open(sealed, publicKey, secret), message);
        assert.deepEqual(open(Uint8Array.from(sodium.crypto_box_seal(message, publicKey)), publicKey, secret), message);
    }
});

test('what is changed, cut, or for another key does not open', () => {
    const sealed = seal(new Uint8Array(40), publicKey, secureRandom);
    for (let at = 0; at < sealed.length; at += 1) {
        const changed = Uint8Array.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ 1;
        assert.equal(open(changed, publicKey, secret), undefined, `byte ${at}`);
        assert.equal(open(sealed.slice(0, at), publicKey, secret), undefined, `cut to ${at}`);
    }
    const other = new Uint8Array(32).fill(10);
    assert.equal(open(sealed, x25519.getPublicKey(other), other), undefined);
    // A point of small order makes a shared secret that everybody knows.
    assert.equal(open(new Uint8Array(sealed.length), publicKey, secret), undefined);
});
