// Documents that have to be erased once their record is deleted. The record alone says where they are, so it is saved before.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { Address } from '@solana/kit';
import { copy } from '../base/bytes.js';
import type { Deployment } from '../crypto/deployment.js';
import type { Locator } from '../documents/locator.js';
import { readSaved, writeSaved } from './saved-json.js';
import type { SavedState } from './saved-state.js';

const FOLDER = 'erasures';

/** Where the document of a record is. */
export type StoredAt = Pick<Locator, 'stores' | 'sha256'>;

/** A document that is to be erased. */
export type SavedErasure = {
    /** The record that it was of. */
    record: Address;
    /** The wallet that can erase it. */
    authority: Address;
    /** Where it is. */
    document: StoredAt;
};

type Text = {
    genesis: string;
    authority: Address;
    record: Address;
    stores: string[];
    sha256: string;
};

const nameOf = (record: Address) => `${FOLDER}/${record}`;

/** Saves that a document has to be erased once its record is gone. Returns whether that was not saved before. */
export async function saveErasure(
    saved: SavedState,
    { genesis }: Deployment,
    { authority, document, record }: SavedErasure,
): Promise<boolean> {
    const [stores, sha256] = [[...document.stores], bytesToHex(copy(document.sha256))];
    const text: Text = { genesis, authority, record, stores, sha256 };
    let isNew = false;
    await saved.update(nameOf(record), (present) => {
        isNew = present === undefined;
        return writeSaved(text);
    });
    return isNew;
}

/** Forgets it, because it is done. */
export async function forgetErasure(saved: SavedState, record: Address): Promise<void> {
    await saved.update(nameOf(record), () => undefined);
}

/**
 * The documents that a wallet has to erase on this cluster.
 *
 * @throws {ClientError} `damaged`, `unknown_version`: what is saved can't be read.
 */
export async function savedErasures(
    saved: SavedState,
    { genesis }: Deployment,
    authority: Address,
): Promise<SavedErasure[]> {
    const erasures: SavedErasure[] = [];
    for (const name of await saved.names(FOLDER)) {
        const text = await saved.read(name);
        // Another tab was faster.
        if (text === undefined) continue;
        const read = readText(name, text);
        if (read.genesis !== genesis || read.authority !== authority) continue;
        const document = { stores: read.stores, sha256: hexToBytes(read.sha256) };
        erasures.push({ record: read.record, authority: read.authority, document });
    }
    return erasures;
}

const readText = (name: string, text: string): Text => readSaved<Text>(name, text, isWhole);

const isWhole = ({ authority, genesis, record, sha256, stores }: { [Field in keyof Text]?: unknown }): boolean =>
    [genesis, authority, record].every((field) => typeof field === 'string') &&
    Array.isArray(stores) &&
    /^[0-9a-f]{64}$/.test(String(sha256));
