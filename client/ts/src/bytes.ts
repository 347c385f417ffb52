// Bytes as the protocol writes them: little-endian numbers, addresses, and copies of what must not be changed.

import { type Address, getAddressEncoder, getI64Encoder, getU64Encoder, type ReadonlyUint8Array } from '@solana/kit';

/** A copy, which whoever gets it may change. */
export const copy = (bytes: ReadonlyUint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);

/** The 32 bytes of an address. */
export const addressBytes = (address: Address): Uint8Array<ArrayBuffer> => copy(getAddressEncoder().encode(address));

/** Eight bytes of an unsigned number. */
export const u64Bytes = (value: bigint): Uint8Array<ArrayBuffer> => copy(getU64Encoder().encode(value));

/** Eight bytes of a signed number. */
export const i64Bytes = (value: bigint): Uint8Array<ArrayBuffer> => copy(getI64Encoder().encode(value));

/** Whether there is nothing but zeros. */
export const isZero = (bytes: ReadonlyUint8Array): boolean => bytes.every((byte) => byte === 0);

/** Less than, equal to or greater than zero, as the first byte that differs says. Both have the same length. */
export function compareBytes(one: ReadonlyUint8Array, other: ReadonlyUint8Array): number {
    const index = one.findIndex((byte, at) => byte !== other[at]);
    return index < 0 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
}

/** An item that is there. */
export function itemAt<T>(items: readonly T[], index: number): T {
    const item = items[index];
    if (item === undefined) throw new RangeError(`no item ${index}`);
    return item;
}
