// Verified delivery (docs/PROTOCOL.md, section 6): re-encrypt record keys to a buyer, and prove this to the program.

import { bytesToNumberLE, equalBytes } from '@noble/curves/utils.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { addressBytes, copy, i64Bytes, isZero, itemAt } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import {
    type Capsule,
    DELIVERY_DOMAIN,
    type DeliveryProof,
    GENERION_ERROR__BATCH_LENGTH,
    GENERION_ERROR__DELIVERY_PROOF_INVALID,
    GENERION_ERROR__INVALID_POINT,
    GENERION_ERROR__SETTLE_KEY_INVALID,
    type GenerionError,
    MAX_DELIVERY_BATCH,
} from '../generated/index.js';
import { decodeCapsule, encrypt, openCapsule } from './capsule.js';
import type { Deployment } from './deployment.js';
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
import type { SecretKey } from './keys.js';
import { type BelievedPurchase, deliveryKey, deriveSettleSecret } from './settlement.js';

/** A record of a batch, as it is on the ledger. */
export type DeliveryRecord = {
    /** The record's address. */
    address: Address;
    /** The record's capsule for the owner. */
    capsule: Capsule;
};

/**
 * The statement that a delivery proof is bound to: each delivered capsule holds the element of the record's capsule.
 */
export type DeliveryStatement = {
    /** The program's id. */
    program: Address;
    /** Address of the purchase. */
    purchase: Address;
    /**
     * The deadline of the purchase. It makes a delivery for an earlier purchase of this buyer invalid for a later one.
     */
    deadline: bigint;
    /** The hash of the terms. It makes a delivery for other terms, which would be for another `S`, invalid. */
    terms: ReadonlyUint8Array;
    /** `X`, the owner key that all records of the batch were made for. */
    ownerKey: ReadonlyUint8Array;
    /** `B`, the buyer's key of this purchase. */
    buyerKey: ReadonlyUint8Array;
    /** `S`, the seller's settle key of this purchase. */
    settleKey: ReadonlyUint8Array;
    /** The batch, with the delivered capsule of each record. */
    items: readonly (DeliveryRecord & { delivered: Capsule })[];
};

const capsuleBytes = (capsule: Capsule) => concatBytes(copy(capsule.ephemeral), copy(capsule.masked));

/** SHA-256 of the statement. Weights and challenge are derived from it. */
export function deliverySeed(statement: DeliveryStatement): Uint8Array<ArrayBuffer> {
    const { program, purchase, deadline, terms, ownerKey, buyerKey, settleKey, items } = statement;
    return sha256(
        concatBytes(
            DELIVERY_DOMAIN,
            addressBytes(program),
            addressBytes(purchase),
            i64Bytes(deadline),
            copy(terms),
            copy(ownerKey),
            copy(buyerKey),
            copy(settleKey),
            Uint8Array.of(items.length),
            ...items.flatMap(({ address, capsule, delivered }) => [
                addressBytes(address),
                capsuleBytes(capsule),
                capsuleBytes(delivered),
            ]),
        ),
    );
}

/** The weights that combine a batch into one statement: 1, then 124 bits each, derived from the seed. */
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
function challengeOf(seed: Uint8Array, commitments: readonly Point[]): Uint8Array<ArrayBuffer> {
    return sha256(concatBytes(seed, ...commitments.map((point) => point.toBytes()))).slice(0, 16);
}

const sum = (points: readonly Point[]): Point => points.reduce((total, point) => total.add(point), IDENTITY);

/** A batch, as the instruction `deliver` takes it. */
export type Delivery = {
    /** `S`. */
    settleKey: Uint8Array<ArrayBuffer>;
    /** Proves which elements the capsules hold. */
    proof: DeliveryProof;
    /**
     * One capsule for each record. Nobody can open them before the purchase is settled, and then only the buyer can.
     */
    capsules: Capsule[];
};

/**
 * Re-encrypts the records of a batch to `K = B + S`, and proves it. Before `settle`, the result reveals nothing to
 * anybody, not even to the buyer. After a timeout, send the same bytes again. `S` comes from `deriveSettleSecret` and
 * is the same for all batches of a purchase. If the ledger has another `S`, stop.
 *
 * @throws {ClientError} `malformed`: a capsule has invalid points, or the buyer's key and the settle key cancel out;
 * `too_long`: the batch is empty, or has too many records.
 */
export function makeDelivery(
    deployment: Deployment,
    owner: SecretKey<'encryption'>,
    believed: BelievedPurchase,
    records: readonly DeliveryRecord[],
    random: RandomBytes = secureRandom,
): Delivery {
    if (records.length < 1 || records.length > MAX_DELIVERY_BATCH) {
        throw new ClientError('too_long', `a delivery has 1 to ${MAX_DELIVERY_BATCH} records, not ${records.length}`);
    }
    const settle = deriveSettleSecret(deployment, owner, believed).publicKey;
    const key = deliveryKey(believed.buyerKey, settle);
    const [buyerKey, settleKey] = [believed.buyerKey.toBytes(), settle.toBytes()];
    const hedged = hedgedScalars(owner, believed.purchase, random);
    const ephemerals = records.map(({ address, capsule }, index) =>
        hedged('ephemeral', index, concatBytes(buyerKey, settleKey, addressBytes(address), capsuleBytes(capsule))),
    );
    const capsules = records.map(({ capsule }, index) =>
        encrypt(openCapsule(capsule, owner).point(), key.point, itemAt(ephemerals, index)),
    );
    const seed = deliverySeed({
        program: deployment.program,
        purchase: believed.purchase,
        deadline: believed.deadline,
        terms: believed.terms,
        ownerKey: owner.publicKey.toBytes(),
        buyerKey,
        settleKey,
        items: records.map((record, index) => ({ ...record, delivered: itemAt(capsules, index) })),
    });
    const weights = deliveryWeights(seed, records.length);
    const folded = sum(
        records.map(({ capsule }, index) => decodeCapsule(capsule).ephemeral.multiplyUnsafe(itemAt(weights, index))),
    );
    const foldedScalar = ephemerals.reduce(
        (total, scalar, index) => scalars.add(total, scalars.mul(scalar, itemAt(weights, index))),
        0n,
    );
    const k1 = hedged('commitment', 1, seed);
    const k2 = hedged('commitment', 2, seed);
    const challenge = challengeOf(seed, [
        GENERATOR.multiply(k1),
        GENERATOR.multiply(k2),
        key.point.multiply(k2).subtract(folded.multiply(k1)),
    ]);
    const e = challengeScalar(challenge);
    const proof = {
        challenge,
        ownerResponse: encodeScalar(scalars.sub(k1, scalars.mul(e, owner.scalar()))),
        ephemeralResponse: encodeScalar(scalars.sub(k2, scalars.mul(e, foldedScalar))),
    };
    return { settleKey, proof, capsules };
}

/**
 * Random scalars that stay secret even if the random generator fails: they also depend on the owner's secret, and on
 * the use of each scalar.
 */
function hedgedScalars(owner: SecretKey<'encryption'>, purchase: Address, random: RandomBytes) {
    const key = extract(sha512, concatBytes(owner.toBytes(), random(64)));
    return (label: string, index: number, context: Uint8Array): bigint => {
        const info = concatBytes(addressBytes(purchase), utf8ToBytes(label), Uint8Array.of(index), context);
        return reduce(expand(sha512, key, info, 64));
    };
}

/**
 * Checks a delivery proof as the program does. Returns `undefined` for a valid proof, otherwise the program's error.
 */
export function verifyDelivery(statement: DeliveryStatement, proof: DeliveryProof): GenerionError | undefined {
    const { buyerKey, items, ownerKey, settleKey } = statement;
    if (items.length < 1 || items.length > MAX_DELIVERY_BATCH) return GENERION_ERROR__BATCH_LENGTH;
    if (isZero(ownerKey) || isZero(buyerKey)) return GENERION_ERROR__INVALID_POINT;
    const buyer = decodeKey(copy(buyerKey));
    const settle = decodeKey(copy(settleKey));
    const key = buyer && settle && buyer.add(settle);
    if (!key || key.is0()) return GENERION_ERROR__SETTLE_KEY_INVALID;
    const owner = decodeKey(copy(ownerKey));
    const s1 = decodeScalar(copy(proof.ownerResponse));
    if (!owner || s1 === undefined) return GENERION_ERROR__DELIVERY_PROOF_INVALID;
    if (items.some(({ delivered }) => isZero(delivered.ephemeral))) return GENERION_ERROR__INVALID_POINT;
    const differences = decoded(items, ({ capsule, delivered }) => {
        const [masked, deliveredMasked] = [decodePoint(copy(capsule.masked)), decodePoint(copy(delivered.masked))];
        return masked && deliveredMasked?.subtract(masked);
    });
    if (!differences) return GENERION_ERROR__INVALID_POINT;
    const records = decoded(items, ({ capsule }) => decodePoint(copy(capsule.ephemeral)));
    const deliveries = decoded(items, ({ delivered }) => decodePoint(copy(delivered.ephemeral)));
    const s2 = decodeScalar(copy(proof.ephemeralResponse));
    if (!records || !deliveries || s1 === 0n || s2 === undefined) return GENERION_ERROR__DELIVERY_PROOF_INVALID;

    const e = challengeScalar(copy(proof.challenge));
    const seed = deliverySeed(statement);
    const weights = deliveryWeights(seed, items.length);
    const weighted = (points: readonly Point[], factor: bigint) =>
        sum(points.map((point, index) => point.multiplyUnsafe(scalars.mul(factor, itemAt(weights, index)))));
    const folded = weighted(records, 1n);
    const commitments = [
        GENERATOR.multiplyUnsafe(s1).add(owner.multiplyUnsafe(e)),
        GENERATOR.multiplyUnsafe(s2).add(weighted(deliveries, e)),
        key.multiplyUnsafe(s2).subtract(folded.multiplyUnsafe(s1)).add(weighted(differences, e)),
    ];
    const holds = equalBytes(challengeOf(seed, commitments), copy(proof.challenge));
    return holds ? undefined : GENERION_ERROR__DELIVERY_PROOF_INVALID;
}

/** The point of each item; `undefined` if one of them has none. */
function decoded<Item>(items: readonly Item[], decode: (item: Item) => Point | undefined): Point[] | undefined {
    const points = items.map(decode).filter((point) => point !== undefined);
    return points.length === items.length ? points : undefined;
}
