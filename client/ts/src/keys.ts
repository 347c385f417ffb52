// Keys that follow from a wallet (docs/PROTOCOL.md, section 2): a user's encryption key, and a buyer's key for each order.

import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, equalBytes } from '@noble/curves/utils.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Address, getAddressEncoder } from '@solana/kit';
import { ClientError } from './errors.js';
import { GENERION_PROGRAM_ADDRESS } from './generated/index.js';
import { decodeKey, decodeScalar, encodeScalar, GENERATOR, type Point, reduce } from './group.js';

/** What a key is for. Keys of different uses are of different types. */
export type KeyUse = 'encryption' | 'purchase';

const SALTS: Record<KeyUse, string> = {
    encryption: 'generion/encryption-key/v1',
    purchase: 'generion/purchase-key/v1',
};

const WARNING = 'WARNING: whoever has this signature can read all your health records. Sign only in the Generion app.';

/** The line that a wallet signs for its encryption key with an index. */
export function encryptionKeyLine(program: Address, index: number): string {
    return `Generion encryption key v1. ${WARNING} program=${program} index=${index}`;
}

/** The line that a wallet signs for its key for a purchase of an order. */
export function purchaseKeyLine(program: Address, order: Address): string {
    return `Generion purchase key v1. ${WARNING} program=${program} order=${order}`;
}

/** A point that capsules are made for. */
export class PublicKey<Use extends KeyUse> {
    private constructor(
        readonly use: Use,
        /** The group element. */
        readonly point: Point,
    ) {}

    /** Reads a key; `undefined` where it is no canonical point or the identity. */
    static fromBytes<Use extends KeyUse>(use: Use, bytes: Uint8Array): PublicKey<Use> | undefined {
        const point = decodeKey(bytes);
        return point && new PublicKey(use, point);
    }

    /** The key of a secret scalar. */
    static of<Use extends KeyUse>(use: Use, scalar: bigint): PublicKey<Use> {
        return new PublicKey(use, GENERATOR.multiply(scalar));
    }

    /** 32 canonical bytes. */
    toBytes(): Uint8Array {
        return this.point.toBytes();
    }
}

/**
 * A secret scalar that opens capsules. It neither prints nor serialises; JavaScript can't wipe it from memory, so keep it
 * no longer than it is needed.
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

    /** Reads an exported secret; `undefined` where it is not canonical or zero. */
    static fromBytes<Use extends KeyUse>(use: Use, bytes: Uint8Array): SecretKey<Use> | undefined {
        const scalar = decodeScalar(bytes);
        return scalar ? new SecretKey(use, scalar) : undefined;
    }

    /** The secret of a wallet's signature over a line. */
    static fromSignature<Use extends KeyUse>(use: Use, signature: Uint8Array): SecretKey<Use> {
        const wide = hkdf(sha512, signature, utf8ToBytes(SALTS[use]), undefined, 64);
        const scalar = reduce(wide);
        wide.fill(0);
        return new SecretKey(use, scalar);
    }

    /** The secret for export, 32 canonical little-endian bytes. */
    toBytes(): Uint8Array {
        return encodeScalar(this.#scalar);
    }

    /** The scalar, for the proofs of this library. */
    scalar(): bigint {
        return this.#scalar;
    }
}

/** Signs plain bytes with a wallet's Ed25519 key, without an envelope: 64 bytes. */
export type SignBytes = (message: Uint8Array) => Promise<Uint8Array> | Uint8Array;

/**
 * Derives a user's secret with an index.
 *
 * @throws {ClientError} `not_deterministic`, `not_plain`: no keys can be derived from this signer.
 */
export async function deriveEncryptionSecret(
    wallet: Address,
    index: number,
    sign: SignBytes,
    program: Address = GENERION_PROGRAM_ADDRESS,
): Promise<SecretKey<'encryption'>> {
    return await derive('encryption', wallet, encryptionKeyLine(program, index), sign);
}

/**
 * Derives a buyer's secret for a purchase of an order.
 *
 * @throws {ClientError} `not_deterministic`, `not_plain`: no keys can be derived from this signer.
 */
export async function derivePurchaseSecret(
    wallet: Address,
    order: Address,
    sign: SignBytes,
    program: Address = GENERION_PROGRAM_ADDRESS,
): Promise<SecretKey<'purchase'>> {
    return await derive('purchase', wallet, purchaseKeyLine(program, order), sign);
}

async function derive<Use extends KeyUse>(
    use: Use,
    wallet: Address,
    line: string,
    sign: SignBytes,
): Promise<SecretKey<Use>> {
    const message = utf8ToBytes(line);
    // A copy each: a signer may return the same buffer twice.
    const signature = Uint8Array.from(await sign(message));
    const again = Uint8Array.from(await sign(message));
    try {
        if (!equalBytes(signature, again)) {
            throw new ClientError(
                'not_deterministic',
                `wallet ${wallet} signs the same text differently each time: use a key file instead of deriving keys from it`,
            );
        }
        if (!verifyStrictly(signature, message, new Uint8Array(getAddressEncoder().encode(wallet)))) {
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

/**
 * Ed25519 without the leniencies of RFC 8032's batch-friendly equation: no point of small order, one encoding for each
 * signature.
 */
function verifyStrictly(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    const { Point } = ed25519;
    try {
        if (signature.length !== 64) return false;
        const commitment = signature.slice(0, 32);
        const response = Point.Fn.fromBytes(signature.slice(32));
        const [key, claimed] = [Point.fromBytes(publicKey), Point.fromBytes(commitment)];
        if (key.isSmallOrder() || claimed.isSmallOrder()) return false;
        const hash = sha512(concatBytes(commitment, publicKey, message));
        const challenge = Point.Fn.create(bytesToNumberLE(hash));
        const computed = Point.BASE.multiplyUnsafe(response).subtract(key.multiplyUnsafe(challenge));
        return equalBytes(computed.toBytes(), commitment);
    } catch {
        return false;
    }
}
