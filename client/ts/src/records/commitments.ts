// Commitments: of a record's address to its contents (docs/PROTOCOL.md, section 4), and of a purchase to an order's
// terms (section 6).

import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Address, address, getU32Encoder } from '@solana/kit';
import { addressBytes, compareBytes, copy, u64Bytes } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { LABEL_LEN, type Order, RECORD_DOMAIN, type RecordState, TERMS_DOMAIN } from '../generated/index.js';

/** The fields of a record that its creator decides. */
export type RecordContents = Pick<
    RecordState,
    'owner' | 'creator' | 'ownerKey' | 'dataPublicKey' | 'capsule' | 'factsRoot' | 'locator'
>;

/**
 * `c`, the last seed of a record's address: `findRecordPda({ owner, contents })`. No other contents have that address.
 */
export function recordContents(record: RecordContents): Uint8Array<ArrayBuffer> {
    return sha256(
        concatBytes(
            RECORD_DOMAIN,
            addressBytes(record.owner),
            addressBytes(record.creator),
            copy(record.ownerKey),
            copy(record.dataPublicKey),
            copy(record.capsule.ephemeral),
            copy(record.capsule.masked),
            copy(record.factsRoot),
            copy(record.locator),
        ),
    );
}

/** The `onlyBuyer` of an order that anyone may buy. */
export const ANYONE = address('11111111111111111111111111111111');

/** Addresses of records as `create_order` takes them: sorted by their bytes, each once. */
export function sortRecords(records: readonly Address[]): Address[] {
    const distinct = [...new Set(records)];
    return distinct.sort((one, other) => compareBytes(addressBytes(one), addressBytes(other)));
}

/** The terms of an order, beside its address, that a buyer agrees to. */
export type Terms = Pick<Order, 'seller' | 'price' | 'deliveryWindow' | 'label' | 'onlyBuyer' | 'records'>;

/**
 * The hash of the terms for `purchase`. Compute it from the order that the buyer saw. Don't read the order again after
 * the buyer has agreed: the hash makes the program refuse any other terms.
 *
 * @throws {ClientError} `malformed`: the label is not padded.
 */
export function orderTerms(order: Address, terms: Terms): Uint8Array<ArrayBuffer> {
    if (terms.label.length !== LABEL_LEN) {
        throw new ClientError('malformed', `a label is padded to ${LABEL_LEN} bytes, and has ${terms.label.length}`);
    }
    return sha256(
        concatBytes(
            TERMS_DOMAIN,
            addressBytes(order),
            addressBytes(terms.seller),
            u64Bytes(terms.price),
            copy(getU32Encoder().encode(terms.deliveryWindow)),
            copy(terms.label),
            addressBytes(terms.onlyBuyer),
            ...terms.records.map(addressBytes),
        ),
    );
}

/**
 * A label as an order stores it, padded with zeros.
 *
 * @throws {ClientError} `too_long`; `malformed`: the label contains a NUL.
 */
export function padLabel(label: string): Uint8Array<ArrayBuffer> {
    const text = utf8ToBytes(label);
    if (text.length > LABEL_LEN) throw new ClientError('too_long', `a label has at most ${LABEL_LEN} bytes`);
    if (text.includes(0)) throw new ClientError('malformed', 'a label holds no NUL');
    const padded = new Uint8Array(LABEL_LEN);
    padded.set(text);
    return padded;
}
