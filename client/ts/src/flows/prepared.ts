// The result of a flow before anything is signed: instructions, their cost, and the files to save first.

import type { Instruction, TransactionSigner } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { ACCOUNT_LAYOUTS } from '../generated/index.js';
import type { Accounts } from '../ledger/accounts.js';
import { ledgerTime } from '../ledger/clock.js';
import type { Ledger } from '../ledger/ledger.js';
import { MAX_COMPUTE_UNITS } from '../transactions/budget.js';
import {
    type ConfirmedTransaction,
    followTransaction,
    type SendOptions,
    type SignedTransaction,
    signTransaction,
} from '../transactions/send.js';
import { simulateTransaction } from '../transactions/simulate.js';
import type { FlowContext } from './context.js';

/** An account that a transaction creates. */
export type AccountToCreate = {
    kind: keyof Accounts;
    /** Bytes of its data. */
    size: number;
};

/** An account of a kind; `items`: the number of items in its tail, for a record the bytes of its locator. */
export function accountToCreate(kind: keyof Accounts, items = 0): AccountToCreate {
    const { size, tail } = ACCOUNT_LAYOUTS[kind];
    return { kind, size: size + (tail ? 4 + items * tail.itemSize : 0) };
}

/** A transaction that a flow made. Nothing of it is signed, saved or sent. */
export type Prepared<Outcome = undefined> = {
    /** The result, once the transaction is confirmed. */
    outcome: Outcome;
    /** Its instructions, with their signers, without those about compute units. */
    instructions: readonly Instruction[];
    /** Pays the fee, and the rent of new accounts. */
    feePayer: TransactionSigner;
    /** The accounts that it creates: {@link costOf} says what they cost. */
    newAccounts: readonly AccountToCreate[];
    /** Saves the files that must exist before the transaction is sent. */
    saveFirst?: () => Promise<void>;
    /** Removes the files of `saveFirst`, because nothing was sent. */
    forgetFirst?: () => Promise<void>;
    /** Saves the files that may exist only once the transaction is confirmed. */
    saveAfter?: () => Promise<void>;
    /**
     * There if it carries a secret, so that no node may read it before it is on its way. Neither this library nor the
     * caller simulates `instructions` then.
     */
    secret?: {
        /** The compute units that it takes at most. */
        computeUnitLimit: number;
        /** The same with random data in the place of the secret: for simulation alone. */
        placeholder?: readonly Instruction[];
    };
};

/** The stand-in of a transaction that carries a secret. It serves {@link costOf} and {@link checkPrepared}, and is not sent. */
export type Placeholder = Pick<Prepared, 'feePayer' | 'instructions' | 'newAccounts'>;

/** The highest cost of a transaction, in lamports. */
export type Cost = {
    /** The rent of new accounts. The payer gets it back when they are closed. */
    rent: bigint;
    /** The fee, with what is offered for the place in a block. */
    fee: bigint;
};

/** Lamports for each signature. */
const SIGNATURE_FEE = 5_000n;
/** How many block hashes are tried, one after the other has expired unused. */
const ATTEMPTS = 3;

/** A transaction that landed, and what came of it. */
export type Sent<Outcome = undefined> = {
    outcome: Outcome;
    confirmed: ConfirmedTransaction;
};

/**
 * What a prepared transaction costs at most, so that a user can be told before anything is signed.
 *
 * @throws {ClientError} `no_node`, `wrong_cluster`.
 */
export async function costOf(
    { ledger }: Pick<FlowContext, 'ledger'>,
    { feePayer, instructions, newAccounts, secret }: Placeholder & Pick<Prepared, 'secret'>,
    computeUnitPrice = 0n,
): Promise<Cost> {
    await ledger.checkGenesis();
    const signers = new Set<string>([feePayer.address]);
    for (const { accounts = [] } of instructions) {
        // Roles 2 and 3 are those of signers.
        for (const { address, role } of accounts) if (role >= 2) signers.add(address);
    }
    let rent = 0n;
    for (const { size } of newAccounts) {
        const answers = await ledger.askAll(({ rpc }) => rpc.getMinimumBalanceForRentExemption(BigInt(size)).send());
        const said = answers.map(({ value }): bigint => value);
        rent += said.reduce((one, other) => (one > other ? one : other));
    }
    const units = BigInt(secret?.computeUnitLimit ?? MAX_COMPUTE_UNITS);
    const priority = (units * computeUnitPrice + 999_999n) / 1_000_000n;
    return { rent, fee: BigInt(signers.size) * SIGNATURE_FEE + priority };
}

/**
 * Asks the nodes whether the ledger would refuse a prepared transaction. Of one with a secret they see the placeholder, and
 * nothing if there is none.
 *
 * @throws {RefusedTransaction} The ledger would refuse it.
 * @throws {ClientError} `no_node`, `wrong_cluster`.
 */
export async function checkPrepared(
    { ledger }: Pick<FlowContext, 'ledger'>,
    { feePayer, instructions, secret }: Placeholder & Pick<Prepared, 'secret'>,
): Promise<void> {
    const shown = secret ? secret.placeholder : instructions;
    if (shown) await simulateTransaction(ledger, feePayer.address, shown);
}

/** How a prepared transaction is sent. */
export type SendPreparedOptions = Pick<SendOptions, 'computeUnitPrice'> & {
    /** The last moment to sign it at, by the ledger's clock; Unix time in seconds [default: any]. */
    notAfter?: bigint;
    /**
     * Runs before a signed transaction is sent. Save it there to learn what became of it after the page was closed:
     * `followTransaction`.
     */
    onSigned?: (signed: SignedTransaction) => Promise<void> | void;
};

/**
 * Checks a prepared transaction, saves what has to be saved first, signs and sends it, and waits until it is confirmed. Only
 * once it can't land any more, because its block hash expired, it is signed anew.
 *
 * @throws {RefusedTransaction} The ledger refused it.
 * @throws {ClientError} As `sendTransaction`; `too_late`: it is after `notAfter`, and no transaction is on its way.
 */
export async function sendPrepared<Outcome>(
    { ledger, onProgress, signal }: FlowContext,
    prepared: Prepared<Outcome>,
    options: SendPreparedOptions = {},
): Promise<Sent<Outcome>> {
    const { feePayer, forgetFirst, instructions, outcome, saveAfter, saveFirst, secret } = prepared;
    const { computeUnitPrice = 0n, notAfter, onSigned } = options;
    signal?.throwIfAborted();
    if (secret) await checkPrepared({ ledger }, prepared);
    await saveFirst?.();
    const sendOptions = {
        computeUnitPrice,
        ...(secret && { computeUnitLimit: secret.computeUnitLimit }),
    };
    let wasSent = false;
    try {
        for (let attempt = 1; ; attempt += 1) {
            if (notAfter !== undefined) await requireMoment(ledger, notAfter);
            const signed = await signTransaction(ledger, feePayer, instructions, sendOptions);
            signal?.throwIfAborted();
            await onSigned?.(signed);
            onProgress?.({ activity: 'confirming', done: 0, total: undefined });
            wasSent = true;
            try {
                const confirmed = await followTransaction(ledger, signed, signal);
                await saveAfter?.();
                return { outcome, confirmed };
            } catch (error) {
                const isExpired = error instanceof ClientError && error.code === 'expired';
                if (!isExpired || attempt >= ATTEMPTS) throw error;
            }
        }
    } catch (error) {
        // What can't be forgotten stays saved, which does no harm.
        if (!wasSent) await forgetFirst?.().catch(() => undefined);
        throw error;
    }
}

async function requireMoment(ledger: Ledger, notAfter: bigint): Promise<void> {
    const { earliest } = await ledgerTime(ledger);
    if (earliest <= notAfter) return;
    const words = `it is ${earliest} by the ledger's clock, and this was to be signed by ${notAfter} (Unix time)`;
    throw new ClientError('too_late', `${words}: nothing is on its way`);
}
