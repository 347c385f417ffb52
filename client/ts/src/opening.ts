// Opening a record with the checks that the protocol asks of a client (docs/PROTOCOL.md, sections 2, 3 and 6).

import { equalBytes } from '@noble/curves/utils.js';
import { copy } from './bytes.js';
import { openCapsule } from './capsule.js';
import { ClientError } from './errors.js';
import { FactTree, factsOf } from './facts.js';
import type { Capsule, Record as RecordState } from './generated/index.js';
import type { KeyUse, SecretKey } from './keys.js';
import { type Locator, openLocator } from './locator.js';
import type { RecordElement, RecordKey } from './record.js';

/** What of a record opening its capsule takes. */
export type RecordIdentity = Pick<RecordState, 'owner' | 'creator' | 'dataPublicKey'>;

/** What of a record opening it takes. A buyer saves it, and its address, before paying. */
export type SealedRecord = RecordIdentity & Pick<RecordState, 'factsRoot' | 'locator'>;

/** A record that was opened. Nothing is fetched. */
export type OpenedRecord = {
    /** What its keys follow from. Forget it unless you share, sell or disclose. */
    element: RecordElement;
    /** Opens its document. */
    key: RecordKey;
    /** Where the document is, and what. */
    locator: Locator;
    /**
     * The facts that its creator attests, and that follow from the document; `undefined` where this software does not know
     * their profile, so that they are unchecked.
     */
    facts: FactTree | undefined;
};

/**
 * The group element of a record, out of a capsule: the owner's from the record, a recipient's from a share, a buyer's from a
 * settled purchase.
 *
 * @throws {ClientError} `malformed`; `wrong_key`: the capsule holds another record's element, or is for another key.
 */
export function openRecordElement<Use extends KeyUse>(
    capsule: Capsule,
    secret: SecretKey<Use>,
    record: RecordIdentity,
): RecordElement {
    const element = openCapsule(capsule, secret);
    const key = element.recordKey(record.owner, record.creator);
    if (!equalBytes(key.dataPublicKey(), copy(record.dataPublicKey))) {
        throw new ClientError(
            'wrong_key',
            'the capsule does not hold the key of this record: it was made for another key, or its maker is at fault',
        );
    }
    return element;
}

/**
 * Opens a record.
 *
 * @throws {ClientError} As {@link openRecordElement} and `openLocator`; `wrong_facts`: the record's root is not that of the
 * facts that follow from the document.
 */
export async function openRecord<Use extends KeyUse>(
    record: SealedRecord,
    capsule: Capsule,
    secret: SecretKey<Use>,
): Promise<OpenedRecord> {
    const element = openRecordElement(capsule, secret, record);
    const key = element.recordKey(record.owner, record.creator);
    const locator = await openLocator(record.locator, key);
    const known = factsOf(locator);
    const facts = known && new FactTree(element, record.dataPublicKey, known);
    if (facts && !equalBytes(facts.root(), copy(record.factsRoot))) {
        throw new ClientError(
            'wrong_facts',
            "the record's facts are not those of its document: the record's creator is at fault",
        );
    }
    return { element, key, locator, facts };
}
