// The second way to unlock an account: a passkey of this device. Its prompt needs the page, so that each task has two calls:
// the first says what the passkey is to be asked for, the second takes its answer.

import type { Address } from '@solana/kit';
import { AccountError } from '../account/account-error.js';
import type { Account } from '../account/account-file.js';
import { type Ask, openByPasskey, type PrfInputs, type PrfOutputs, sealForPasskey } from '../account/passkey-file.js';
import { Locked } from '../base/locked.js';
import type { PasskeyName, StoredAccount } from '../storage/database.js';
import { type AccountSummary, type Accounts, nameOf, summaryOf } from './accounts.js';
import type { Session } from './session.js';

/** A question to a passkey. */
export type PasskeyQuestion = {
    inputs: PrfInputs;
    /** The passkey; `undefined`: one has to be made. */
    passkey: PasskeyName | undefined;
};

/** When the passkeys of this device turned out to have no PRF extension, in milliseconds since 1970. */
const WITHOUT_PRF = 'passkeys-without-prf';
/** For so many milliseconds nothing is offered after that. An update of the device may bring the extension. */
const WITHOUT_PRF_FOR = 180 * 86_400_000;

/** Work that waits for a passkey's answer. */
type Waiting<T> = { inputs: PrfInputs; finish: (outputs: PrfOutputs) => Promise<T> };

/** Passkeys of this device. */
export class Passkeys {
    #adding: (Waiting<string> & { address: Address }) | undefined;
    #unlocking: (Waiting<Account> & { address: Address }) | undefined;

    constructor(
        private readonly session: Session,
        private readonly accounts: Accounts,
    ) {}

    /** Whether this device's passkeys may have the PRF extension, as far as the last months show. */
    async mayHavePrf(): Promise<boolean> {
        const noted = await (await this.session.database()).get('settings', WITHOUT_PRF);
        return typeof noted !== 'number' || Math.abs(Date.now() - noted) > WITHOUT_PRF_FOR;
    }

    /** Notes that they don't, so that nothing is offered for some months. */
    async noteWithoutPrf(): Promise<void> {
        await (await this.session.database()).put('settings', Date.now(), WITHOUT_PRF);
    }

    /**
     * Begins to save the unlocked account under a passkey.
     *
     * @throws {AccountError} `passphrase_needed`, `wrong_passphrase`.
     */
    async startAdding(passphrase?: string): Promise<PasskeyQuestion> {
        await this.accounts.requireOwner(passphrase);
        const account = this.session.account();
        const waiting = await untilAsked((ask) => sealForPasskey(account, ask));
        this.#adding = { ...waiting, address: account.address };
        const { passkey } = await this.stored(account.address);
        return { inputs: waiting.inputs, passkey: passkey && nameOf(passkey) };
    }

    /** Notes a passkey as soon as it is made: if it does not answer now, the next attempt uses it. */
    async noteMade({ id, site, transports }: PasskeyName): Promise<void> {
        await this.change(this.session.account().address, (account) => {
            // Another tab was faster: what it made stays.
            if (account.passkey) throw new AccountError('passkey_not_confirmed', {});
            return { ...account, passkey: { id, site, transports, file: undefined } };
        });
    }

    /**
     * Saves the account under the passkey that answered.
     *
     * @throws {AccountError} `passkey_without_prf`; `passphrase_needed`: the screen was left open for too long.
     */
    async add(outputs: PrfOutputs, id: PasskeyName['id']): Promise<AccountSummary> {
        const adding = this.#adding;
        this.#adding = undefined;
        const file = await wiping(outputs, async () => {
            if (!adding) throw new Locked();
            await this.accounts.requireOwner();
            return await adding.finish(outputs);
        });
        if (!adding) throw new Locked();
        return await this.change(adding.address, ({ passkey, ...account }) => {
            // Another tab has removed it, or made another one: a file is never put beside a passkey that does not open it.
            if (!passkey || !isSame(passkey.id, id)) throw new AccountError('passkey_not_confirmed', {});
            return { ...account, passkey: { ...passkey, file } };
        });
    }

    /**
     * Begins to unlock an account by its passkey.
     *
     * @throws {AccountError} `damaged_passkey_file`; `wrong_passkey`: the account has none.
     */
    async startUnlocking(address: Address): Promise<PasskeyQuestion> {
        const { passkey } = await this.stored(address);
        const file = passkey?.file;
        if (file === undefined) throw new AccountError('wrong_passkey', {});
        const waiting = await untilAsked((ask) => openByPasskey(file, ask));
        this.#unlocking = { ...waiting, address };
        return { inputs: waiting.inputs, passkey: passkey && nameOf(passkey) };
    }

    /**
     * Unlocks it by the passkey's answer.
     *
     * @throws {AccountError} `wrong_passkey`, `passkey_without_prf`, `damaged_passkey_file`.
     */
    async unlock(outputs: PrfOutputs): Promise<AccountSummary> {
        const unlocking = this.#unlocking;
        this.#unlocking = undefined;
        const account = await wiping(outputs, async () => {
            if (!unlocking) throw new Locked();
            const opened = await unlocking.finish(outputs);
            if (opened.address !== unlocking.address) throw new AccountError('damaged_passkey_file', {});
            return opened;
        });
        await this.session.unlock(account);
        return summaryOf(await this.stored(account.address));
    }

    /** Forgets a passkey that was made and never answered. One with a file works: it stays until its owner removes it. */
    async removeUnfinished(id: PasskeyName['id']): Promise<boolean> {
        let isRemoved = false;
        await this.change(this.session.account().address, ({ passkey, ...account }) => {
            isRemoved = passkey !== undefined && passkey.file === undefined && isSame(passkey.id, id);
            return { ...account, ...(passkey && !isRemoved && { passkey }) };
        });
        return isRemoved;
    }

    /**
     * Forgets the unlocked account's passkey and its file. Returns which one it was: the device keeps it until it is told.
     */
    async remove(): Promise<{ account: AccountSummary; removed: PasskeyName | undefined }> {
        const { address } = this.session.account();
        const { passkey } = await this.stored(address);
        const account = await this.change(address, ({ passkey: _, ...rest }) => rest);
        return { account, removed: passkey && nameOf(passkey) };
    }

    private async stored(address: Address): Promise<StoredAccount> {
        const stored = await (await this.session.database()).get('accounts', address);
        if (!stored) throw new AccountError('no_account_file', {});
        return stored;
    }

    private async change(
        address: Address,
        changed: (present: StoredAccount) => StoredAccount,
    ): Promise<AccountSummary> {
        const transaction = (await this.session.database()).transaction('accounts', 'readwrite');
        const present = await transaction.store.get(address);
        if (!present) throw new AccountError('no_account_file', {});
        const next = changed(present);
        await transaction.store.put(next);
        await transaction.done;
        return summaryOf(next);
    }
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
    one.length === other.length && one.every((byte, index) => byte === other[index]);

/** Runs work with a passkey's outputs, and overwrites them, also when the work fails before it reads them. */
async function wiping<T>({ first, second }: PrfOutputs, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } finally {
        first.fill(0);
        second.fill(0);
    }
}

/** Runs work until it asks a passkey, and leaves it waiting for the answer. */
async function untilAsked<T>(work: (ask: Ask) => Promise<T>): Promise<Waiting<T>> {
    let tell: ((inputs: PrfInputs) => void) | undefined;
    let answer: ((outputs: PrfOutputs) => void) | undefined;
    const asked = new Promise<PrfInputs>((resolve) => (tell = resolve));
    const answered = new Promise<PrfOutputs>((resolve) => (answer = resolve));
    const done = work(async (inputs) => {
        tell?.(inputs);
        return await answered;
    });
    // Work that ends without a question has failed.
    const inputs = await Promise.race([asked, done.then(() => asked)]);
    return {
        inputs,
        finish: async (outputs) => {
            answer?.(outputs);
            return await done;
        },
    };
}
