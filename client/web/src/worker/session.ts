// What the worker's areas share: the network, the unlocked account with its secrets, and what this device keeps.

import {
    type Actor,
    type FlowContext,
    Gateway,
    IndexedDbState,
    isPublicHttps,
    Ledger,
    type Wallet,
    WalletKeys,
} from '@generion/client';
import { type KeyPairSigner, signBytes } from '@solana/kit';
import type { Account } from '../account/account-file.js';
import { walletOf } from '../account/words.js';
import { Locked } from '../base/locked.js';
import { deploymentOf, type Network } from '../network/network.js';
import { type Database, openDatabase } from '../storage/database.js';

type Unlocked = Account & { signer: KeyPairSigner; keys: WalletKeys };

/**
 * The worker's state. Secrets stay in it; the words of an account leave it only to be written down. The page locks the
 * account by ending the worker, which frees its memory.
 */
export class Session {
    #database: Promise<Database> | undefined;
    #unlocked: Unlocked | undefined;
    #network: Network | undefined;
    #ledger: Ledger | undefined;
    #saved: Promise<IndexedDbState> | undefined;

    /** Chooses the network of all that follows. */
    useNetwork(network: Network): void {
        this.#network = network;
        this.#ledger = Ledger.at(deploymentOf(network), network.nodes);
    }

    /** Takes an account that was opened. */
    async unlock(account: Account): Promise<void> {
        const signer = await walletOf(account.words);
        this.#unlocked = { ...account, signer, keys: new WalletKeys(walletFor(signer)) };
    }

    /**
     * The unlocked account.
     *
     * @throws {Locked} No account is unlocked.
     */
    unlocked(): Unlocked {
        if (!this.#unlocked) throw new Locked();
        return this.#unlocked;
    }

    /**
     * The unlocked account, as the flows take it.
     *
     * @throws {Locked} No account is unlocked.
     */
    actor(): Actor {
        const { keys, signer } = this.unlocked();
        return { keys, wallet: walletFor(signer) };
    }

    /** The chosen network, as the flows take it. */
    async context(): Promise<FlowContext> {
        if (!this.#ledger || !this.#network) throw new RangeError('no network was chosen');
        this.#saved ??= IndexedDbState.open('generion-saved');
        const { cluster, gateway } = this.#network;
        return {
            ledger: this.#ledger,
            ...(gateway && { gateway: new Gateway(gateway, { program: this.#ledger.deployment.program }) }),
            saved: await this.#saved,
            // A local network's stores have no certificate.
            isAllowed: (store) => isPublicHttps(store) || (cluster === 'localnet' && store.hostname === '127.0.0.1'),
        };
    }

    /** What this device keeps. */
    async database(): Promise<Database> {
        this.#database ??= openDatabase();
        return await this.#database;
    }
}

const walletFor = (signer: KeyPairSigner): Wallet => ({
    address: signer.address,
    signer,
    signMessage: (message) => signBytes(signer.keyPair.privateKey, message),
    isInteractive: false,
});
