import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { isOnCurve, verifyStrictly } from '../src/crypto/ed25519.js';
import { bytes } from './support/vectors.js';

const { Point } = ed25519;
const { Fn } = Point;
const MESSAGE = utf8ToBytes('a line');
const SEED = new Uint8Array(32).fill(7);
/** A point of order 8. */
const TORSION = Point.fromBytes(bytes('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'));

const challenge = (commitment: Uint8Array, key: Uint8Array) =>
    Fn.create(bytesToNumberLE(sha512(concatBytes(commitment, key, MESSAGE))));

/** Signs with the secret scalar 5, under a commitment `rB + T` and a key `5B + U`. */
function signed(r: bigint, commitmentTorsion = Point.ZERO, keyTorsion = Point.ZERO) {
    const commitment = Point.BASE.multiplyUnsafe(r).add(commitmentTorsion).toBytes();
    const key = Point.BASE.multiplyUnsafe(5n).add(keyTorsion).toBytes();
    const response = Fn.add(r, Fn.mul(challenge(commitment, key), 5n));
    return { key, signature: concatBytes(commitment, Fn.toBytes(response)) };
}

test('a wallet’s signature is valid for its text and its key only', () => {
    const key = ed25519.getPublicKey(SEED);
    const signature = ed25519.sign(MESSAGE, SEED);
    assert.ok(verifyStrictly(signature, MESSAGE, key));
    assert.ok(verifyStrictly(signed(3n).signature, MESSAGE, signed(3n).key));
    assert.ok(!verifyStrictly(signature, utf8ToBytes('another'), key));
    assert.ok(!verifyStrictly(signature, MESSAGE, signed(3n).key));
    for (let at = 0; at < 64; at += 1) {
        const changed = Uint8Array.from(signature);
        changed[at] = (changed[at] ?? 0) ^ 1;
        assert.ok(!verifyStrictly(changed, MESSAGE, key), `byte ${at}`);
    }
    assert.ok(!verifyStrictly(signature.slice(0, 63), MESSAGE, key));
    assert.ok(!verifyStrictly(signature, MESSAGE, key.slice(0, 31)));
});

test('a response that is not below l is refused', () => {
    const { key, signature } = signed(3n);
    const response = bytesToNumberLE(signature.slice(32)) + Fn.ORDER;
    const other = Uint8Array.from({ length: 32 }, (_, at) => Number((response >> BigInt(8 * at)) & 0xffn));
    assert.ok(!verifyStrictly(concatBytes(signature.slice(0, 32), other), MESSAGE, key));
});

// noble's own `verify` takes these three: they are why it is not used.
test('points that differ by a point of small order are different points', () => {
    const cases = { commitment: signed(3n, TORSION), key: signed(3n, Point.ZERO, TORSION) };
    for (const [name, { key, signature }] of Object.entries(cases)) {
        // Otherwise the torsion of the key vanishes, and the signature holds.
        assert.notEqual(challenge(signature.slice(0, 32), key) % 8n, 0n);
        assert.ok(ed25519.verify(signature, MESSAGE, key, { zip215: false }), name);
        assert.ok(!verifyStrictly(signature, MESSAGE, key), name);
    }
});

test('a commitment of small order is refused', () => {
    const { key, signature } = signed(0n);
    assert.ok(ed25519.verify(signature, MESSAGE, key, { zip215: false }));
    assert.ok(!verifyStrictly(signature, MESSAGE, key));
    const torsion = signed(0n, TORSION);
    assert.ok(!verifyStrictly(torsion.signature, MESSAGE, torsion.key));
});

test('a key of small order, for which anybody can sign, is refused', () => {
    for (const key of [Point.ZERO, TORSION].map((point) => point.toBytes())) {
        // Where the challenge is a multiple of 8 the equation holds, without the cofactor too.
        let r = 1n;
        const commitment = () => Point.BASE.multiplyUnsafe(r).toBytes();
        while (challenge(commitment(), key) % 8n !== 0n) r += 1n;
        assert.ok(!verifyStrictly(concatBytes(commitment(), Fn.toBytes(r)), MESSAGE, key));
    }
});

test('non-canonical encodings are refused, even if they decode to points', () => {
    // y + p for y = 1 and y = 0, and x = 0 with a sign.
    const identity = bytes(`ee${'ff'.repeat(30)}7f`);
    const orderFour = bytes(`ed${'ff'.repeat(30)}7f`);
    const signedZero = bytes(`01${'00'.repeat(30)}80`);
    // Beyond these, y = 3 is the least with a point of large order that has a second encoding.
    const largeOrder = bytes(`f0${'ff'.repeat(30)}7f`);
    for (const encoding of [identity, orderFour, signedZero, largeOrder]) {
        assert.ok(isOnCurve(encoding));
        // For the two encodings of the identity the equation holds.
        assert.ok(!verifyStrictly(concatBytes(Point.BASE.toBytes(), Fn.toBytes(1n)), MESSAGE, encoding));
        const { key, signature } = signed(3n);
        assert.ok(!verifyStrictly(concatBytes(encoding, signature.slice(32)), MESSAGE, key));
    }
    assert.ok(!Point.fromBytes(bytes(`03${'00'.repeat(31)}`)).isSmallOrder());
});

test('an address off the curve is no key', () => {
    assert.ok(isOnCurve(ed25519.getPublicKey(SEED)));
    assert.ok(!isOnCurve(bytes(`02${'00'.repeat(31)}`)));
});
