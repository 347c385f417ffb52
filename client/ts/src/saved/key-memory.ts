// The highest index of each wallet's encryption keys that this client has seen (docs/PROTOCOL.md, section 2). It exposes a
// node that shows an older key, whose secret others may know: an attestation can't be taken back. The text is that of the
// Rust client's `keys-seen.json`.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import type { Deployment } from '../crypto/deployment.js';
import type { SavedState } from './saved-state.js';

const NAME = 'keys-seen';
const VERSION = 1;

/** Indexes by genesis hash and wallet. */
type Seen = { version: number; indexes: { [genesis: string]: { [wallet: string]: number } } };

/**
 * Notes the index of a key that the wallet attested, or that several nodes agree on. Returns the highest index that was seen
 * before, if it is higher: then the memory does not change, and the key is not to be used.
 *
 * @throws {ClientError} `damaged`, `unknown_version`: what is saved can't be read.
 */
export async function seeKeyIndex(
    saved: SavedState,
    { genesis }: Deployment,
    wallet: Address,
    index: number,
): Promise<number | undefined> {
    let higher: number | undefined;
    await saved.update(NAME, (present) => {
        const seen = present === undefined ? { version: VERSION, indexes: {} } : readSeen(present);
        const known = seen.indexes[genesis]?.[wallet];
        higher = known !== undefined && known > index ? known : undefined;
        // What does not change keeps its text.
        if (known !== undefined && known >= index) return present;
        const ofCluster = { ...seen.indexes[genesis], [wallet]: index };
        return `${JSON.stringify({ ...seen, indexes: { ...seen.indexes, [genesis]: ofCluster } }, null, 2)}\n`;
    });
    return higher;
}

function readSeen(text: string): Seen {
    const seen = parsed(text);
    if (seen?.version !== undefined && seen.version !== VERSION) {
        throw new ClientError(
            'unknown_version',
            `the saved indexes of keys have version ${seen.version}, this software knows version ${VERSION}: update it`,
        );
    }
    const indexes = Object.values(seen?.indexes ?? { none: { index: -1 } }).flatMap((one) => Object.values(one ?? {}));
    if (!seen || !indexes.every((index) => Number.isInteger(index) && index >= 0)) {
        throw new ClientError(
            'damaged',
            'the saved indexes of keys are damaged: nothing tells an older key from the newest',
        );
    }
    return seen;
}

function parsed(text: string): Seen | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return typeof value === 'object' && value !== null ? (value as Seen) : undefined;
    } catch {
        return undefined;
    }
}
