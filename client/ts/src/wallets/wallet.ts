// Wallets as the flows use them, and the secrets that follow from their signatures (docs/PROTOCOL.md, section 2).

import type { Address, ReadonlyUint8Array, TransactionSigner } from '@solana/kit';
import { isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import type { Deployment } from '../crypto/deployment.js';
import { deriveEncryptionSecret, type SecretKey, type SignBytes } from '../crypto/keys.js';

/** Somebody's wallet. */
export interface Wallet {
    /** Its address. */
    readonly address: Address;
    /** Signs plain bytes, without an envelope: for keys, attestations and requests to stores. */
    readonly signMessage: SignBytes;
    /** Signs transactions. */
    readonly signer: TransactionSigner;
    /** Whether it asks its user before it signs. Then it is asked for nothing that could be spared. */
    readonly isInteractive: boolean;
}

/** The source of an owner's encryption secrets: a wallet, or a file that holds them. */
export interface KeySource {
    /** The wallet whose secrets they are. */
    readonly wallet: Address;
    /** The secret with an index. */
    encryptionSecret(deployment: Deployment, index: number): Promise<SecretKey<'encryption'>>;
    /**
     * The secret behind a public key, and its index in this source. `hint` is the index that a node shows. It may be wrong,
     * so other secrets are tried as well.
     *
     * @throws {ClientError} `foreign_key`: this source does not have it.
     */
    secretBehind(deployment: Deployment, key: ReadonlyUint8Array, hint: number): Promise<OwnSecret>;
}

/** A secret of a source of keys. */
export type OwnSecret = {
    /** Its index. */
    index: number;
    /** The secret. */
    secret: SecretKey<'encryption'>;
};

/**
 * The number of a wallet's first indexes, and of indexes on each side of the one on the ledger, that are searched for the
 * secret behind a key. Each index takes signatures, so a wallet that asks its user before it signs is not searched.
 */
const SEARCHED_INDEXES = 8;
const MAX_INDEX = 0xffff_ffff;

/** A wallet's encryption secrets. Each is derived once, and is kept in memory until {@link forget}. */
export class WalletKeys implements KeySource {
    readonly #derived = new Map<string, Promise<SecretKey<'encryption'>>>();

    constructor(private readonly signer: Pick<Wallet, 'address' | 'signMessage' | 'isInteractive'>) {}

    get wallet(): Address {
        return this.signer.address;
    }

    /** @throws {ClientError} `not_deterministic`, `not_plain`: no keys can be derived from this wallet. */
    async encryptionSecret(deployment: Deployment, index: number): Promise<SecretKey<'encryption'>> {
        const name = `${deployment.genesis} ${deployment.program} ${index}`;
        const known = this.#derived.get(name);
        if (known) return await known;
        const derived = deriveEncryptionSecret(deployment, this.wallet, index, this.signer.signMessage);
        this.#derived.set(name, derived);
        try {
            return await derived;
        } catch (error) {
            // The next caller asks again.
            this.#derived.delete(name);
            throw error;
        }
    }

    async secretBehind(deployment: Deployment, key: ReadonlyUint8Array, hint: number): Promise<OwnSecret> {
        for (const index of this.signer.isInteractive ? [hint] : searched(hint)) {
            const secret = await this.encryptionSecret(deployment, index);
            if (isSame(secret.publicKey.toBytes(), key)) return { index, secret };
        }
        throw new ClientError(
            'foreign_key',
            `the key with index ${hint} on the ledger is not wallet ${this.wallet}'s own: somebody else has its secret`,
        );
    }

    /** Forgets all secrets. JavaScript can't wipe them from memory. */
    forget(): void {
        this.#derived.clear();
    }
}

function searched(hint: number): Set<number> {
    const indexes = new Set([hint, ...Array(SEARCHED_INDEXES).keys()]);
    for (let distance = 1; distance <= SEARCHED_INDEXES; distance += 1) {
        for (const index of [hint - distance, hint + distance]) {
            if (index >= 0 && index <= MAX_INDEX) indexes.add(index);
        }
    }
    return indexes;
}
