// Ed25519 as the protocol verifies it (docs/PROTOCOL.md, section 2): one encoding for each signature.

import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, equalBytes } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

const { Point } = ed25519;

/**
 * Verifies a signature strictly and without the cofactor: key `A` and commitment `R` are canonical encodings of points
 * that are not of small order, `s < l`, and the encoding of `sB - SHA-512(R || A || m) A` equals `R` to the byte.
 *
 * noble's own `verify` multiplies by the cofactor, even with `zip215: false`, so it accepts signatures that this
 * function refuses.
 */
export function verifyStrictly(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    if (signature.length !== 64) return false;
    const commitment = signature.slice(0, 32);
    const key = decodePoint(publicKey);
    const claimed = decodePoint(commitment);
    const response = decodeResponse(signature.slice(32));
    if (!key || !claimed || response === undefined || key.isSmallOrder() || claimed.isSmallOrder()) return false;
    const challenge = Point.Fn.create(bytesToNumberLE(sha512(concatBytes(commitment, publicKey, message))));
    const computed = Point.BASE.multiplyUnsafe(response).subtract(key.multiplyUnsafe(challenge));
    return equalBytes(computed.toBytes(), commitment);
}

/** Whether an address has a secret key that could sign: it decodes to a point of the curve, canonical or not. */
export function isOnCurve(publicKey: Uint8Array): boolean {
    try {
        Point.fromBytes(publicKey, true);
        return true;
    } catch {
        return false;
    }
}

/** A point from its canonical encoding; `undefined` for everything else. */
function decodePoint(bytes: Uint8Array): InstanceType<typeof Point> | undefined {
    try {
        return Point.fromBytes(bytes);
    } catch {
        return undefined;
    }
}

/** `s`; `undefined` if it is not below `l`. */
function decodeResponse(bytes: Uint8Array): bigint | undefined {
    try {
        return Point.Fn.fromBytes(bytes);
    } catch {
        return undefined;
    }
}
