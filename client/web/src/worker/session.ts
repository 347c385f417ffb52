// The state that the worker's areas share: the network, the unlocked account with its secrets, and the device's databases.

import {
    type Actor,
    type AttestedKey,
    type FlowContext,
    Gateway,
    IndexedDbState,
    type IsAllowedStore,
    isPublicHttps,
    type KeySource,
    keyPairWallet,
    Ledger,
    type Settler,
    StoreError,
    type Wallet,
    WalletKeys,
} from '@generion/client';
import type { IdentifierString } from '@wallet-standard/base';
import type { Account } from '../account/account-file.js';
import { walletOf } from '../account/words.js';
import { Locked } from '../base/locked.js';
import { deploymentOf, type Network } from '../network/network.js';
import { type Database, openDatabase } from '../storage/database.js';
import { feeAccountOf } from './fee-account.js';

const CHAINS: Record<Network['cluster'], IdentifierString> = {
    'mainnet-beta': 'solana:mainnet',
    devnet: 'solana:devnet',
    testnet: 'solana:testnet',
    localnet: 'solana:localnet',
};

/** Whose secrets are in memory. */
type Unlocked = {
    wallet: Wallet;
    keys: KeySource;
    /** The account of this device; `undefined`: the wallet is an app of its own. */
    account: Account | undefined;
    /** Attests a key by another way than a signature over text, which this wallet can't give. */
    attest?: (attested: AttestedKey) => Promise<Uint8Array>;
};

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
        const wallet = keyPairWallet(await walletOf(account.words));
        this.#unlocked = { wallet, keys: new WalletKeys(wallet), account };
    }

    /** Takes a wallet app, with the source of its secrets. */
    useWallet(wallet: Wallet, keys: KeySource, attest?: Unlocked['attest']): void {
        this.#unlocked = { wallet, keys, account: undefined, ...(attest && { attest }) };
    }

    /**
     * The unlocked account of this device, with its words.
     *
     * @throws {Locked} No account of this device is unlocked.
     */
    account(): Account {
        const { account } = this.unlocked();
        if (!account) throw new Locked();
        return account;
    }

    /**
     * The unlocked account of this device, or the connected wallet app.
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
        const { keys, wallet } = this.unlocked();
        return { keys, wallet };
    }

    /**
     * The payer of settlements: the account of this device, or the device's own fee account where a wallet app is
     * connected. A
     * wallet app would show the secret to a node of its own first.
     *
     * @throws {Locked} No account is unlocked.
     */
    async settler(): Promise<Settler> {
        const { account, wallet } = this.unlocked();
        return { payer: account ? wallet : await feeAccountOf(await this.database(), wallet.address) };
    }

    /** The cluster as wallet apps name it. */
    chain(): IdentifierString {
        if (!this.#network) throw new RangeError('no network was chosen');
        return CHAINS[this.#network.cluster];
    }

    /** The chosen network, as the flows take it. */
    async context(): Promise<FlowContext> {
        if (!this.#ledger || !this.#network) throw new RangeError('no network was chosen');
        this.#saved ??= IndexedDbState.open('generion-saved');
        const { gateway } = this.#network;
        return {
            ledger: this.#ledger,
            ...(gateway && { gateway: new Gateway(gateway, { program: this.#ledger.deployment.program }) }),
            saved: await this.#saved,
            storeOptions: { fetch: fetchFromStore },
            isAllowed: this.isAllowed(),
        };
    }

    /** The servers that may be asked if a stranger names them: those of a local network have no certificate. */
    isAllowed(): IsAllowedStore {
        const isLocal = this.#network?.cluster === 'localnet';
        return (server) => isPublicHttps(server) || (isLocal && server.hostname === '127.0.0.1');
    }

    /** The stores for what this person writes. */
    stores(): readonly string[] {
        return this.#network?.stores ?? [];
    }

    /** The database of this device. */
    async database(): Promise<Database> {
        this.#database ??= openDatabase();
        return await this.#database;
    }
}

/** A request to a store. That it does not answer is told as the store's fault, which `fetch` tells as any other mistake. */
const fetchFromStore: typeof fetch = async (...request) => {
    try {
        return await fetch(...request);
    } catch (cause) {
        if (!(cause instanceof TypeError)) throw cause;
        const url = String(request[0] instanceof Request ? request[0].url : request[0]);
        throw Object.assign(new StoreError(url, 0, undefined, `${url} does not answer`), { cause });
    }
};
