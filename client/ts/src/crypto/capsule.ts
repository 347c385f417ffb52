// Capsules (docs/PROTOCOL.md, section 2): how a record's group element travels, and the proof at `create_record`.

import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { type Address, getAddressEncoder, type ReadonlyUint8Array } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import {
    CAPSULE_DOMAIN,
    type Capsule,
    type CapsuleProof,
    GENERION_ERROR__CAPSULE_PROOF_INVALID,
    GENERION_ERROR__INVALID_POINT,
    type GenerionError,
} from '../generated/index.js';
import {
    challengeScalar,
    decodeKey,
    decodePoint,
    decodeScalar,
    encodeScalar,
    GENERATOR,
    type Point,
    type RandomBytes,
    reduce,
    scalars,
    secureRandom,
} from './group.js';
import type { KeyUse, PublicKey, SecretKey } from './keys.js';
import { RecordElement } from './record.js';

/** The scalar `r` of a capsule. Its maker needs it to prove that it made the capsule, and then forgets it. */
export class CapsuleRandomness {
    readonly #scalar: bigint;

    constructor(scalar: bigint) {
        this.#scalar = scalar;
    }

    /** The scalar, for the proof of this library. As a field, so that `structuredClone` fails instead of losing it. */
    readonly scalar: () => bigint = () => this.#scalar;
}

/** Seals a group element into a capsule for a key. */
export function sealCapsule<Use extends KeyUse>(
    element: RecordElement,
    key: PublicKey<Use>,
    random: RandomBytes = secureRandom,
): { capsule: Capsule; randomness: CapsuleRandomness } {
    const r = reduce(random(64));
    return { capsule: encrypt(element.point(), key.point, r), randomness: new CapsuleRandomness(r) };
}

/** `R = rG`, `C = M + rK`. */
export function encrypt(element: Point, key: Point, r: bigint): Capsule {
    return {
        ephemeral: GENERATOR.multiply(r).toBytes(),
        masked: element.add(key.multiply(r)).toBytes(),
    };
}

/**
 * Opens a capsule and returns its group element. A capsule for another key opens, too, but to another element: compare
 * the data public key.
 *
 * @throws {ClientError} `malformed`: the capsule's halves are not canonical points.
 */
export function openCapsule<Use extends KeyUse>(capsule: Capsule, secret: SecretKey<Use>): RecordElement {
    const { ephemeral, masked } = decodeCapsule(capsule);
    return new RecordElement(masked.subtract(ephemeral.multiply(secret.scalar())));
}

/**
 * The halves of a capsule.
 *
 * @throws {ClientError} `malformed`.
 */
export function decodeCapsule(capsule: Capsule): { ephemeral: Point; masked: Point } {
    const ephemeral = decodeKey(Uint8Array.from(capsule.ephemeral));
    const masked = decodePoint(Uint8Array.from(capsule.masked));
    if (!ephemeral || !masked) {
        throw new ClientError('malformed', 'the capsule is malformed: its halves are not canonical points');
    }
    return { ephemeral, masked };
}

/** The statement that a capsule proof is bound to. */
export type CapsuleStatement = {
    /** The program's id. */
    program: Address;
    /** Address of the record to be created. */
    record: Address;
    /** The wallet that creates the record. */
    creator: Address;
    /** The owner's present encryption key `X`. */
    ownerKey: ReadonlyUint8Array;
    /** The record's data public key. */
    dataPublicKey: ReadonlyUint8Array;
    /** The owner's capsule. */
    capsule: Capsule;
};

/** The challenge for the commitment `T = kG`. */
function challengeOf(statement: CapsuleStatement, commitment: Uint8Array): Uint8Array<ArrayBuffer> {
    const address = (of: Address) => Uint8Array.from(getAddressEncoder().encode(of));
    const { capsule, creator, dataPublicKey, ownerKey, program, record } = statement;
    const hash = sha256(
        concatBytes(
            CAPSULE_DOMAIN,
            address(program),
            address(record),
            address(creator),
            Uint8Array.from(ownerKey),
            Uint8Array.from(dataPublicKey),
            Uint8Array.from(capsule.ephemeral),
            Uint8Array.from(capsule.masked),
            commitment,
        ),
    );
    return hash.slice(0, 16);
}

/** Proves that the holder of the randomness made the capsule, for this record and this owner key. */
export function proveCapsule(
    statement: CapsuleStatement,
    randomness: CapsuleRandomness,
    random: RandomBytes = secureRandom,
): CapsuleProof {
    const k = reduce(random(64));
    const challenge = challengeOf(statement, GENERATOR.multiply(k).toBytes());
    const response = scalars.sub(k, scalars.mul(challengeScalar(challenge), randomness.scalar()));
    return { challenge, response: encodeScalar(response) };
}

/** Checks a capsule proof as the program does. Returns `undefined` for a valid proof, otherwise the program's error. */
export function verifyCapsuleProof(statement: CapsuleStatement, proof: CapsuleProof): GenerionError | undefined {
    const ephemeral = decodeKey(Uint8Array.from(statement.capsule.ephemeral));
    const masked = decodePoint(Uint8Array.from(statement.capsule.masked));
    if (!ephemeral || !masked) return GENERION_ERROR__INVALID_POINT;
    const response = decodeScalar(Uint8Array.from(proof.response));
    if (response === undefined) return GENERION_ERROR__CAPSULE_PROOF_INVALID;
    const claimed = Uint8Array.from(proof.challenge);
    const commitment = GENERATOR.multiplyUnsafe(response).add(ephemeral.multiplyUnsafe(challengeScalar(claimed)));
    const computed = challengeOf(statement, commitment.toBytes());
    return computed.every((byte, index) => byte === claimed[index]) ? undefined : GENERION_ERROR__CAPSULE_PROOF_INVALID;
}
