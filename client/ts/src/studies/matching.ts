// Whether an owner's records meet a study's requirements, decided on the owner's device: nobody learns who might have matched.

import type { Address } from '@solana/kit';
import { addressBytes, compareBytes, isSame } from '../base/bytes.js';
import type { FactTree } from '../documents/facts.js';
import type { Locator } from '../documents/locator.js';
import type { RecordState } from '../generated/index.js';
import type { RequiredFact, StudyDescription } from './description.js';

/** A record of the owner's, opened. */
export type Candidate = {
    /** The record's address. */
    address: Address;
    /** The record. */
    state: RecordState;
    /** Its facts, checked against the root; `undefined`: this software does not know their profile. */
    facts: FactTree | undefined;
    /** The location of its document. */
    locator: Pick<Locator, 'stores' | 'sha256'>;
};

/** A fact that a participant discloses of a record. */
export type ShownFact = RequiredFact & {
    /** Position of the requirement in the study. */
    requirement: number;
};

/** A record that meets the requirements: one fact of each group. */
export type MatchingRecord = Candidate & { facts: FactTree; shown: readonly ShownFact[] };

/** A reason for which a record does not meet the requirements. */
export type Mismatch =
    /** Its owner has not verified it. */
    | { mismatch: 'not_verified' }
    /** The study does not accept its creator. */
    | { mismatch: 'creator' }
    /** Its owner created it, so nobody else vouches for it. */
    | { mismatch: 'self_issued' }
    /** Its facts can't be checked. */
    | { mismatch: 'unchecked' }
    /** It has none of a group's facts. */
    | { mismatch: 'fact'; group: number; facts: readonly string[] };

/** The result of a comparison. */
export type Match = {
    /** The records that meet the requirements, fewest new disclosures first. */
    matching: readonly MatchingRecord[];
    /** The other records, each with all reasons. */
    others: readonly { address: Address; reasons: readonly Mismatch[] }[];
};

/**
 * Compares an owner's records with a study's description. Where a record has several facts of a group, one that `isKnown` says
 * was disclosed before is taken, so that nothing new becomes public.
 */
export function matchRecords(
    { admission, creators, requirements }: Pick<StudyDescription, 'admission' | 'creators' | 'requirements'>,
    candidates: readonly Candidate[],
    isKnown: (record: Address, fact: string) => boolean = () => false,
): Match {
    const required = requirements.map((one, requirement) => ({ ...one, requirement }));
    const groups = [...new Set(requirements.map(({ group }) => group))].sort((one, other) => one - other);
    const matching: (MatchingRecord & { isNew: number })[] = [];
    const others: { address: Address; reasons: Mismatch[] }[] = [];
    for (const candidate of candidates) {
        const { address, facts, state } = candidate;
        const reasons: Mismatch[] = [];
        if (state.verified === 0) reasons.push({ mismatch: 'not_verified' });
        // By selection a study may name no creators: then the sponsor judges.
        if (creators.length > 0 || admission === 'open') {
            if (state.creator === state.owner) reasons.push({ mismatch: 'self_issued' });
            else if (!creators.includes(state.creator)) reasons.push({ mismatch: 'creator' });
        }
        const shown: ShownFact[] = [];
        if (!facts) reasons.push({ mismatch: 'unchecked' });
        for (const group of facts ? groups : []) {
            const accepted = required.filter((one) => one.group === group);
            const had = accepted.filter(({ fact }) => facts?.disclose(fact) !== undefined);
            const best = had.find(({ fact }) => isKnown(address, fact)) ?? had[0];
            if (best) shown.push(best);
            else reasons.push({ mismatch: 'fact', group, facts: accepted.map(({ fact }) => fact) });
        }
        if (reasons.length > 0 || !facts) others.push({ address, reasons });
        else {
            const isNew = shown.filter(({ fact }) => !isKnown(address, fact)).length;
            matching.push({ ...candidate, facts, shown, isNew });
        }
    }
    matching.sort(
        (one, other) => one.isNew - other.isNew || compareBytes(addressBytes(one.address), addressBytes(other.address)),
    );
    return { matching: matching.map(({ isNew: _, ...record }) => record), others };
}

/**
 * The records that a participant would sell: as many as the study asks for, all made for one key of the owner's, since a
 * delivery proves all of them with one key. `undefined`: too few of one key match.
 */
export function chooseRecords(
    { records }: Pick<StudyDescription, 'records'>,
    { matching }: Match,
): readonly MatchingRecord[] | undefined {
    for (const { state } of matching) {
        const ofKey = matching.filter((one) => isSame(one.state.ownerKey, state.ownerKey));
        if (ofKey.length >= records) {
            const chosen = ofKey.slice(0, records);
            // As `create_order` lists them.
            return chosen.sort((one, other) => compareBytes(addressBytes(one.address), addressBytes(other.address)));
        }
    }
    return undefined;
}
