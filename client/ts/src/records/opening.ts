// Opening a record with the checks that the protocol requires of a client (docs/PROTOCOL.md, sections 2, 3 and 6).

import { equalBytes } from '@noble/curves/utils.js';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { openCapsule } from '../crypto/capsule.js';
import type { KeyUse, SecretKey } from '../crypto/keys.js';
import type { RecordElement, RecordKey } from '../crypto/record.js';
import { FactTree, factsOf } from '../documents/facts.js';
import { type Locator, openLocator } from '../documents/locator.js';
import type { Capsule, RecordState } from '../generated/index.js';

/** The fields of a record that opening its capsule needs. */
export type RecordIdentity = Pick<RecordState, 'owner' | 'creator' | 'dataPublicKey'>;

/** The fields of a record that opening it needs. A buyer saves them, and the record's address, before paying. */
export type SealedRecord = RecordIdentity & Pick<RecordState, 'factsRoot' | 'locator'>;

/** An opened record. Opening fetches nothing. */
export type OpenedRecord = {
    /** The element from which the record's keys are derived. Forget it unless you share, sell or disclose. */
    element: RecordElement;
    /** The key of the document. */
    key: RecordKey;
    /** The address and the kind of the document. */
    locator: Locator;
    /**
     * The facts that the creator attests and that follow from the document; `undefined` if this software does not know
     * their profile, and so has not checked them.
     */
    facts: FactTree | undefined;
};

/**
 * Opens a capsule of a record and returns the group element. An owner's capsule is in the record, a recipient's in a
 * share, a buyer's in a settled purchase.
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
 * @throws {ClientError} As {@link openRecordElement} and `openLocator`; `wrong_facts`: the record's root is not the
 * root of the document's facts.
 */
export function openRecord<Use extends KeyUse>(
    record: SealedRecord,
    capsule: Capsule,
    secret: SecretKey<Use>,
): OpenedRecord {
    const element = openRecordElement(capsule, secret, record);
    const key = element.recordKey(record.owner, record.creator);
    const locator = openLocator(record.locator, key);
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
