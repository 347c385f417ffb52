// Descriptions of a sponsor's own studies. Without the file nobody can join: the ledger has its hash alone.

import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { copy } from '../base/bytes.js';
import type { Deployment } from '../crypto/deployment.js';
import { clusterName } from './cluster-name.js';
import type { SavedState } from './saved-state.js';

const nameOf = (deployment: Deployment, study: Address) => `${clusterName(deployment)}/studies/${study}.description`;

/** Saves a study's description. */
export async function saveStudyFile(
    saved: SavedState,
    deployment: Deployment,
    study: Address,
    file: ReadonlyUint8Array,
): Promise<void> {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(copy(file));
    await saved.update(nameOf(deployment, study), () => text);
}

/** The description of an own study; `undefined`: this device does not have it. */
export async function savedStudyFile(
    saved: SavedState,
    deployment: Deployment,
    study: Address,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const text = await saved.read(nameOf(deployment, study));
    return text === undefined ? undefined : utf8ToBytes(text);
}
