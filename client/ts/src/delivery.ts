// Verified delivery (docs/PROTOCOL.md, section 6): re-encrypts record keys to a buyer and proves it to the ledger.

import { bytesToNumberLE, equalBytes } from '@noble/curves/utils.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Address, getAddressEncoder, type ReadonlyUint8Array } from '@solana/kit';
import { decodeCapsule, encrypt, openCapsule } from './capsule.js';
import { ClientError } from './errors.js';
import {
    type Capsule,
    DELIVERY_DOMAIN,
    type DeliveryProof,
    GENERION_ERROR__BATCH_LENGTH,
    GENERION_ERROR__DELIVERY_PROOF_INVALID,
    GENERION_ERROR__INVALID_POINT,
    type GenerionError,
    MAX_DELIVERY_BATCH,
} from './generated/index.js';
import {
    challengeScalar,
    decodeKey,
    decodePoint,
    decodeScalar,
    encodeScalar,
    GENERATOR,
    IDENTITY,
    type Point,
    type RandomBytes,
    reduce,
    scalars,
    secureRandom,
} from './group.js';
import type { PublicKey, SecretKey } from './keys.js';

/** A record of a batch, as it stands on the ledger. */
export type DeliveryRecord = {
    /** The record's address. */
    address: Address;
    /** Its capsule for the owner. */
    capsule: Capsule;
};

/** What a delivery proof is bound to: each delivered capsule holds what the record's capsule holds. */
export type DeliveryStatement = {
    /** The program's id. */
    program: Address;
    /** Address of the purchase. */
    purchase: Address;
    /** `X`, the owner key that all records of the batch were made for. */
    ownerKey: ReadonlyUint8Array;
    /** `B`, the buyer's key of this purchase. */
    buyerKey: ReadonlyUint8Array;
    /** The batch, with what is delivered for each record. */
    items: readonly (DeliveryRecord & { delivered: Capsule })[];
};

const copy = (bytes: ReadonlyUint8Array) => Uint8Array.from(bytes);
const addressBytes = (address: Address) => copy(getAddressEncoder().encode(address));
const capsuleBytes = (capsule: Capsule) => concatBytes(copy(capsule.ephemeral), copy(capsule.masked));

/** SHA-256 of the statement, from which weights and challenge are drawn. */
export function deliverySeed(statement: DeliveryStatement): Uint8Array {
    const { program, purchase, ownerKey, buyerKey, items } = statement;
    return sha256(
        concatBytes(
            DELIVERY_DOMAIN,
            addressBytes(program),
            addressBytes(purchase),
            copy(ownerKey),
            copy(buyerKey),
            Uint8Array.of(items.length),
            ...items.flatMap(({ address, capsule, delivered }) => [
                addressBytes(address),
                capsuleBytes(capsule),
                capsuleBytes(delivered),
            ]),
        ),
    );
}

/** The weights that fold a batch into one statement: 1, then 124 bits each out of the seed. */
export function deliveryWeights(seed: Uint8Array, length: number): bigint[] {
    const low124Bits = (1n << 124n) - 1n;
    return Array.from({ length }, (_, index) => {
        if (index === 0) return 1n;
        const hash = sha256(concatBytes(seed, Uint8Array.of((index - 1) >> 1)));
        const half = index % 2 === 1 ? hash.slice(0, 16) : hash.slice(16);
        return bytesToNumberLE(half) & low124Bits;
    });
}

/** First 16 bytes of the hash over the seed and the three commitments. */
function challengeOf(seed: Uint8Array, commitments: readonly Point[]): Uint8Array {
    return sha256(concatBytes(seed, ...commitments.map((point) => point.toBytes()))).slice(0, 16);
}

const sum = (points: readonly Point[]): Point => points.reduce((total, point) => total.add(point), IDENTITY);

/**
 * Re-encrypts the records of a batch to the buyer, and proves it. What it returns reveals nothing but to the buyer: on a
 * timeout send the same bytes again.
 *
 * @throws {ClientError} `malformed`: a capsule that is no points; `too_long`: an empty batch or one of too many records.
 */
export function makeDelivery(
    { program, purchase }: { program: Address; purchase: Address },
    owner: SecretKey<'encryption'>,
    buyerKey: PublicKey<'purchase'>,
    records: readonly DeliveryRecord[],
    random: RandomBytes = secureRandom,
): { proof: DeliveryProof; capsules: Capsule[] } {
    if (records.length < 1 || records.length > MAX_DELIVERY_BATCH) {
        throw new ClientError('too_long', `a delivery has 1 to ${MAX_DELIVERY_BATCH} records, not ${records.length}`);
    }
    const hedged = hedgedScalars(owner, purchase, random);
    const buyer = buyerKey.toBytes();
    const ephemerals = records.map(({ address, capsule }, index) =>
        hedged('ephemeral', index, concatBytes(buyer, addressBytes(address), capsuleBytes(capsule))),
    );
    const delivered = records.map(({ capsule }, index) =>
        encrypt(openCapsule(capsule, owner).point(), buyerKey.point, at(ephemerals, index)),
    );
    const seed = deliverySeed({
        program,
        purchase,
        ownerKey: owner.publicKey.toBytes(),
        buyerKey: buyer,
        items: records.map((record, index) => ({ ...record, delivered: at(delivered, index) })),
    });
    const weights = deliveryWeights(seed, records.length);
    const folded = sum(
        records.map(({ capsule }, index) => decodeCapsule(capsule).ephemeral.multiplyUnsafe(at(weights, index))),
    );
    const foldedScalar = ephemerals.reduce(
        (total, scalar, index) => scalars.add(total, scalars.mul(scalar, at(weights, index))),
        0n,
    );
    const k1 = hedged('commitment', 1, seed);
    const k2 = hedged('commitment', 2, seed);
    const challenge = challengeOf(seed, [
        GENERATOR.multiply(k1),
        GENERATOR.multiply(k2),
        buyerKey.point.multiply(k2).subtract(folded.multiply(k1)),
    ]);
    const e = challengeScalar(challenge);
    const proof = {
        challenge,
        ownerResponse: encodeScalar(scalars.sub(k1, scalars.mul(e, owner.scalar()))),
        ephemeralResponse: encodeScalar(scalars.sub(k2, scalars.mul(e, foldedScalar))),
    };
    return { proof, capsules: delivered };
}

/**
 * Random scalars that stay secret even where the random generator fails: mixed with the owner's secret, and with all that
 * a scalar is used for.
 */
function hedgedScalars(owner: SecretKey<'encryption'>, purchase: Address, random: RandomBytes) {
    const key = extract(sha512, concatBytes(owner.toBytes(), random(64)));
    return (label: string, index: number, context: Uint8Array): bigint => {
        const info = concatBytes(addressBytes(purchase), utf8ToBytes(label), Uint8Array.of(index), context);
        return reduce(expand(sha512, key, info, 64));
    };
}

/** Checks a delivery proof as the program does: `undefined` where it holds, otherwise the program's error. */
export function verifyDelivery(statement: DeliveryStatement, proof: DeliveryProof): GenerionError | undefined {
    const { items } = statement;
    if (items.length < 1 || items.length > MAX_DELIVERY_BATCH) return GENERION_ERROR__BATCH_LENGTH;
    if ([statement.ownerKey, statement.buyerKey].some(isZero)) return GENERION_ERROR__INVALID_POINT;

    const records: Point[] = [];
    const delivered: Point[] = [];
    const differences: Point[] = [];
    let undecoded = false;
    for (const item of items) {
        if (isZero(item.delivered.ephemeral)) return GENERION_ERROR__INVALID_POINT;
        const masked = decodePoint(copy(item.capsule.masked));
        const deliveredMasked = decodePoint(copy(item.delivered.masked));
        if (!masked || !deliveredMasked) return GENERION_ERROR__INVALID_POINT;
        const ephemeral = decodePoint(copy(item.capsule.ephemeral));
        const deliveredEphemeral = decodePoint(copy(item.delivered.ephemeral));
        // The program's multiplication fails over these, after all halves that it subtracts are decoded.
        if (!ephemeral || !deliveredEphemeral) undecoded = true;
        else {
            records.push(ephemeral);
            delivered.push(deliveredEphemeral);
            differences.push(deliveredMasked.subtract(masked));
        }
    }
    const owner = decodeKey(copy(statement.ownerKey));
    const buyer = decodeKey(copy(statement.buyerKey));
    const s1 = decodeScalar(copy(proof.ownerResponse));
    const s2 = decodeScalar(copy(proof.ephemeralResponse));
    if (undecoded || !owner || !buyer || !s1 || s2 === undefined) return GENERION_ERROR__DELIVERY_PROOF_INVALID;

    const e = challengeScalar(copy(proof.challenge));
    const seed = deliverySeed(statement);
    const weights = deliveryWeights(seed, items.length);
    const weighted = (points: readonly Point[], factor: bigint) =>
        sum(points.map((point, index) => point.multiplyUnsafe(scalars.mul(factor, at(weights, index)))));
    const folded = weighted(records, 1n);
    const commitments = [
        GENERATOR.multiplyUnsafe(s1).add(owner.multiplyUnsafe(e)),
        GENERATOR.multiplyUnsafe(s2).add(weighted(delivered, e)),
        buyer.multiplyUnsafe(s2).subtract(folded.multiplyUnsafe(s1)).add(weighted(differences, e)),
    ];
    const holds = equalBytes(challengeOf(seed, commitments), copy(proof.challenge));
    return holds ? undefined : GENERION_ERROR__DELIVERY_PROOF_INVALID;
}

const isZero = (bytes: ReadonlyUint8Array): boolean => bytes.every((byte) => byte === 0);

/** An item that is there. */
function at<T>(items: readonly T[], index: number): T {
    const item = items[index];
    if (item === undefined) throw new RangeError(`no item ${index}`);
    return item;
}
