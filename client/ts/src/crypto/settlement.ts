// Lock, then settle (docs/PROTOCOL.md, section 6): the seller's settle key of a purchase, and the delivery key.

import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { addressBytes, copy, i64Bytes } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { type Deployment, genesisBytes } from './deployment.js';
import { decodeScalar, reduce, scalars } from './group.js';
import { PublicKey, SecretKey } from './keys.js';

/** A seller's own data about a purchase. The settle secret depends on all of it. */
export type BelievedPurchase = {
    /** Address of the purchase. */
    purchase: Address;
    /** Deadline of the purchase. */
    deadline: bigint;
    /** `B`, the buyer's key. */
    buyerKey: PublicKey<'purchase'>;
    /** The order's terms. Recompute the records' addresses from their contents first. */
    terms: ReadonlyUint8Array;
};

/**
 * The settle secret `s` of a purchase, and `S`. Derive it each time, and never take `S` from the ledger: if a node
 * shows the seller another deadline, buyer's key or order, the delivery is for another `S`, whose `s` is never shown.
 * If the ledger has another `S` than this one, stop.
 *
 * Showing `s` opens the delivery to the buyer. Show it with `settle`, after several nodes agree that the purchase is
 * locked with this `S` at this price.
 */
export function deriveSettleSecret(
    deployment: Deployment,
    owner: SecretKey<'encryption'>,
    { buyerKey, deadline, purchase, terms }: BelievedPurchase,
): SecretKey<'settle'> {
    if (terms.length !== 32) throw new RangeError(`terms have 32 bytes, not ${terms.length}`);
    const secret = owner.toBytes();
    const key = extract(sha512, secret, utf8ToBytes('generion/settle-key/v1'));
    const info = concatBytes(
        genesisBytes(deployment.genesis),
        addressBytes(deployment.program),
        addressBytes(purchase),
        i64Bytes(deadline),
        buyerKey.toBytes(),
        copy(terms),
    );
    const wide = expand(sha512, key, info, 64);
    const scalar = SecretKey.fromScalar('settle', reduce(wide));
    for (const bytes of [secret, key, wide]) bytes.fill(0);
    // This happens once in 2^252.
    if (!scalar) throw new ClientError('malformed', 'the settle secret is zero');
    return scalar;
}

/**
 * `K = B + S`, the key for which the capsules of a delivery are made.
 *
 * @throws {ClientError} `malformed`: the two cancel out. An honest buyer's key never does that.
 */
export function deliveryKey(buyerKey: PublicKey<'purchase'>, settleKey: PublicKey<'settle'>): PublicKey<'delivery'> {
    const key = PublicKey.fromPoint('delivery', buyerKey.point.add(settleKey.point));
    if (!key) throw new ClientError('malformed', 'the delivery key is the identity');
    return key;
}

/**
 * `b + s`, the secret with which a buyer, or a study's sponsor, opens the capsules of a settled purchase. The purchase's `settle_key` then
 * holds `s`.
 *
 * @throws {ClientError} `malformed`: the settle secret is not canonical, is zero, or cancels out the buyer's secret.
 */
export function deliverySecret(
    buyer: SecretKey<'purchase' | 'study'>,
    settleSecret: ReadonlyUint8Array,
): SecretKey<'delivery'> {
    const s = decodeScalar(copy(settleSecret));
    const secret = s && SecretKey.fromScalar('delivery', scalars.add(buyer.scalar(), s));
    if (!secret) throw new ClientError('malformed', 'the settle secret is no secret scalar');
    return secret;
}

/** Whether the program accepts `s` in `settle` for a purchase that was locked with `S`. */
export function isSettleSecret(settleSecret: ReadonlyUint8Array, settleKey: ReadonlyUint8Array): boolean {
    const secret = SecretKey.fromBytes('settle', settleSecret);
    const key = PublicKey.fromBytes('settle', settleKey);
    return secret !== undefined && key !== undefined && secret.publicKey.point.equals(key.point);
}
