// The accounts of this device: made, restored, unlocked, backed up.

import type { Address } from '@solana/kit';
import { AccountError } from '../account/account-error.js';
import { accountOf, openAccount, sealAccount } from '../account/account-file.js';
import { requireStrong } from '../account/strength.js';
import { newWords, readWords } from '../account/words.js';
import type { PasskeyName, StoredAccount } from '../storage/database.js';
import type { Session } from './session.js';

/** An account, as the page may know it. */
export type AccountSummary = {
    address: Address;
    isBackedUp: boolean;
    /** Whether a passkey of this device opens it. */
    hasPasskey?: boolean;
    /** The passkey that a new passphrase has put an end to. */
    removedPasskey?: PasskeyName;
    /** The name of the wallet app that holds it; `undefined`: this device does. */
    wallet?: string;
};

/** The part of an account that the page may know. */
export const summaryOf = ({ address, isBackedUp, passkey }: StoredAccount): AccountSummary => ({
    address,
    isBackedUp,
    hasPasskey: passkey?.file !== undefined,
});

/** The passkey's name, without its file. */
export const nameOf = ({ id, site, transports }: PasskeyName): PasskeyName => ({ id, site, transports });

/** For so many milliseconds after somebody gave an account's passphrase, it need not be asked for again. */
const JUST_ASKED = 120_000;

/** The accounts of this device. */
export class Accounts {
    /** The account that was made last, until its words were shown. */
    #justMade: { address: Address; at: number } | undefined;
    /** The account whose passphrase was given last. */
    #asked: { address: Address; at: number } | undefined;

    constructor(private readonly session: Session) {}

    /** The accounts of this device, the newest first. */
    async list(): Promise<AccountSummary[]> {
        const accounts = await (await this.session.database()).getAll('accounts');
        return accounts.sort((one, other) => other.createdAt - one.createdAt).map(summaryOf);
    }

    /**
     * Makes an account, saves it under a passphrase, and unlocks it.
     *
     * @throws {AccountError} `short_passphrase`, `weak_passphrase`.
     */
    async create(passphrase: string): Promise<AccountSummary> {
        await requireStrong(passphrase);
        const account = await this.keep(newWords(), passphrase, false);
        this.#justMade = { address: account.address, at: Date.now() };
        return account;
    }

    /**
     * Restores an account from its words, and saves it under a passphrase.
     *
     * @throws {AccountError} `word_count`, `unknown_word`, `checksum`, `short_passphrase`, `weak_passphrase`.
     */
    async restoreFromWords(typed: string, passphrase: string): Promise<AccountSummary> {
        const words = readWords(typed);
        await requireStrong(passphrase);
        return await this.keep(words, passphrase, true);
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
        const stored = await this.stored(address);
        const account = await openAccount(stored.file, passphrase);
        if (account.address !== address) throw new AccountError('another_account', {});
        await this.session.unlock(account);
        this.#asked = { address, at: Date.now() };
        return summaryOf(stored);
    }

    /**
     * Refuses what lasts (a second way to unlock) to somebody else who holds the unlocked device: the owner gives the
     * passphrase
     * again, or gave it just before.
     *
     * @throws {AccountError} `passphrase_needed`, `wrong_passphrase`.
     */
    async requireOwner(passphrase?: string): Promise<void> {
        const { address } = this.session.account();
        if (passphrase !== undefined) {
            await openAccount((await this.stored(address)).file, passphrase);
            this.#asked = { address, at: Date.now() };
        } else if (!isRecent(this.#asked, address)) throw new AccountError('passphrase_needed', {});
    }

    /**
     * The words of the unlocked account, to be written down. Somebody else may hold the unlocked device, so the passphrase
     * is
     * asked for again, but for the first time after an account was made.
     *
     * @throws {AccountError} `passphrase_needed`, `wrong_passphrase`.
     */
    async words(passphrase?: string): Promise<string[]> {
        const { address, words } = this.session.account();
        if (passphrase !== undefined) await openAccount((await this.stored(address)).file, passphrase);
        else if (!isRecent(this.#justMade, address)) throw new AccountError('passphrase_needed', {});
        this.#justMade = undefined;
        return words.split(' ');
    }

    /** The file of the unlocked account, for a copy somewhere else. */
    async file(): Promise<string> {
        return (await this.stored(this.session.account().address)).file;
    }

    /** Compares two words that a person typed with those at their places, counted from 1, and notes the backup. */
    async confirmBackup(typed: readonly { position: number; word: string }[]): Promise<boolean> {
        const { address, words } = this.session.account();
        const all = words.split(' ');
        const isRight = ({ position, word }: { position: number; word: string }) =>
            all[position - 1] === word.trim().toLowerCase();
        if (typed.length < 2 || !typed.every(isRight)) return false;
        const database = await this.session.database();
        const transaction = database.transaction('accounts', 'readwrite');
        const stored = await transaction.store.get(address);
        if (stored) await transaction.store.put({ ...stored, isBackedUp: true });
        await transaction.done;
        return true;
    }

    private async stored(address: Address): Promise<StoredAccount> {
        const stored = await (await this.session.database()).get('accounts', address);
        if (!stored) throw new AccountError('no_account_file', {});
        return stored;
    }

    private async keep(words: string, passphrase: string, isBackedUp: boolean): Promise<AccountSummary> {
        const account = await accountOf(words);
        const file = await sealAccount(account, passphrase);
        const database = await this.session.database();
        const { address } = account;
        const transaction = database.transaction('accounts', 'readwrite');
        const passkey = (await transaction.store.get(address))?.passkey;
        // A new passphrase shuts out everybody else, so that an earlier passkey must not open the account any more.
        const stored = { address, file, createdAt: Date.now(), isBackedUp };
        await transaction.store.put(stored);
        await transaction.done;
        await this.session.unlock(account);
        this.#asked = { address, at: Date.now() };
        return { ...summaryOf(stored), ...(passkey && { removedPasskey: nameOf(passkey) }) };
    }
}

const isRecent = (asked: { address: Address; at: number } | undefined, address: Address): boolean =>
    asked?.address === address && Date.now() - asked.at < JUST_ASKED;
