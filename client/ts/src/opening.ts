// Opening a record with the checks that the protocol asks of a client (docs/PROTOCOL.md, sections 2, 3 and 6).

import { equalBytes } from '@noble/curves/utils.js';
import { openCapsule } from './capsule.js';
import { ClientError } from './errors.js';
import type { Capsule, Record as RecordState } from './generated/index.js';
import type { KeyUse, SecretKey } from './keys.js';
import { type Locator, openLocator } from './locator.js';
import type { RecordKey } from './record.js';

/** What of a record opening its capsule takes. A buyer saves it before paying. */
export type RecordIdentity = Pick<RecordState, 'owner' | 'creator' | 'dataPublicKey'>;

/**
 * The key of a record, out of a capsule: the owner's from the record, a recipient's from a share, a buyer's from a
 * purchase.
 *
 * @throws {ClientError} `malformed`; `wrong_key`: the capsule holds another record's element, or is for another key.
 */
export function openRecordKey<Use extends KeyUse>(
    capsule: Capsule,
    secret: SecretKey<Use>,
    record: RecordIdentity,
): RecordKey {
    const key = openCapsule(capsule, secret).recordKey(record.owner, record.creator);
    if (!equalBytes(key.dataPublicKey(), Uint8Array.from(record.dataPublicKey))) {
        throw new ClientError(
            'wrong_key',
            'the capsule does not hold the key of this record: it was made for another key, or its maker is at fault',
        );
    }
    return key;
}

/**
 * The locator of a record. Nothing is fetched.
 *
 * @throws {ClientError} As `openLocator`; `wrong_hash`: the record's public hash is not the locator's.
 */
export async function openRecordLocator(
    record: Pick<RecordState, 'locator' | 'ciphertextHash'>,
    key: RecordKey,
): Promise<Locator> {
    const locator = await openLocator(record.locator, key);
    const isPublic = record.ciphertextHash.some((byte) => byte !== 0);
    if (isPublic && !equalBytes(Uint8Array.from(record.ciphertextHash), Uint8Array.from(locator.sha256))) {
        throw new ClientError(
            'wrong_hash',
            "the record's public hash is not that of its locator: the record's creator is at fault",
        );
    }
    return locator;
}
