// Facts (docs/PROTOCOL.md, section 3): what a record's creator attests about a document, one by one, under one root.

import { equalBytes } from '@noble/curves/utils.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { ReadonlyUint8Array } from '@solana/kit';
import { compareBytes, copy, isZero, itemAt } from './bytes.js';
import { ClientError } from './errors.js';
import type { Locator } from './locator.js';
import type { RecordElement } from './record.js';

/** Leaves of a tree, and so the most facts of a document. */
export const FACT_LEAVES = 32;
/** Bytes of the longest fact. */
export const MAX_FACT_LENGTH = 128;
/** Levels of a tree above its leaves. */
const DEPTH = Math.log2(FACT_LEAVES);
/** Bytes of a disclosure: a salt, and a hash for each level. */
export const DISCLOSURE_LENGTH = 32 * (1 + DEPTH);
/** The profile of what is known of every document. */
export const DOCUMENT_PROFILE = 'document/1';

/** `name=value`: lower-case letters, digits and hyphens before the first `=`, printable ASCII behind it. */
const FACT = /^[a-z0-9-]+=[ -~]+$/;

/** Whether a text is a fact. */
export function isFact(text: string): boolean {
    return FACT.test(text) && text.length <= MAX_FACT_LENGTH;
}

/** The fact that `name` has `value`; `undefined` where that is none: it is left out then, and never cut. */
export function factOf(name: string, value: string): string | undefined {
    const fact = `${name}=${value}`;
    return !name.includes('=') && isFact(fact) ? fact : undefined;
}

/** SHA-256 of a fact, which a disclosure is checked with. */
export const factHash = (fact: string): Uint8Array => sha256(utf8ToBytes(fact));

/**
 * The facts of the profile that a locator names, in the profile's order; `undefined` where this software does not know the
 * profile.
 */
export function factsOf({
    profile,
    kind,
    mediaType,
    sha256,
}: Pick<Locator, 'profile' | 'kind' | 'mediaType' | 'sha256'>): string[] | undefined {
    if (profile !== DOCUMENT_PROFILE) return undefined;
    const facts = [
        factOf('kind', kind),
        factOf('media-type', mediaType),
        factOf('ciphertext-sha256', bytesToHex(copy(sha256))),
    ];
    return facts.filter((fact) => fact !== undefined);
}

/** A document's facts, each under a salt that only those know who can open the record. */
export class FactTree {
    readonly #salts: { fact: string; salt: Uint8Array }[];
    /** All nodes by level: the leaves, sorted by bytes, come first, and the root last. */
    readonly #levels: Uint8Array[][];

    /**
     * The tree of a record's facts, in their profile's order.
     *
     * @throws {ClientError} `too_long`: more facts than leaves; `malformed`: a text that is no fact, or one twice.
     */
    constructor(element: RecordElement, dataPublicKey: ReadonlyUint8Array, facts: readonly string[]) {
        if (facts.length > FACT_LEAVES) {
            throw new ClientError('too_long', `a document has at most ${FACT_LEAVES} facts, not ${facts.length}`);
        }
        const wrong = facts.find((fact, index) => !isFact(fact) || facts.indexOf(fact) !== index);
        if (wrong !== undefined) {
            throw new ClientError('malformed', 'a fact is name=value in printable ASCII, and there once');
        }
        const derive = (...info: Uint8Array[]) =>
            hkdf(
                sha256,
                element.point().toBytes(),
                utf8ToBytes('generion/fact-salt/v1'),
                concatBytes(copy(dataPublicKey), ...info),
                32,
            );
        this.#salts = facts.map((fact, index) => ({ fact, salt: derive(Uint8Array.of(index)) }));
        const leaves = Array.from({ length: FACT_LEAVES }, (_, index) => {
            const place = Uint8Array.of(index);
            const fact = facts[index];
            const hash = fact === undefined ? derive(place, utf8ToBytes('decoy')) : factHash(fact);
            return leafHash(derive(place), hash);
        });
        this.#levels = [leaves.sort(compareBytes)];
        for (let nodes = leaves; nodes.length > 1; ) {
            const below = nodes;
            nodes = Array.from({ length: below.length / 2 }, (_, index) =>
                nodeHash(itemAt(below, 2 * index), itemAt(below, 2 * index + 1)),
            );
            this.#levels.push(nodes);
        }
    }

    /** What stands on the ledger as the record's `facts_root`. */
    root(): Uint8Array {
        return copy(itemAt(itemAt(this.#levels, DEPTH), 0));
    }

    /**
     * Shows that a fact is among them, and no other one; `undefined` where it is not. Which fact it is about, a disclosure
     * does not say.
     */
    disclose(fact: string): Uint8Array | undefined {
        const salt = this.#salts.find((salted) => salted.fact === fact)?.salt;
        if (!salt) return undefined;
        const leaf = leafHash(salt, factHash(fact));
        let index = itemAt(this.#levels, 0).findIndex((other) => equalBytes(other, leaf));
        const siblings = this.#levels.slice(0, DEPTH).map((nodes) => {
            const sibling = itemAt(nodes, index ^ 1);
            index >>= 1;
            return sibling;
        });
        return concatBytes(salt, ...siblings);
    }
}

/** Whether a disclosure shows that the fact with this hash is among those with this root. Zeros are no fact's hash. */
export function verifyDisclosure(
    factsRoot: ReadonlyUint8Array,
    hash: ReadonlyUint8Array,
    disclosure: ReadonlyUint8Array,
): boolean {
    if (disclosure.length !== DISCLOSURE_LENGTH || hash.length !== 32 || isZero(hash)) return false;
    const bytes = copy(disclosure);
    let node = leafHash(bytes.slice(0, 32), copy(hash));
    for (let at = 32; at < bytes.length; at += 32) node = nodeHash(node, bytes.slice(at, at + 32));
    return equalBytes(node, copy(factsRoot));
}

const leafHash = (salt: Uint8Array, hash: Uint8Array) => sha256(concatBytes(Uint8Array.of(0), salt, hash));

/** The lesser of the two goes first, so that a disclosure does not say on which side the way goes. */
const nodeHash = (one: Uint8Array, other: Uint8Array) =>
    sha256(concatBytes(Uint8Array.of(1), ...[one, other].sort(compareBytes)));
