// Fields of saved files, which somebody may have edited or damaged.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type Address, isAddress, type ReadonlyUint8Array } from '@solana/kit';
import { copy } from '../base/bytes.js';
import { parseExactJson } from '../base/exact-json.js';
import type { Capsule } from '../generated/index.js';

/** The fields of a JSON object. A missing or malformed field is an error. */
export class Fields {
    readonly #object: { readonly [name: string]: unknown };

    private constructor(value: unknown) {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it has no fields');
        this.#object = value as { [name: string]: unknown };
    }

    /** Those of a JSON text. */
    static parse(text: string): Fields {
        return new Fields(parseExactJson(text));
    }

    /** Their names. */
    names(): string[] {
        return Object.keys(this.#object);
    }

    /** Whether there is a field that is not `null`. */
    has(name: string): boolean {
        return this.#object[name] !== undefined && this.#object[name] !== null;
    }

    text(name: string): string {
        const value = this.#object[name];
        if (typeof value !== 'string') throw new Error(`its ${name} is no text`);
        return value;
    }

    address(name: string): Address {
        return asAddress(this.text(name));
    }

    /** Bytes in hexadecimal text, of one length if it is given. */
    bytes(name: string, length?: number): Uint8Array<ArrayBuffer> {
        return asBytes(this.text(name), length);
    }

    capsule(name: string): Capsule {
        return asCapsule(this.text(name));
    }

    /** A whole number that fits the bits. */
    integer(name: string, bits: number, isSigned = false): bigint {
        const value = this.#object[name];
        const fits = (number: bigint) =>
            (isSigned ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number)) === number;
        if (typeof value !== 'bigint' || !fits(value)) throw new Error(`its ${name} is no such number`);
        return value;
    }

    texts(name: string): string[] {
        const value = this.#object[name];
        if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
            throw new Error(`its ${name} are no texts`);
        }
        return value;
    }

    object(name: string): Fields {
        return new Fields(this.#object[name]);
    }

    objects(name: string): Fields[] {
        const value = this.#object[name];
        if (!Array.isArray(value)) throw new Error(`its ${name} are no list`);
        return value.map((one) => new Fields(one));
    }
}

/** An address in base58. */
export function asAddress(text: string): Address {
    if (!isAddress(text)) throw new Error('it has an address that is none');
    return text;
}

function asBytes(text: string, length?: number): Uint8Array<ArrayBuffer> {
    const bytes = copy(hexToBytes(text));
    if (length !== undefined && bytes.length !== length) throw new Error(`${length} bytes are ${bytes.length}`);
    return bytes;
}

/** A capsule of 64 bytes in hexadecimal text. */
export function asCapsule(text: string): Capsule {
    const bytes = asBytes(text, 64);
    return { ephemeral: bytes.slice(0, 32), masked: bytes.slice(32) };
}

/** Bytes in hexadecimal text. */
export const inHex = (bytes: ReadonlyUint8Array): string => bytesToHex(copy(bytes));

/** A capsule in hexadecimal text. */
export const capsuleInHex = ({ ephemeral, masked }: Capsule): string => inHex(ephemeral) + inHex(masked);
