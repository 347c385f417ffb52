// The known answers of `programs/generion/vectors`, which the Rust side made.

import { readFileSync } from 'node:fs';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { isOption, unwrapOption } from '@solana/kit';
import type { RandomBytes } from '../../src/index.js';

/** The package's folder; tests run from `dist/test`. */
export const packageFolder = new URL('../../../', import.meta.url);

/** A file of vectors, whose shape the caller knows. */
export function vectors<File>(name: string): File {
    const file = new URL(`../../programs/generion/vectors/${name}.json`, packageFolder);
    return JSON.parse(readFileSync(file, 'utf8')) as File;
}

/** The errors of the program's interface description. */
export function describedErrors(): { code: number; name: string; msg: string }[] {
    const file = new URL('../../idl/generion.json', packageFolder);
    return JSON.parse(readFileSync(file, 'utf8')).errors;
}

/** Bytes in lower-case hex. */
export const hex = (bytes: ArrayLike<number>): string => bytesToHex(Uint8Array.from(bytes));

/** Bytes of a hex text. */
export const bytes = (text: string): Uint8Array => hexToBytes(text);

/** A random source that gives these bytes, once each, to whoever asks for as many. */
export function given(...texts: string[]): RandomBytes {
    const chunks = texts.map(bytes);
    return (length) => {
        const chunk = chunks.shift();
        if (chunk?.length !== length) throw new Error(`${length} random bytes were drawn, of ${chunk?.length} given`);
        return chunk;
    };
}

/** A capsule of 64 bytes. */
export function capsuleOf(text: string): { ephemeral: Uint8Array; masked: Uint8Array } {
    const both = bytes(text);
    return { ephemeral: both.slice(0, 32), masked: both.slice(32) };
}

/**
 * A decoded value in the vectors' form: names as in the description, bytes in hex, integers of 64 bits as strings, null for
 * what is absent. Discriminators are left out.
 */
export function inVectorForm(value: unknown): unknown {
    if (isOption(value)) return inVectorForm(unwrapOption(value));
    if (value === undefined) return null;
    if (value instanceof Uint8Array) return hex(value);
    if (typeof value === 'bigint') return value.toString();
    if (Array.isArray(value)) return value.map(inVectorForm);
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).filter(([name]) => name !== 'discriminator');
    return Object.fromEntries(fields.map(([name, field]) => [snakeCase(name), inVectorForm(field)]));
}

/** `recordIds` as `record_ids`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `record_ids` as `recordIds`. */
export const camelCase = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
