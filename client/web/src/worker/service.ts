// What the worker does for the page. Secrets stay on this side; the words of an account leave it only to be written down.

import {
    type Actor,
    costOf,
    type FlowContext,
    IndexedDbState,
    isPublicHttps,
    Ledger,
    type OwnKey,
    ownKey,
    publishKey,
    sendPrepared,
    type Wallet,
    WalletKeys,
} from '@generion/client';
import { type Address, type KeyPairSigner, signBytes } from '@solana/kit';
import { AccountError } from '../account/account-error.js';
import { type Account, accountOf, openAccount, sealAccount } from '../account/account-file.js';
import { newWords, readWords, walletOf } from '../account/words.js';
import { Locked } from '../base/locked.js';
import { deploymentOf, type Network } from '../network/network.js';
import { type Database, openDatabase } from '../storage/database.js';
import {
    costOfVerifying,
    listRecords,
    type ReadRecord,
    type RecordCard,
    readCheckedRecord,
    sendVerification,
} from './records.js';
import { costOfSharing, listShares, readSharedRecord, revoke, type ShareCard, type Sharing, share } from './shares.js';

/** An account of this device, as the page may know it. */
export type AccountSummary = { address: Address; isBackedUp: boolean };

/** Places of words that a person is asked for, to show that they were written down. */
export type BackupQuestion = { positions: readonly [number, number] };

type Unlocked = { address: Address; words: string; signer: KeyPairSigner; keys: WalletKeys };

/** Whether the account can receive records, and what is needed until then. */
export type Activation = {
    key: OwnKey['key'];
    /** Lamports of the account. */
    balance: bigint;
    /** Lamports that publishing its key costs, where it has none. */
    cost: bigint;
};

/** The worker's side. Errors pass to the page with their codes, by `transfer-errors.ts`. */
export class Service {
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

    /** Whether the account can receive records. */
    async activation(): Promise<Activation> {
        const [context, actor] = [await this.context(), this.actor()];
        const { key } = await ownKey(context, actor.keys);
        const balance = await balanceOf(context.ledger, actor.wallet.address);
        if (key !== 'none') return { key, balance, cost: 0n };
        const { fee, rent } = await costOf(context, await publishKey(context, actor));
        return { key, balance, cost: fee + rent };
    }

    /** Publishes the account's encryption key, so that others can write to it. */
    async activate(): Promise<void> {
        const context = await this.context();
        await sendPrepared(context, await publishKey(context, this.actor()));
    }

    /** The account's records, the newest first. */
    async records(): Promise<RecordCard[]> {
        return await listRecords(await this.context(), this.actor());
    }

    /** Opens a record, and checks all that its owner must before verifying it. */
    async checkedRecord(address: Address): Promise<ReadRecord> {
        return await readCheckedRecord(await this.context(), this.actor(), address);
    }

    /** Lamports that verifying a record costs. */
    async costOfVerifying(address: Address): Promise<bigint> {
        return await costOfVerifying(await this.context(), this.actor(), address);
    }

    /** Verifies a record that was checked. */
    async verify(address: Address): Promise<void> {
        await sendVerification(await this.context(), this.actor(), address);
    }

    /** The accounts of this device, the newest first. */
    async accounts(): Promise<AccountSummary[]> {
        const accounts = await (await this.database()).getAll('accounts');
        return accounts
            .sort((one, other) => other.createdAt - one.createdAt)
            .map(({ address, isBackedUp }) => ({ address, isBackedUp }));
    }

    /** Makes an account, saves it under a passphrase, and unlocks it. */
    async createAccount(passphrase: string): Promise<AccountSummary> {
        return await this.keep(newWords(), passphrase, false);
    }

    /**
     * Restores an account from its words, and saves it under a passphrase.
     *
     * @throws {AccountError} `word_count`, `unknown_word`, `checksum`.
     */
    async restoreFromWords(typed: string, passphrase: string): Promise<AccountSummary> {
        return await this.keep(readWords(typed), passphrase, true);
    }

    /**
     * Restores an account from its file.
     *
     * @throws {AccountError} As `openAccount`.
     */
    async restoreFromFile(file: string, passphrase: string): Promise<AccountSummary> {
        const { words } = await openAccount(file, passphrase);
        return await this.keep(words, passphrase, true);
    }

    /**
     * Unlocks an account of this device.
     *
     * @throws {AccountError} `wrong_passphrase`, `damaged_account_file`.
     */
    async unlock(address: Address, passphrase: string): Promise<AccountSummary> {
        const stored = await (await this.database()).get('accounts', address);
        if (!stored) throw new AccountError('no_account_file', {});
        const account = await openAccount(stored.file, passphrase);
        if (account.address !== address) throw new AccountError('another_account', {});
        this.#unlocked = await unlocked(account);
        return { address, isBackedUp: stored.isBackedUp };
    }

    /** Who has access to a record of the account's, or to all of them. */
    async shares(record?: Address): Promise<ShareCard[]> {
        return await listShares(await this.context(), this.actor(), 'by', record);
    }

    /** What others share with the account. */
    async sharedWithMe(): Promise<ShareCard[]> {
        return await listShares(await this.context(), this.actor(), 'with');
    }

    /** Opens a record that somebody shares with the account. */
    async sharedRecord(share: Address): Promise<ReadRecord> {
        return await readSharedRecord(await this.context(), this.actor(), share);
    }

    /** Lamports that sharing a record costs. */
    async costOfSharing(sharing: Sharing): Promise<bigint> {
        return await costOfSharing(await this.context(), this.actor(), sharing);
    }

    /** Shares a record. */
    async share(sharing: Sharing): Promise<void> {
        await share(await this.context(), this.actor(), sharing);
    }

    /** Ends a share. */
    async revoke(address: Address): Promise<void> {
        await revoke(await this.context(), this.actor(), address);
    }

    /** Forgets the secrets of the unlocked account. The page then ends this worker, which frees its memory. */
    lock(): void {
        this.#unlocked = undefined;
    }

    /** The words of the unlocked account, to be written down. */
    words(): string[] {
        return this.unlocked().words.split(' ');
    }

    /** The account's file, for a copy somewhere else. */
    async accountFile(): Promise<string> {
        const stored = await (await this.database()).get('accounts', this.unlocked().address);
        if (!stored) throw new AccountError('no_account_file', {});
        return stored.file;
    }

    /** Compares two words that a person typed with those at their places, counted from 1, and notes the backup. */
    async confirmBackup(typed: readonly { position: number; word: string }[]): Promise<boolean> {
        const { address, words } = this.unlocked();
        const all = words.split(' ');
        const isRight = ({ position, word }: { position: number; word: string }) =>
            all[position - 1] === word.trim().toLowerCase();
        if (typed.length < 2 || !typed.every(isRight)) return false;
        const database = await this.database();
        const transaction = database.transaction('accounts', 'readwrite');
        const stored = await transaction.store.get(address);
        if (stored) await transaction.store.put({ ...stored, isBackedUp: true });
        await transaction.done;
        return true;
    }

    private async keep(words: string, passphrase: string, isBackedUp: boolean): Promise<AccountSummary> {
        const account = await accountOf(words);
        const file = await sealAccount(account, passphrase);
        const database = await this.database();
        await database.put('accounts', { address: account.address, file, createdAt: Date.now(), isBackedUp });
        this.#unlocked = await unlocked(account);
        return { address: account.address, isBackedUp };
    }

    private actor(): Actor {
        const { keys, signer } = this.unlocked();
        return { keys, wallet: walletFor(signer) };
    }

    private async context(): Promise<FlowContext> {
        if (!this.#ledger || !this.#network) throw new RangeError('no network was chosen');
        this.#saved ??= IndexedDbState.open('generion-saved');
        const { cluster } = this.#network;
        return {
            ledger: this.#ledger,
            saved: await this.#saved,
            // A local network's stores have no certificate.
            isAllowed: (store) => isPublicHttps(store) || (cluster === 'localnet' && store.hostname === '127.0.0.1'),
        };
    }

    private unlocked(): Unlocked {
        if (!this.#unlocked) throw new Locked();
        return this.#unlocked;
    }

    private async database(): Promise<Database> {
        this.#database ??= openDatabase();
        return await this.#database;
    }
}

/** The lowest balance that a node shows. */
async function balanceOf(ledger: Ledger, address: Address): Promise<bigint> {
    const answers = await ledger.askAll(({ rpc }) => rpc.getBalance(address, { commitment: 'confirmed' }).send());
    return answers.map(({ value }): bigint => value.value).reduce((one, other) => (one < other ? one : other));
}

const walletFor = (signer: KeyPairSigner): Wallet => ({
    address: signer.address,
    signer,
    signMessage: (message) => signBytes(signer.keyPair.privateKey, message),
    isInteractive: false,
});

async function unlocked(account: Account): Promise<Unlocked> {
    const signer = await walletOf(account.words);
    return { ...account, signer, keys: new WalletKeys(walletFor(signer)) };
}
