// What wallets attest: that an encryption key is theirs, and that a record is (docs/PROTOCOL.md, sections 2 and 3). Whoever
// has such a signature needs no node to believe it.

import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { addressBytes, copy, isZero } from './bytes.js';
import { type Deployment, inLine } from './deployment.js';
import { isOnCurve, verifyStrictly } from './ed25519.js';
import { ENVELOPES, type Envelope, wrapLine } from './envelopes.js';
import { ClientError } from './errors.js';
import type { Record as RecordState, User } from './generated/index.js';
import { PublicKey, type SignBytes } from './keys.js';
import type { Locator } from './locator.js';

/** An encryption key of a wallet. */
export type AttestedKey = {
    /** The wallet whose key it is. */
    wallet: Address;
    /** Index of the key. */
    index: number;
    /** `X`, 32 bytes. */
    key: ReadonlyUint8Array;
};

/** A record, as its creator attests it. */
export type AttestedRecord = {
    /** The wallet that wrote it, and signs. */
    creator: Address;
    /** The owner's wallet. */
    owner: Address;
    /** The record's data public key. */
    dataPublicKey: ReadonlyUint8Array;
    /** SHA-256 of the encrypted document. */
    document: ReadonlyUint8Array;
    /** Root of the record's facts. */
    factsRoot: ReadonlyUint8Array;
};

const hex = (bytes: ReadonlyUint8Array) => bytesToHex(copy(bytes));

/** The line that a wallet signs for its encryption key. */
export function keyAttestationLine(deployment: Deployment, { index, key }: AttestedKey): string {
    return (
        'Generion encryption key attestation v1. Sign only in the Generion app. ' +
        `${inLine(deployment)} index=${index} key=${hex(key)}`
    );
}

/** The line that a creator signs for a record. */
export function recordLine(deployment: Deployment, record: AttestedRecord): string {
    const { dataPublicKey, document, factsRoot, owner } = record;
    return (
        `Generion record v1. ${inLine(deployment)} owner=${owner} ` +
        `key=${hex(dataPublicKey)} document=${hex(document)} facts=${hex(factsRoot)}`
    );
}

/**
 * Checks that a wallet attests an encryption key: the envelope that it signed. Encrypt to no key before, unless other
 * evidence says whose it is: any node could have invented it.
 *
 * @throws {ClientError} `missing`, `can_not_sign` or `not_the_wallets`.
 */
export function verifyKeyAttestation(
    deployment: Deployment,
    attested: AttestedKey,
    signature: ReadonlyUint8Array,
): Envelope {
    return verifyLine(keyAttestationLine(deployment, attested), attested.wallet, deployment.program, signature);
}

/**
 * The key of a User account, once it is clear that it is its wallet's. Remember the highest index that you have seen of a
 * wallet, and refuse an older key: an attestation can't be taken back.
 *
 * A wallet that can't sign, and one that signed a memo, which people may have been used to sign elsewhere, are taken only
 * where `twoNodesAgree`: where you have read index and key from two nodes of different operators.
 *
 * @throws {ClientError} `missing` or `not_the_wallets`: the key may be any node's invention; `can_not_sign` or `memo`: two nodes
 * have to agree on it; `malformed`: no key.
 */
export function attestedKey(deployment: Deployment, user: User, twoNodesAgree = false): PublicKey<'encryption'> {
    const { attestation, encryptionKey: key, keyIndex: index, wallet } = user;
    if (!twoNodesAgree || isOnCurve(addressBytes(wallet))) {
        const envelope = verifyKeyAttestation(deployment, { wallet, index, key }, attestation);
        if (envelope === 'memo' && !twoNodesAgree) {
            throw new ClientError(
                'memo',
                `wallet ${wallet} attests its key by a memo alone: ask two nodes for the key`,
            );
        }
    }
    const publicKey = PublicKey.fromBytes('encryption', key);
    if (!publicKey) throw new ClientError('malformed', `wallet ${wallet} has a key that is none`);
    return publicKey;
}

/**
 * Checks that a record was written by its creator: the envelope. Without such a signature, that is what a node says.
 *
 * @throws {ClientError} `missing`, `can_not_sign` or `not_the_wallets`.
 */
export function verifyRecordAttestation(
    deployment: Deployment,
    record: AttestedRecord,
    signature: ReadonlyUint8Array,
): Envelope {
    return verifyLine(recordLine(deployment, record), record.creator, deployment.program, signature);
}

/**
 * Checks, with an opened locator, who wrote a record: the envelope of its creator's signature, or `undefined` where the
 * creator left none, and the nodes' word is all there is.
 *
 * @throws {ClientError} `can_not_sign` or `not_the_wallets`: there is a signature, and it is not the creator's.
 */
export function verifyRecordCreator(
    deployment: Deployment,
    record: Pick<RecordState, 'creator' | 'owner' | 'dataPublicKey' | 'factsRoot'>,
    locator: Locator,
): Envelope | undefined {
    if (!locator.signature) return undefined;
    return verifyRecordAttestation(deployment, { ...record, document: locator.sha256 }, locator.signature);
}

/**
 * Has a wallet attest its encryption key: the 64 bytes for `set_encryption_key`.
 *
 * @throws {ClientError} `missing`, `can_not_sign` or `not_the_wallets`: the signer signs something else.
 */
export async function attestKey(
    deployment: Deployment,
    attested: AttestedKey,
    sign: SignBytes,
): Promise<Uint8Array<ArrayBuffer>> {
    const signature = copy(await sign(utf8ToBytes(keyAttestationLine(deployment, attested))));
    verifyKeyAttestation(deployment, attested, signature);
    return signature;
}

/**
 * Has a creator sign a record that it is about to write: the 64 bytes for the locator.
 *
 * @throws {ClientError} `missing`, `can_not_sign` or `not_the_wallets`: the signer signs something else.
 */
export async function attestRecord(
    deployment: Deployment,
    record: AttestedRecord,
    sign: SignBytes,
): Promise<Uint8Array<ArrayBuffer>> {
    const signature = copy(await sign(utf8ToBytes(recordLine(deployment, record))));
    verifyRecordAttestation(deployment, record, signature);
    return signature;
}

/** Finds the envelope in which a wallet signed a line. */
function verifyLine(line: string, wallet: Address, program: Address, signature: ReadonlyUint8Array): Envelope {
    const publicKey = addressBytes(wallet);
    // First, since it follows from the address alone: no node can bring it about by taking a signature away.
    if (!isOnCurve(publicKey)) {
        throw new ClientError(
            'can_not_sign',
            `wallet ${wallet} is an address that can't sign text, such as a multisig vault`,
        );
    }
    if (isZero(signature)) throw new ClientError('missing', 'there is no signature');
    const bytes = copy(signature);
    const signed = ENVELOPES.find((envelope) =>
        verifyStrictly(bytes, wrapLine(envelope, line, wallet, program), publicKey),
    );
    if (!signed) {
        throw new ClientError('not_the_wallets', `the signature is not wallet ${wallet}'s over this text`);
    }
    return signed;
}
