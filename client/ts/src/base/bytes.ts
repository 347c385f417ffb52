// Bytes as the protocol writes them: little-endian numbers, addresses, and copies of read-only bytes.

import {
    type Address,
    createEncoder,
    type FixedSizeEncoder,
    getAddressEncoder,
    getI64Encoder,
    getU64Encoder,
    type ReadonlyUint8Array,
} from '@solana/kit';

/** A copy that the caller may change. */
export const copy = (bytes: ReadonlyUint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);

/**
 * The bytes of a value that has a fixed length.
 *
 * @throws {RangeError} The bytes have another length.
 */
export function exactly<Bytes extends ReadonlyUint8Array>(bytes: Bytes, length: number, name: string): Bytes {
    if (bytes.length !== length) throw new RangeError(`${name} has ${length} bytes, not ${bytes.length}`);
    return bytes;
}

/** Encodes bytes of a fixed length. Any other length is an error, where kit's `fixEncoderSize` pads or cuts. */
export const getExactBytesEncoder = <Length extends number>(
    length: Length,
): FixedSizeEncoder<ReadonlyUint8Array, Length> =>
    createEncoder({
        fixedSize: length,
        write: (value: ReadonlyUint8Array, bytes, offset) => {
            bytes.set(exactly(value, length, 'a field'), offset);
            return offset + length;
        },
    });

/**
 * An index as the ledger counts them: a whole number of 32 bits.
 *
 * @throws {RangeError} The number is no such index.
 */
export function u32(value: number, name: string): number {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
        throw new RangeError(`${name} is a whole number from 0 to 4294967295, not ${value}`);
    }
    return value;
}

/** The 32 bytes of an address. */
export const addressBytes = (address: Address): Uint8Array<ArrayBuffer> => copy(getAddressEncoder().encode(address));

/** Eight bytes of an unsigned number. */
export const u64Bytes = (value: bigint): Uint8Array<ArrayBuffer> => copy(getU64Encoder().encode(value));

/** Eight bytes of a signed number. */
export const i64Bytes = (value: bigint): Uint8Array<ArrayBuffer> => copy(getI64Encoder().encode(value));

/** Whether all bytes are zero. */
export const isZero = (bytes: ReadonlyUint8Array): boolean => bytes.every((byte) => byte === 0);

/** Compares two byte arrays of the same length: negative, zero or positive. */
export function compareBytes(one: ReadonlyUint8Array, other: ReadonlyUint8Array): number {
    const index = one.findIndex((byte, at) => byte !== other[at]);
    return index < 0 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
}

/** Whether two byte arrays are the same, of any lengths. */
export const isSame = (one: ReadonlyUint8Array, other: ReadonlyUint8Array): boolean =>
    one.length === other.length && compareBytes(one, other) === 0;

/** The item at an index that must exist. */
export function itemAt<T>(items: readonly T[], index: number): T {
    const item = items[index];
    if (item === undefined) throw new RangeError(`no item ${index}`);
    return item;
}
