// What a clinic sent of a batch of documents, on the device before it is sent. Nothing of it is secret: the names and the
// contents of documents are digests that only the clinic's wallet can make, and the rest stands on the ledger, or would.

import type { Address } from '@solana/kit';
import type { SignedTransaction } from '../transactions/send.js';
import { readSaved, writeSaved } from './saved-json.js';
import type { SavedState } from './saved-state.js';

const FOLDER = 'imports';

/** A record that may land. */
export type ImportAttempt = {
    /** Digest of the document's content. */
    content: string;
    /** The record's address, which is its contents. */
    record: Address;
    /** The transaction, as it was signed. */
    signed: Pick<SignedTransaction, 'signature' | 'wire' | 'ours'> & { lastValidBlockHeight: string };
};

/** The state of a document with a name. */
export type SavedImport = {
    /** What it held when it became a record, in that order. */
    written: { content: string; record: Address }[];
    /** The transaction that was about to be sent, and is not known to have landed. */
    attempts: ImportAttempt[];
};

const nameOf = (document: string) => `${FOLDER}/${document}`;

/**
 * What is known of a document by the digest of its name.
 *
 * @throws {ClientError} `damaged`, `unknown_version`: what is saved can't be read.
 */
export async function savedImport(saved: SavedState, document: string): Promise<SavedImport> {
    return readImport(document, await saved.read(nameOf(document)));
}

/** Saves the transaction that is about to be sent. */
export async function saveAttempt(saved: SavedState, document: string, attempt: ImportAttempt): Promise<void> {
    await change(saved, document, ({ attempts, written }) => ({ written, attempts: [...attempts, attempt] }));
}

/** Saves that a record landed. Other attempts at the same content are over then. */
export async function saveWritten(saved: SavedState, document: string, attempt: ImportAttempt): Promise<void> {
    const { content, record } = attempt;
    await change(saved, document, ({ attempts, written }) => ({
        written: written.some((one) => one.record === record) ? written : [...written, { content, record }],
        attempts: attempts.filter((one) => one.content !== content),
    }));
}

/** Forgets an attempt that can't land any more. */
export async function forgetAttempt(saved: SavedState, document: string, attempt: ImportAttempt): Promise<void> {
    const { signature } = attempt.signed;
    await change(saved, document, ({ attempts, written }) => ({
        written,
        attempts: attempts.filter((one) => one.signed.signature !== signature),
    }));
}

async function change(
    saved: SavedState,
    document: string,
    changed: (present: SavedImport) => SavedImport,
): Promise<void> {
    await saved.update(nameOf(document), (text) => {
        const next = changed(readImport(document, text));
        return next.written.length + next.attempts.length === 0 ? undefined : writeSaved(next);
    });
}

function readImport(document: string, text: string | undefined): SavedImport {
    if (text === undefined) return { written: [], attempts: [] };
    const { attempts, written } = readSaved<SavedImport>(
        `import ${document}`,
        text,
        (read) => isListOf(read.written, isWritten) && isListOf(read.attempts, isAttempt),
    );
    return { written, attempts };
}

const isListOf = <T>(list: unknown, isOne: (one: T | null) => boolean): boolean =>
    Array.isArray(list) && list.every(isOne);

const isWritten = (one: { content?: unknown; record?: unknown } | null) =>
    typeof one?.content === 'string' && typeof one.record === 'string';

const isAttempt = (one: ImportAttempt | null) =>
    isWritten(one) &&
    typeof one?.signed?.signature === 'string' &&
    typeof one.signed.wire === 'string' &&
    Array.isArray(one.signed.ours) &&
    /^[0-9]{1,20}$/.test(String(one.signed.lastValidBlockHeight));
