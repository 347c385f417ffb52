// Transactions that somebody else built for a wallet to sign. Before the wallet sees one, it is compared with what was
// asked for: whoever built it could have put another's price, another's account or another instruction into it.

import {
    type Address,
    appendTransactionMessageInstructions,
    type Blockhash,
    compileTransactionMessage,
    createTransactionMessage,
    getTransactionDecoder,
    type Instruction,
    pipe,
    type ReadonlyUint8Array,
    setTransactionMessageFeePayer,
    setTransactionMessageLifetimeUsingBlockhash,
    type Transaction,
    type TransactionWithBlockhashLifetime,
} from '@solana/kit';
import { ClientError } from '../base/errors.js';
import {
    COMPUTE_BUDGET,
    MAX_COMPUTE_UNITS,
    SET_COMPUTE_UNIT_LIMIT,
    SET_COMPUTE_UNIT_PRICE,
} from '../transactions/budget.js';
import {
    decodeMessage,
    isSameInstruction,
    notAskedFor,
    type PlainMessage,
    type ResolvedInstruction,
    resolveInstructions,
} from '../transactions/compiled.js';

/** The transaction that was asked for. */
export type AskedTransaction = {
    /** The wallet that pays the fee. */
    feePayer: Address;
    /** The instructions, as this client would build them: in this order, and no others. */
    instructions: readonly Instruction[];
    /** The most that the transaction may offer for its place in a block, in lamports [default: 100,000]. */
    maxPriorityFee?: bigint;
};

const MAX_PRIORITY_FEE = 100_000n;

/**
 * Reads an unsigned transaction, after the check that it does what was asked for and nothing else: the same fee payer,
 * the same instructions with the same accounts and data, and beside them only a limit and a price of compute units.
 *
 * @param transaction The transaction in its wire format.
 * @param lastValidBlockHeight The last block that can include it, as its builder says. A wrong height moves nothing.
 *
 * @throws {ClientError} `malformed`: it can't be read; `not_asked_for`: it is another transaction, somebody has signed
 * it already, it takes addresses from a lookup table, or its priority fee is too high.
 */
export function readUnsignedTransaction(
    transaction: ReadonlyUint8Array,
    lastValidBlockHeight: bigint,
    asked: AskedTransaction,
): Transaction & TransactionWithBlockhashLifetime {
    const { read, message } = decode(transaction);
    if (Object.values(read.signatures).some((signature) => signature !== null)) {
        throw notAskedFor('somebody has signed it');
    }
    if (message.staticAccounts[0] !== asked.feePayer) {
        throw notAskedFor(`its fee payer is ${message.staticAccounts[0]}, not ${asked.feePayer}`);
    }
    const blockhash = message.lifetimeToken as Blockhash;
    const instructions = resolveInstructions(message);
    const budget = instructions.filter(({ program }) => program === COMPUTE_BUDGET);
    const fee = priorityFee(budget);
    if (fee > (asked.maxPriorityFee ?? MAX_PRIORITY_FEE)) {
        throw notAskedFor(`its priority fee is ${fee} lamports`);
    }
    // Compiled alike: what one instruction may do with an account, all instructions of a message may.
    const expected = resolveInstructions(
        pipe(
            createTransactionMessage({ version: 'legacy' }),
            (empty) => setTransactionMessageFeePayer(asked.feePayer, empty),
            (paid) => setTransactionMessageLifetimeUsingBlockhash({ blockhash, lastValidBlockHeight }, paid),
            (timed) => appendTransactionMessageInstructions(asked.instructions, timed),
            (whole) => compileTransactionMessage(whole) as PlainMessage,
        ),
    );
    const others = instructions.filter(({ program }) => program !== COMPUTE_BUDGET);
    if (others.length !== expected.length) {
        throw notAskedFor(`it has ${others.length} instructions, not ${expected.length}`);
    }
    for (const [index, one] of expected.entries()) {
        if (!isSameInstruction(one, others[index])) throw notAskedFor(`its instruction ${index + 1} is another one`);
    }
    return { ...read, lifetimeConstraint: { blockhash, lastValidBlockHeight } };
}

function decode(transaction: ReadonlyUint8Array) {
    let read: Transaction;
    try {
        read = getTransactionDecoder().decode(transaction);
    } catch (cause) {
        throw new ClientError('malformed', `the transaction can't be read: ${cause}`);
    }
    return { read, message: decodeMessage(read.messageBytes) };
}

/** The highest priority fee that a transaction's budget offers, in lamports. */
function priorityFee(budget: readonly ResolvedInstruction[]): bigint {
    let [limit, price] = [BigInt(MAX_COMPUTE_UNITS), 0n];
    const seen = new Set<number>();
    for (const { accounts, data } of budget) {
        const kind = data[0] ?? 0;
        const view = new DataView(Uint8Array.from(data).buffer);
        if (accounts.length > 0 || seen.has(kind)) throw notAskedFor('its compute budget is not one of ours');
        seen.add(kind);
        if (kind === SET_COMPUTE_UNIT_LIMIT && data.length === 5) limit = BigInt(view.getUint32(1, true));
        else if (kind === SET_COMPUTE_UNIT_PRICE && data.length === 9) price = view.getBigUint64(1, true);
        else throw notAskedFor('its compute budget is not one of ours');
    }
    return (limit * price + 999_999n) / 1_000_000n;
}
