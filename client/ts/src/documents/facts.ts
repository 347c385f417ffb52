// Facts (docs/PROTOCOL.md, section 3): single statements of a record's creator about a document, under one root.

import { equalBytes } from '@noble/curves/utils.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { ReadonlyUint8Array } from '@solana/kit';
import { compareBytes, copy, isZero, itemAt } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import type { RecordElement } from '../crypto/record.js';
import { factOf, isFact } from './fact.js';
import type { Locator } from './locator.js';

/** Leaves of a tree, and so the maximum number of facts of a document. */
export const FACT_LEAVES = 32;
/** Levels of a tree above its leaves. */
const DEPTH = Math.log2(FACT_LEAVES);
/** Bytes of a disclosure: a salt, and a hash for each level. */
export const DISCLOSURE_LENGTH = 32 * (1 + DEPTH);
/** The profile with the facts of every document. */
export const DOCUMENT_PROFILE = 'document/1';

/** SHA-256 of a fact. A disclosure is checked with this hash. */
export const factHash = (fact: string): Uint8Array<ArrayBuffer> => sha256(utf8ToBytes(fact));

/** The profile with the facts that follow from a document's content, too, if it is a resource of FHIR R4. */
export const FHIR_PROFILE = 'fhir-r4/1';

/** The profile of research copies. It has the name of the rules that they are made by. */
export const COPY_PROFILE = 'safe-harbor-document/1';

/** The fact that research copies have and other documents don't. The labels of a document alone prove nothing. */
export const DEIDENTIFIED = `deidentified=${COPY_PROFILE}`;

/**
 * The profile that this client names for a document with these facts of its content. It is never that of research copies: this
 * client can't tell what the rules would change.
 */
export const profileOf = (content: readonly string[]): string =>
    content.every((fact) => fact === DEIDENTIFIED) ? DOCUMENT_PROFILE : FHIR_PROFILE;

/** Whether facts of a profile follow from the content of a document, and not from its locator alone. */
export const readsContent = (profile: string): boolean => profile === FHIR_PROFILE || profile === COPY_PROFILE;

/**
 * The facts of the profile that a locator names, in the profile's order; `undefined` if this software does not know the
 * profile.
 *
 * @param content What `contentFacts` derives from the plain document. It is not looked at unless the profile reads the content.
 */
export function factsOf(
    { profile, kind, mediaType, sha256 }: Pick<Locator, 'profile' | 'kind' | 'mediaType' | 'sha256'>,
    content: readonly string[],
): string[] | undefined {
    if (profile !== DOCUMENT_PROFILE && !readsContent(profile)) return undefined;
    const facts = [
        factOf('kind', kind),
        factOf('media-type', mediaType),
        factOf('ciphertext-sha256', bytesToHex(copy(sha256))),
    ].filter((fact) => fact !== undefined);
    if (!readsContent(profile)) return facts;
    const isOther = (fact: string) => (profile === COPY_PROFILE ? fact.startsWith('month=') : fact === DEIDENTIFIED);
    return [...facts, ...content.filter((fact) => !isOther(fact))];
}

/** A document's facts. Each has a salt that only those who can open the record can derive. */
export class FactTree {
    readonly #salts: { fact: string; salt: Uint8Array<ArrayBuffer> }[];
    /** All nodes by level: the leaves, sorted by bytes, come first, and the root last. */
    readonly #levels: Uint8Array<ArrayBuffer>[][];

    /**
     * The tree of a record's facts, in their profile's order.
     *
     * @throws {ClientError} `too_long`: there are more facts than leaves; `malformed`: a text is no fact, or is there
     * twice.
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

    /** The root, which is the record's `facts_root` on the ledger. */
    root(): Uint8Array<ArrayBuffer> {
        return copy(itemAt(itemAt(this.#levels, DEPTH), 0));
    }

    /**
     * Discloses that the tree has a fact, and reveals no other fact; `undefined` if the tree does not have it. The
     * disclosure itself does not name the fact.
     */
    disclose(fact: string): Uint8Array<ArrayBuffer> | undefined {
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

/** Whether a disclosure proves that the tree with this root has the fact with this hash. Zeros are no fact's hash. */
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

/** The smaller of the two goes first, so that a disclosure does not reveal the position in the tree. */
const nodeHash = (one: Uint8Array, other: Uint8Array) =>
    sha256(concatBytes(Uint8Array.of(1), ...[one, other].sort(compareBytes)));
