// Saved JSON with a version: reading returns a complete value of this version, or refuses.

import { ClientError } from '../base/errors.js';

/** Fields of which nothing is known yet. */
type Unread<T> = { [Field in keyof T]?: unknown };

/** The version that is written. */
const VERSION = 1;

/** The text of a value to save. */
export function writeSaved(value: object): string {
    return `${JSON.stringify({ version: VERSION, ...value }, null, 2)}\n`;
}

/**
 * Reads a saved value. `what` is its name for messages, `isWhole` checks its fields.
 *
 * @throws {ClientError} `damaged`, `unknown_version`.
 */
export function readSaved<T extends object>(what: string, text: string, isWhole: (read: Unread<T>) => boolean): T {
    const damaged = (cause?: unknown) => new ClientError('damaged', `the saved ${what} is damaged`, { cause });
    let read: Unread<T> & { version?: unknown };
    try {
        read = JSON.parse(text) ?? {};
    } catch (cause) {
        throw damaged(cause);
    }
    if (typeof read.version === 'number' && read.version !== VERSION) {
        throw new ClientError(
            'unknown_version',
            `the saved ${what} has version ${read.version}, this software knows version ${VERSION}: update it`,
        );
    }
    if (!isWhole(read)) throw damaged();
    return read as T;
}
