// JSON of this client's values, which hold numbers and bytes that JSON does not know.

import { bytesToHex } from '@noble/hashes/utils.js';

/**
 * JSON of accounts, events and arguments. A `bigint` becomes its decimal text, and bytes become hexadecimal text:
 * `JSON.stringify` alone throws for the former, and writes an object of numbers for the latter.
 */
export function toJson(value: unknown, space?: number): string {
    const replace = (_: string, field: unknown) => {
        if (typeof field === 'bigint') return field.toString();
        return field instanceof Uint8Array ? bytesToHex(field) : field;
    };
    return JSON.stringify(value, replace, space);
}
