// Keys (docs/PROTOCOL.md, section 2): a user's encryption key, a buyer's key for each order and a sponsor's key for each
// study, derived from a wallet.

import { equalBytes } from '@noble/curves/utils.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { addressBytes, copy, u32 } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { type Deployment, inLine } from './deployment.js';
import { verifyStrictly } from './ed25519.js';
import { decodeKey, decodeScalar, encodeScalar, GENERATOR, type Point, reduce } from './group.js';

/** The use of a key that is derived from a wallet. */
export type WalletKeyUse = 'encryption' | 'purchase' | 'study';

/**
 * The use of a key. Keys for different uses have different types. Beside the keys derived from wallets, a purchase has
 * a settle key `S`, which opens nothing, and a delivery key `K = B + S`, for which its capsules are made.
 */
export type KeyUse = WalletKeyUse | 'settle' | 'delivery';

const SALTS: Record<WalletKeyUse, string> = {
    encryption: 'generion/encryption-key/v1',
    purchase: 'generion/purchase-key/v1',
    study: 'generion/study-key/v1',
};

const WARNING = 'WARNING: whoever has this signature can read all your health records. Sign only in the Generion app.';

/**
 * The line that a wallet signs for its encryption key with an index.
 *
 * @throws {RangeError} The index is no whole number of 32 bits.
 */
export function encryptionKeyLine(deployment: Deployment, index: number): string {
    return `Generion encryption key v1. ${WARNING} ${inLine(deployment)} index=${u32(index, 'the index of a key')}`;
}

/** The line that a wallet signs for its key for a purchase of an order. */
export function purchaseKeyLine(deployment: Deployment, order: Address): string {
    return `Generion purchase key v1. ${WARNING} ${inLine(deployment)} order=${order}`;
}

/** The line that a sponsor's wallet signs for the key of a study. */
export function studyKeyLine(deployment: Deployment, study: Address): string {
    return (
        'Generion study key v1. WARNING: whoever has this signature can read all data that this study collects. ' +
        `Sign only in the Generion app. ${inLine(deployment)} study=${study}`
    );
}

/** A public key: the point for which capsules are made. */
export class PublicKey<Use extends KeyUse> {
    private constructor(
        readonly use: Use,
        /** The group element. */
        readonly point: Point,
    ) {}

    /** Reads a key; `undefined` if the bytes are no canonical point, or the identity. */
    static fromBytes<Use extends KeyUse>(use: Use, bytes: ReadonlyUint8Array): PublicKey<Use> | undefined {
        const point = decodeKey(copy(bytes));
        return point && new PublicKey(use, point);
    }

    /** A key of a group element; `undefined` for the identity. */
    static fromPoint<Use extends KeyUse>(use: Use, point: Point): PublicKey<Use> | undefined {
        return point.is0() ? undefined : new PublicKey(use, point);
    }

    /** The key of a secret scalar. */
    static of<Use extends KeyUse>(use: Use, scalar: bigint): PublicKey<Use> {
        return new PublicKey(use, GENERATOR.multiply(scalar));
    }

    /** 32 canonical bytes. */
    toBytes(): Uint8Array<ArrayBuffer> {
        return this.point.toBytes();
    }

    /** The canonical bytes in hexadecimal, for JSON. */
    toJSON(): string {
        return bytesToHex(this.toBytes());
    }
}

/**
 * A secret scalar that opens capsules. Printing or serialising it does not show the scalar, and a copy by
 * `structuredClone` or `postMessage` is refused: send {@link toBytes} to a worker. JavaScript can't wipe the scalar from
 * memory, so keep it no longer than you need it.
 */
export class SecretKey<Use extends KeyUse> {
    readonly #scalar: bigint;
    /** The public key. */
    readonly publicKey: PublicKey<Use>;

    private constructor(
        readonly use: Use,
        scalar: bigint,
    ) {
        this.#scalar = scalar;
        this.publicKey = PublicKey.of(use, scalar);
    }

    /** Reads an exported secret; `undefined` if it is zero or not canonical. */
    static fromBytes<Use extends KeyUse>(use: Use, bytes: ReadonlyUint8Array): SecretKey<Use> | undefined {
        const scalar = decodeScalar(copy(bytes));
        return scalar ? new SecretKey(use, scalar) : undefined;
    }

    /** The secret of a scalar below `l`; `undefined` for zero. */
    static fromScalar<Use extends KeyUse>(use: Use, scalar: bigint): SecretKey<Use> | undefined {
        return scalar === 0n ? undefined : new SecretKey(use, scalar);
    }

    /** The secret derived from a wallet's signature over a line. */
    static fromSignature<Use extends WalletKeyUse>(use: Use, signature: Uint8Array): SecretKey<Use> {
        const wide = hkdf(sha512, signature, utf8ToBytes(SALTS[use]), undefined, 64);
        const scalar = reduce(wide);
        wide.fill(0);
        return new SecretKey(use, scalar);
    }

    /** The secret for export, 32 canonical little-endian bytes. */
    toBytes(): Uint8Array<ArrayBuffer> {
        return encodeScalar(this.#scalar);
    }

    /** The scalar, for the proofs of this library. As a field, so that `structuredClone` fails instead of losing it. */
    readonly scalar: () => bigint = () => this.#scalar;
}

/** Signs plain bytes with a wallet's Ed25519 key, without an envelope: 64 bytes. */
export type SignBytes = (message: Uint8Array) => Promise<Uint8Array> | Uint8Array;

/**
 * Derives a user's secret with an index.
 *
 * @throws {ClientError} `not_deterministic`, `not_plain`: no keys can be derived from this signer; `malformed`: the
 * genesis hash is invalid.
 */
export async function deriveEncryptionSecret(
    deployment: Deployment,
    wallet: Address,
    index: number,
    sign: SignBytes,
): Promise<SecretKey<'encryption'>> {
    return await derive('encryption', wallet, encryptionKeyLine(deployment, index), sign);
}

/**
 * Derives a buyer's secret for a purchase of an order.
 *
 * @throws {ClientError} As {@link deriveEncryptionSecret}.
 */
export async function derivePurchaseSecret(
    deployment: Deployment,
    wallet: Address,
    order: Address,
    sign: SignBytes,
): Promise<SecretKey<'purchase'>> {
    return await derive('purchase', wallet, purchaseKeyLine(deployment, order), sign);
}

/**
 * Derives a sponsor's secret for a study. It opens everything that the study collects, and all letters to it.
 *
 * @throws {ClientError} As {@link deriveEncryptionSecret}.
 */
export async function deriveStudySecret(
    deployment: Deployment,
    wallet: Address,
    study: Address,
    sign: SignBytes,
): Promise<SecretKey<'study'>> {
    return await derive('study', wallet, studyKeyLine(deployment, study), sign);
}

async function derive<Use extends WalletKeyUse>(
    use: Use,
    wallet: Address,
    line: string,
    sign: SignBytes,
): Promise<SecretKey<Use>> {
    const message = utf8ToBytes(line);
    // Copies, because a signer may return the same buffer twice.
    const signature = copy(await sign(message));
    const again = copy(await sign(message));
    try {
        if (!equalBytes(signature, again)) {
            throw new ClientError(
                'not_deterministic',
                `wallet ${wallet} signs the same text differently each time: use a key file instead of deriving keys from it`,
            );
        }
        if (!verifyStrictly(signature, message, addressBytes(wallet))) {
            throw new ClientError(
                'not_plain',
                `wallet ${wallet} does not sign plain text: use a key file instead of deriving keys from it`,
            );
        }
        return SecretKey.fromSignature(use, signature);
    } finally {
        signature.fill(0);
        again.fill(0);
    }
}
