// Attestations of wallets: for their encryption keys, and for the records that they wrote (docs/PROTOCOL.md, sections 2
// and 3). With such a signature, you don't need to trust a node.

import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { addressBytes, copy, exactly, isZero, u32 } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import type { RecordState, User } from '../generated/index.js';
import { type Deployment, inLine } from './deployment.js';
import { isOnCurve, verifyStrictly } from './ed25519.js';
import { ENVELOPES, type Envelope, wrapLine } from './envelopes.js';
import { PublicKey, type SignBytes } from './keys.js';

/** The statement that an encryption key belongs to a wallet. */
export type AttestedKey = {
    /** The wallet whose key it is. */
    wallet: Address;
    /** Index of the key. */
    index: number;
    /** `X`, 32 bytes. */
    key: ReadonlyUint8Array;
};

/** The statement that a creator wrote a record. */
export type AttestedRecord = {
    /** The wallet that wrote the record, and signs. */
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
        `${inLine(deployment)} index=${u32(index, 'the index of a key')} key=${hex(exactly(key, 32, 'a key'))}`
    );
}

/** The line that a creator signs for a record. */
export function recordLine(deployment: Deployment, record: AttestedRecord): string {
    const { owner } = record;
    const dataPublicKey = exactly(record.dataPublicKey, 32, 'a data public key');
    const document = exactly(record.document, 32, 'the SHA-256 of a ciphertext');
    const factsRoot = exactly(record.factsRoot, 32, 'the root of facts');
    return (
        `Generion record v1. ${inLine(deployment)} owner=${owner} ` +
        `key=${hex(dataPublicKey)} document=${hex(document)} facts=${hex(factsRoot)}`
    );
}

/**
 * Checks that a wallet attests an encryption key, and returns the envelope that it signed. Don't encrypt to a key
 * before this check, unless you have other evidence of its owner: any node could have invented the key.
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
 * The key of a User account, after the check that its wallet attests it. Remember the highest index that you have seen
 * for a wallet, and refuse an older key: a wallet can't take an attestation back.
 *
 * The function accepts a wallet that can't sign, and one that signed a memo (a page may have asked for that), only with
 * `twoNodesAgree`. Set it if you have read the same index and key from two nodes of different operators.
 *
 * @throws {ClientError} `missing` or `not_the_wallets`: a node may have invented the key; `can_not_sign` or `memo`: two
 * nodes have to agree on the key; `malformed`: the key is no point.
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
 * Checks that a creator wrote a record, and returns the envelope that it signed. Without such a signature, only a node
 * says so.
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
 * Checks, with an opened locator, who wrote a record. Returns the envelope of the creator's signature, or `undefined`
 * if the creator did not sign, so that only nodes say who wrote the record.
 *
 * @throws {ClientError} `can_not_sign` or `not_the_wallets`: the locator has a signature that is not the creator's.
 */
export function verifyRecordCreator(
    deployment: Deployment,
    record: Pick<RecordState, 'creator' | 'owner' | 'dataPublicKey' | 'factsRoot'>,
    locator: { sha256: ReadonlyUint8Array; signature?: ReadonlyUint8Array | undefined },
): Envelope | undefined {
    if (!locator.signature) return undefined;
    return verifyRecordAttestation(deployment, { ...record, document: locator.sha256 }, locator.signature);
}

/**
 * Lets a wallet attest its encryption key. Returns the 64 bytes for `set_encryption_key`.
 *
 * @throws {ClientError} `missing`, `can_not_sign` or `not_the_wallets`: the signer signed something else.
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
 * Lets a creator sign a record before writing it. Returns the 64 bytes for the locator.
 *
 * @throws {ClientError} `missing`, `can_not_sign` or `not_the_wallets`: the signer signed something else.
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

/**
 * Finds the envelope in which a wallet signed a line.
 *
 * @throws {ClientError} `missing`, `can_not_sign` or `not_the_wallets`.
 */
export function verifyLine(line: string, wallet: Address, program: Address, signature: ReadonlyUint8Array): Envelope {
    const publicKey = addressBytes(wallet);
    // First, because this depends on the address only: a node can't cause this error by removing a signature.
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
