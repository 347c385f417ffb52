// The statements of a document about a person: each value of a FHIR R4 resource in JSON is examined.
//
// A buyer gets the document as it is; nothing is removed here. Only what is known to be harmless counts as harmless: codes of
// well-known terminologies, quantities and their units, statuses, years (`judge.ts`). Every other value is reported, as what it
// is or as unchecked. What two readers could read differently can't be looked into: names that are there twice, and whatever
// FHIR R4 does not know.
//
// That nothing is reported does not mean that nothing can be told: a rare diagnosis can name a person, too.
//
// The tables are large. An app loads this folder when somebody sells: `await import('@generion/client/fhir')`.

import { type Counts, type RevealedValue, someOfEach as someOfEachValue } from './collection.js';
import { Json, lateTypes } from './json.js';
import { KIND_WORDS, REVEALED_KINDS, type RevealedKind } from './kind.js';
import { type Opaque, opaqueWords, Stop } from './opaque.js';
import { walk } from './walk.js';

export { brief, type Counts, type RevealedValue } from './collection.js';
export { KIND_WORDS, REVEALED_KINDS, type RevealedKind } from './kind.js';
export { type Opaque, opaqueWords } from './opaque.js';

/** Largest document that is looked into, in bytes. */
const LARGEST = 64 << 20;

/** The values that a FHIR resource reveals. */
export type RevealedResource = {
    is: 'resource';
    /** Its type, such as `Observation`. */
    resourceType: string;
    /** Each value once: first those about the person that the document is about, then by kind. */
    values: RevealedValue[];
    /** The number of further values by kind, where a document has more than fit in 16 MiB. */
    unlisted: Counts;
};

/** The values that a document reveals, or the reason why they are unknown. There is no third case. */
export type Revealed =
    | RevealedResource
    /** It can't be looked into: everything in it has to be taken for identifying. */
    | { is: 'opaque'; opaque: Opaque };

/**
 * Looks into a document. It asks nobody.
 *
 * @throws {DOMException} The document can't be read.
 */
export async function reveal(document: Blob): Promise<Revealed> {
    if (document.size > LARGEST) return { is: 'opaque', opaque: { why: 'too_large', limit: LARGEST } };
    return revealBytes(new Uint8Array(await document.arrayBuffer()));
}

function revealBytes(bytes: Uint8Array): Revealed {
    // A letter for each byte: places in one are places in the other. What the letters are matters within texts alone, which
    // are read from the bytes.
    const letters = new TextDecoder('latin1').decode(bytes);
    try {
        const late = lateTypes(new Json(bytes, letters));
        const { collection, resourceType } = walk(new Json(bytes, letters), late);
        return { is: 'resource', resourceType, ...collection.finish() };
    } catch (error) {
        if (!(error instanceof Stop)) throw error;
        return { is: 'opaque', opaque: error.opaque };
    }
}

/** Whether its owner must agree to reveal more than what is known to be harmless. */
export const isIdentifying = (revealed: Revealed): boolean =>
    revealed.is === 'opaque' || revealed.values.length > 0 || Object.keys(revealed.unlisted).length > 0;

/** A short list for people: some values of each kind, in order. */
export const someOfEach = ({ values }: RevealedResource): RevealedValue[] => someOfEachValue(values);

/** The number of different values of each kind, in order. Of those that are not listed, each occurrence counts. */
export function countsOf({ unlisted, values }: RevealedResource): [RevealedKind, number][] {
    const counts: Counts = { ...unlisted };
    for (const { kind } of values) counts[kind] = (counts[kind] ?? 0) + 1;
    return REVEALED_KINDS.flatMap((kind) => (counts[kind] ? [[kind, counts[kind]]] : []));
}

/** A summary of the revealed values, in one English line. */
export function revealedWords(revealed: Revealed): string {
    if (revealed.is === 'opaque') {
        return `a document that can't be looked into (${opaqueWords(revealed.opaque)}): take it that it names you`;
    }
    if (!isIdentifying(revealed)) {
        return `${revealed.resourceType}: nothing but known codes, quantities, units, statuses and years`;
    }
    const counts = countsOf(revealed).map(([kind, count]) => `${KIND_WORDS[kind]} (${count})`);
    return `${revealed.resourceType}: ${counts.join(', ')}`;
}
