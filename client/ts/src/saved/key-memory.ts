// The highest index of each wallet's encryption keys that this client has seen (docs/PROTOCOL.md, section 2). It exposes a
// node that shows an older key, whose secret others may know: an attestation can't be taken back.

import type { Address } from '@solana/kit';
import type { Deployment } from '../crypto/deployment.js';
import { ClientError } from '../ledger/errors.js';
import type { SavedState } from './saved-state.js';

const nameOf = ({ genesis }: Deployment, wallet: Address) => `key-index/${genesis}/${wallet}`;

/**
 * Notes the index of a key that the wallet attested, or that several nodes agree on. Returns the highest index that was seen
 * before, if it is higher: then the memory does not change, and the key is not to be used.
 *
 * @throws {ClientError} `damaged`: what is saved is no index.
 */
export async function seeKeyIndex(
    saved: SavedState,
    deployment: Deployment,
    wallet: Address,
    index: number,
): Promise<number | undefined> {
    let higher: number | undefined;
    await saved.update(nameOf(deployment, wallet), (present) => {
        const known = present === undefined ? -1 : readIndex(present, wallet);
        higher = known > index ? known : undefined;
        return String(Math.max(known, index));
    });
    return higher;
}

function readIndex(text: string, wallet: Address): number {
    if (!/^(0|[1-9][0-9]{0,9})$/.test(text)) {
        throw new ClientError('damaged', `the saved index of the key of wallet ${wallet} is damaged`);
    }
    return Number(text);
}
