// Opening a record with the checks that the protocol requires of a client (docs/PROTOCOL.md, sections 2, 3 and 6).

import { equalBytes } from '@noble/curves/utils.js';
import type { ReadonlyUint8Array } from '@solana/kit';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { openCapsule } from '../crypto/capsule.js';
import type { KeyUse, SecretKey } from '../crypto/keys.js';
import type { RecordElement, RecordKey } from '../crypto/record.js';
import { FactTree, factsOf, readsContent } from '../documents/facts.js';
import { contentFacts, MAX_CONTENT_LENGTH } from '../documents/fhir-facts.js';
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
    /** The root of the facts that the creator attests. */
    factsRoot: ReadonlyUint8Array;
    /**
     * The facts that the creator attests and that follow from the document; `undefined` if this software does not know
     * their profile, or if they follow from the document's content, which `checkContent` looks at: then they are not checked.
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
 * Opens a record. Facts that follow from the content of its document are left to {@link checkContent}.
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
    const opened = { element, key, locator, factsRoot: record.factsRoot, facts: undefined };
    return readsContent(locator.profile) ? opened : { ...opened, facts: checkedFacts(opened, []) };
}

/**
 * The facts of an opened record and of its plain document; `undefined` if this software does not know their profile.
 *
 * @throws {ClientError} `wrong_facts`: the record's root is not the root of the document's facts.
 */
export async function checkContent(opened: OpenedRecord, document: Blob): Promise<FactTree | undefined> {
    if (!readsContent(opened.locator.profile)) return opened.facts;
    // None follow from a longer document, and it is not read again.
    if (document.size > MAX_CONTENT_LENGTH) return checkedFacts(opened, []);
    return checkedFacts(opened, contentFacts(new Uint8Array(await document.arrayBuffer())));
}

function checkedFacts(
    { element, key, locator, factsRoot }: OpenedRecord,
    content: readonly string[],
): FactTree | undefined {
    const known = factsOf(locator, content);
    const facts = known && new FactTree(element, key.dataPublicKey(), known);
    if (facts && !equalBytes(facts.root(), copy(factsRoot))) {
        throw new ClientError(
            'wrong_facts',
            "the record's facts are not those of its document: the record's creator is at fault",
        );
    }
    return facts;
}
