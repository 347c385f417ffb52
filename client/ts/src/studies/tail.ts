// The tail of a study's account (docs/PROTOCOL.md, section 4): requirements, accepted creators, address of the description.

import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { getAddressDecoder } from '@solana/kit';
import { addressBytes, copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import type { Study } from '../generated/index.js';

/** A requirement: the hash of a fact. Of each group, a participant shows one fact for each record. */
export type Requirement = {
    /** The group, counted from 0. */
    group: number;
    /** SHA-256 of the fact, 32 bytes. */
    factHash: ReadonlyUint8Array;
};

/** The contents of a study's tail. */
export type StudyTail = {
    /** Strictly increasing by hash. Instructions name a requirement by its position. */
    requirements: readonly Requirement[];
    /** The creators whose records the study accepts, strictly increasing by their bytes. */
    creators: readonly Address[];
    /** The address of the description, which may be empty. Clients of patients never ask it: the sponsor would learn theirs. */
    url: string;
};

const REQUIREMENT_LENGTH = 33;
const ADDRESS_LENGTH = 32;

/**
 * Reads a study's tail.
 *
 * @throws {ClientError} `malformed`: the tail is shorter than its counts.
 */
export function readTail({
    creatorCount,
    requirementCount,
    tail,
}: Pick<Study, 'creatorCount' | 'requirementCount' | 'tail'>): StudyTail {
    const creatorsAt = requirementCount * REQUIREMENT_LENGTH;
    const urlAt = creatorsAt + creatorCount * ADDRESS_LENGTH;
    if (tail.length < urlAt) throw new ClientError('malformed', "the study's tail is shorter than its counts say");
    const bytes = copy(tail);
    const requirements = Array.from({ length: requirementCount }, (_, index) => {
        const at = index * REQUIREMENT_LENGTH;
        return { group: bytes[at] ?? 0, factHash: bytes.slice(at + 1, at + REQUIREMENT_LENGTH) };
    });
    const creators = Array.from({ length: creatorCount }, (_, index) =>
        getAddressDecoder().decode(bytes, creatorsAt + index * ADDRESS_LENGTH),
    );
    return { requirements, creators, url: new TextDecoder('latin1').decode(bytes.slice(urlAt)) };
}

/** The bytes of a study's tail. */
export const tailBytes = ({ creators, requirements, url }: StudyTail): Uint8Array<ArrayBuffer> =>
    concatBytes(
        ...requirements.flatMap(({ factHash, group }) => [Uint8Array.of(group), copy(factHash)]),
        ...creators.map(addressBytes),
        utf8ToBytes(url),
    );
