// Writing a record (docs/PROTOCOL.md, sections 2 to 5): the arguments of `create_record`, and the record's address.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { attestRecord } from '../crypto/attestation.js';
import { proveCapsule, sealCapsule } from '../crypto/capsule.js';
import type { Deployment } from '../crypto/deployment.js';
import { type RandomBytes, secureRandom } from '../crypto/group.js';
import type { PublicKey, SignBytes } from '../crypto/keys.js';
import type { RecordElement } from '../crypto/record.js';
import { FactTree, factsOf } from '../documents/facts.js';
import { type Locator, sealLocator } from '../documents/locator.js';
import { type CapsuleProof, findRecordPda } from '../generated/index.js';
import { type RecordContents, recordContents } from './commitments.js';

/** A creator's decisions about a record. */
export type RecordDraft = {
    /** The owner's wallet. */
    owner: Address;
    /** The owner's present encryption key: `attestedKey` of its User account. */
    ownerKey: PublicKey<'encryption'>;
    /** The wallet that writes the record. */
    creator: Address;
    /**
     * The element whose key encrypts the document. Draw another one if the record has to be written again because the
     * owner's key has changed.
     */
    element: RecordElement;
    /** The address and the kind of the encrypted document. */
    locator: Omit<Locator, 'signature'>;
    /** The facts that follow from the content of the plain document: `contentFacts`. Its profile is `profileOf` them. */
    content: readonly string[];
};

/** The input of `getCreateRecordInstruction`, except signers and the owner's User account. */
export type MadeRecord = Pick<RecordContents, 'dataPublicKey' | 'capsule' | 'factsRoot' | 'locator'> & {
    /** The record's address. */
    record: Address;
    /** The proof that the creator made the capsule. */
    proof: CapsuleProof;
};

/**
 * Makes a record. With `sign`, the creator's wallet signs the record, so that readers know who wrote it without
 * trusting a node.
 *
 * @throws {ClientError} `unknown_profile`: this software can't derive the facts of this profile; otherwise as
 * `attestRecord` and `sealLocator`.
 */
export async function makeRecord(
    deployment: Deployment,
    { owner, ownerKey, creator, element, locator, content }: RecordDraft,
    sign?: SignBytes,
    random: RandomBytes = secureRandom,
): Promise<MadeRecord> {
    const facts = factsOf(locator, content);
    if (!facts) throw new ClientError('unknown_profile', `this software does not know the profile ${locator.profile}`);
    const dataPublicKey = element.recordKey(owner, creator).dataPublicKey();
    const factsRoot = new FactTree(element, dataPublicKey, facts).root();
    const attested = { creator, owner, dataPublicKey, document: locator.sha256, factsRoot };
    const signature = sign && (await attestRecord(deployment, attested, sign));
    const sealed = sealLocator({ ...locator, signature }, dataPublicKey, random);
    const { capsule, randomness } = sealCapsule(element, ownerKey, random);
    const contents = {
        owner,
        creator,
        ownerKey: ownerKey.toBytes(),
        dataPublicKey,
        capsule,
        factsRoot,
        locator: sealed,
    };
    const { program } = deployment;
    const [record] = await findRecordPda({ owner, contents: recordContents(contents) }, { programAddress: program });
    const proof = proveCapsule({ ...contents, program, record }, randomness, random);
    return { record, dataPublicKey, capsule, proof, factsRoot, locator: sealed };
}
