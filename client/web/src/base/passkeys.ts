// Passkeys of this device, as its screens use them. Loaded when a screen needs it.

import type { Address } from '@solana/kit';
import { AccountError } from '../account/account-error.js';
import type { PasskeyName } from '../storage/database.js';
import { passkeyTexts } from '../texts/passkeys.js';
import type { AccountSummary } from '../worker/accounts.js';
import { connect } from '../worker/connection.js';
import type { PasskeyQuestion } from '../worker/passkeys.js';

import { askPasskey, canAskPasskeys, forgetPasskey, makePasskey } from './passkey-prompt.js';

export { forgetPasskey };

/** Whether this device can open accounts by a passkey, as far as can be known without a prompt. */
export async function canUsePasskeys(): Promise<boolean> {
    return (await canAskPasskeys()) && (await connect().passkeys.mayHavePrf());
}

/** Unlocks an account by its passkey. */
export class PasskeyUnlocking {
    #question: Promise<PasskeyQuestion> | undefined;
    #refusals = 0;

    constructor(private readonly address: Address) {
        this.#prepare();
    }

    /**
     * Asks the passkey. Some browsers show a prompt only right after a tap, so that everything else was done before.
     *
     * @throws {AccountError} Those of passkeys.
     */
    async unlock(): Promise<AccountSummary> {
        const { inputs, passkey } = await (this.#question ?? this.#prepare());
        if (!passkey) throw new AccountError('wrong_passkey', {});
        try {
            const { outputs } = await askPasskey(passkey, inputs);
            return await connect().passkeys.unlock(outputs);
        } catch (error) {
            if (!isRefusal(error)) throw error;
            this.#refusals += 1;
            throw this.#refusals > 1 ? new AccountError('passkey_gone', {}) : error;
        } finally {
            this.#prepare();
        }
    }

    #prepare(): Promise<PasskeyQuestion> {
        this.#question = connect().passkeys.startUnlocking(this.address);
        // Told when it is asked for.
        this.#question.catch(() => undefined);
        return this.#question;
    }
}

/** Sets up a passkey for the unlocked account. */
export class PasskeySetUp {
    #question: Promise<PasskeyQuestion> | undefined;
    #refusals = 0;
    #canBeCopied = false;

    constructor() {
        this.#prepare();
    }

    /** Whether the passkey that answered may be copied to other devices. */
    get canBeCopied(): boolean {
        return this.#canBeCopied;
    }

    /**
     * Goes on with the owner's passphrase.
     *
     * @throws {AccountError} `wrong_passphrase`.
     */
    async confirm(passphrase: string): Promise<void> {
        await this.#prepare(passphrase);
    }

    /**
     * Whether the passkey was made before, and has only to answer.
     *
     * @throws {AccountError} `passphrase_needed`.
     */
    async isMade(): Promise<boolean> {
        return (await (this.#question ?? this.#prepare())).passkey !== undefined;
    }

    /**
     * Makes the passkey, unless it is there, and saves the account under its answer.
     *
     * @throws {AccountError} Those of passkeys.
     */
    async run(): Promise<AccountSummary> {
        const worker = connect().passkeys;
        const { inputs, passkey: found } = await (this.#question ?? this.#prepare());
        let passkey = found;
        try {
            if (!passkey) {
                const made = await makePasskey(label());
                await noteMade(made);
                passkey = made;
            }
            const { canBeCopied, outputs } = await askPasskey(passkey, inputs);
            this.#canBeCopied = canBeCopied;
            return await worker.add(outputs, passkey.id);
        } catch (error) {
            if (error instanceof AccountError && error.code === 'passkey_without_prf') {
                if (!passkey || (await forgetUnfinished(passkey))) await worker.noteWithoutPrf();
            }
            if (error instanceof AccountError && error.code === 'passkey_unverified' && passkey) {
                await forgetUnfinished(passkey);
            }
            if (!passkey || !isRefusal(error)) throw error;
            this.#refusals += 1;
            if (this.#refusals < 2) throw new AccountError('passkey_unfinished', {});
            // It may be gone: the next attempt makes another one.
            await forgetUnfinished(passkey);
            this.#refusals = 0;
            throw error;
        } finally {
            this.#prepare();
        }
    }

    #prepare(passphrase?: string): Promise<PasskeyQuestion> {
        this.#question = connect().passkeys.startAdding(passphrase);
        this.#question.catch(() => undefined);
        return this.#question;
    }
}

/** Notes a passkey that was just made. One that can't be noted is of no use. */
async function noteMade(passkey: PasskeyName): Promise<void> {
    try {
        await connect().passkeys.noteMade(passkey);
    } catch (error) {
        await forgetPasskey(passkey);
        throw error;
    }
}

/** Forgets a passkey that never answered, also at the device. Returns `false` for one that works: it stays. */
async function forgetUnfinished(passkey: PasskeyName): Promise<boolean> {
    const isRemoved = await connect().passkeys.removeUnfinished(passkey.id);
    if (isRemoved) await forgetPasskey(passkey);
    return isRemoved;
}

/** Forgets the passkey of the unlocked account, also at the device where it can be told. Returns its site. */
export async function removePasskey(): Promise<{ account: AccountSummary; site: string | undefined }> {
    const { account, removed } = await connect().passkeys.remove();
    if (removed) await forgetPasskey(removed);
    return { account, site: removed?.site };
}

/** Whether the owner has to give the passphrase first. */
export const needsPassphrase = (error: unknown): boolean =>
    error instanceof AccountError && error.code === 'passphrase_needed';

/** The sentence for what a passkey is refused for. @throws What else went wrong. */
export function passkeyProblem(error: unknown): string {
    const { problems } = passkeyTexts();
    if (error instanceof AccountError && error.code in problems) return problems[error.code as keyof typeof problems];
    throw error;
}

const isRefusal = (error: unknown) => error instanceof AccountError && error.code === 'passkey_not_confirmed';

/** The passkey's name in the device's list. Its provider reads it, so that nothing in it names the wallet. */
const label = (): string => `Generion ${new Date().toISOString().slice(0, 10)}`;
