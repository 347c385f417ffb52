// ristretto255 (RFC 9496): points as 32 canonical bytes, scalars as 32 canonical little-endian bytes.

import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';

/** A group element. */
export type Point = InstanceType<typeof ristretto255.Point>;

const { BASE, Fn, ZERO } = ristretto255.Point;

/** The group's generator `G`. */
export const GENERATOR: Point = BASE;
/** The group's neutral element. */
export const IDENTITY: Point = ZERO;

/** Arithmetic of scalars, mod `l`. */
export const scalars = Fn;

/** A source of random bytes. Only tests pass another one than {@link secureRandom}. */
export type RandomBytes = (length: number) => Uint8Array;

/** The platform's own generator. */
export const secureRandom: RandomBytes = (length) => globalThis.crypto.getRandomValues(new Uint8Array(length));

/** Reads a point; `undefined` if the bytes are no canonical encoding of a point. */
export function decodePoint(bytes: Uint8Array): Point | undefined {
    try {
        return ristretto255.Point.fromBytes(bytes);
    } catch {
        return undefined;
    }
}

/** Reads a point other than the identity; `undefined` for everything else. */
export function decodeKey(bytes: Uint8Array): Point | undefined {
    const point = decodePoint(bytes);
    return point?.is0() ? undefined : point;
}

/** Maps 64 uniform bytes to the group (RFC 9496, section 4.3.4). */
export function mapToGroup(uniform: Uint8Array): Point {
    const derive = ristretto255_hasher.deriveToCurve;
    if (!derive) throw new Error('this version of @noble/curves does not map bytes to the group');
    return derive(uniform);
}

/** Reduces 64 little-endian bytes mod `l`. */
export function reduce(wide: Uint8Array): bigint {
    if (wide.length !== 64) throw new RangeError(`64 bytes make a scalar, not ${wide.length}`);
    return Fn.create(bytesToNumberLE(wide));
}

/** Reads a canonical scalar; `undefined` for everything else. */
export function decodeScalar(bytes: Uint8Array): bigint | undefined {
    try {
        return Fn.fromBytes(bytes);
    } catch {
        return undefined;
    }
}

/** 32 canonical little-endian bytes. */
export function encodeScalar(scalar: bigint): Uint8Array<ArrayBuffer> {
    return copy(Fn.toBytes(scalar));
}

/** The first 16 bytes of a hash as a scalar: a challenge below 2^128. */
export function challengeScalar(challenge: Uint8Array): bigint {
    if (challenge.length !== 16) throw new ClientError('malformed', 'a challenge has 16 bytes');
    return bytesToNumberLE(challenge);
}
