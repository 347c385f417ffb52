// Sending: the same bytes go to all nodes again and again until they land or can't land any more. What became of them is
// read from the ledger. A transaction is never made anew as long as an earlier one could still land.

import {
    appendTransactionMessageInstructions,
    type Base64EncodedWireTransaction,
    type Blockhash,
    createTransactionMessage,
    getBase64EncodedWireTransaction,
    getSignatureFromTransaction,
    type Instruction,
    pipe,
    type Signature,
    setTransactionMessageFeePayerSigner,
    setTransactionMessageLifetimeUsingBlockhash,
    signTransactionMessageWithSigners,
    type TransactionSigner,
} from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { sleep } from '../base/time.js';
import { knownBlockhash } from '../ledger/block-hash.js';
import type { Ledger } from '../ledger/ledger.js';
import { computeBudget } from './budget.js';
import { programErrorOf, RefusedTransaction } from './refused.js';
import { ourInstructions, simulateTransaction } from './simulate.js';

/** A signed transaction. Save it before sending if you must not do the same twice: {@link followTransaction} continues. */
export type SignedTransaction = {
    /** The signature of the fee payer, by which the ledger knows the transaction. */
    signature: Signature;
    /** The bytes to send, in base64. */
    wire: Base64EncodedWireTransaction;
    /** The height of the last block that can include it. */
    lastValidBlockHeight: bigint;
    /** Positions of this program's instructions, by which an error is recognised. */
    ours: readonly number[];
};

/** A transaction that the ledger has executed. */
export type ConfirmedTransaction = {
    /** Its signature. */
    signature: Signature;
    /** Its slot. */
    slot: bigint;
};

/** How to make and send a transaction. */
export type SendOptions = {
    /** The price of a compute unit, in micro-lamports [default: 0]. */
    computeUnitPrice?: bigint;
    /**
     * The limit of compute units. Give it for a transaction that carries a secret: without it, a node simulates the
     * transaction, and so reads it before it is on its way.
     */
    computeUnitLimit?: number;
    /** Ends the wait. The transaction may land all the same. */
    signal?: AbortSignal;
};

/** Milliseconds between two attempts at the same bytes. */
const PAUSE = 1_000;
/** Milliseconds without any node's answer after which the wait ends. */
const PATIENCE = 90_000;
/** Milliseconds: longer than any block hash lives. Nodes whose height stands still must not hold up their user for ever. */
const LONGEST_LIFE = 600_000;

/**
 * Makes, signs and sends a transaction, and waits until it is confirmed.
 *
 * @throws {RefusedTransaction} The ledger refused it.
 * @throws {ClientError} `expired`: it did not land and never will; `unknown`: the nodes stopped answering, and it may have
 * landed; `no_node`, `wrong_cluster`: nothing was sent.
 */
export async function sendTransaction(
    ledger: Ledger,
    feePayer: TransactionSigner,
    instructions: readonly Instruction[],
    options: SendOptions = {},
): Promise<ConfirmedTransaction> {
    const signed = await signTransaction(ledger, feePayer, instructions, options);
    return await followTransaction(ledger, signed, options.signal);
}

/**
 * Makes and signs a transaction, without sending it.
 *
 * @throws {RefusedTransaction} A node says that the ledger would refuse it.
 * @throws {ClientError} `no_node`, `wrong_cluster`.
 */
export async function signTransaction(
    ledger: Ledger,
    feePayer: TransactionSigner,
    instructions: readonly Instruction[],
    options: SendOptions = {},
): Promise<SignedTransaction> {
    await ledger.checkGenesis();
    const ours = ourInstructions(ledger, instructions);
    const price = options.computeUnitPrice ?? 0n;
    const limit =
        options.computeUnitLimit ?? (await simulateTransaction(ledger, feePayer.address, instructions, price));
    const lifetime = await knownBlockhash(ledger);
    const signed = await signWith(feePayer, instructions, lifetime, limit, price);
    return { ...signed, lastValidBlockHeight: lifetime.lastValidBlockHeight, ours };
}

/** Makes and signs a transaction with a block hash. Asks no node. */
export async function signWith(
    feePayer: TransactionSigner,
    instructions: readonly Instruction[],
    lifetime: { blockhash: Blockhash; lastValidBlockHeight: bigint },
    computeUnitLimit: number,
    computeUnitPrice: bigint,
): Promise<Pick<SignedTransaction, 'signature' | 'wire'>> {
    const budget = computeBudget(computeUnitLimit, computeUnitPrice);
    const message = pipe(
        createTransactionMessage({ version: 'legacy' }),
        (empty) => setTransactionMessageFeePayerSigner(feePayer, empty),
        (paid) => setTransactionMessageLifetimeUsingBlockhash(lifetime, paid),
        // Behind the caller's, so that an error names an instruction by its place among those.
        (timed) => appendTransactionMessageInstructions([...instructions, ...budget], timed),
    );
    const transaction = await signTransactionMessageWithSigners(message);
    return {
        signature: getSignatureFromTransaction(transaction),
        wire: getBase64EncodedWireTransaction(transaction),
    };
}

/**
 * Sends a signed transaction, as often as it takes, and waits until it is confirmed. For one that was sent before, perhaps
 * by a page that was closed meanwhile, this finds what became of it: the same bytes land once.
 *
 * @throws {RefusedTransaction} The ledger refused it.
 * @throws {ClientError} `expired`: it did not land and never will, as all nodes that answer say; `unknown`: the nodes stopped
 * answering, or contradict each other for ten minutes, or the wait was cancelled. Call this again to learn what became of it.
 */
export async function followTransaction(
    ledger: Ledger,
    signed: SignedTransaction,
    signal?: AbortSignal,
): Promise<ConfirmedTransaction> {
    await ledger.checkGenesis();
    const started = Date.now();
    let lastAnswer = started;
    for (;;) {
        if (signal?.aborted) throw unknownFate(signed, 'the wait was cancelled', signal.reason);
        const failure = await submit(ledger, signed);
        // Before the status: what has not landed when its last block has passed never will.
        const state = await stateOf(ledger, signed).catch((error: unknown) => ({ error }));
        if ('error' in state) {
            if (Date.now() - lastAnswer > PATIENCE)
                throw unknownFate(signed, 'no node answers', state.error ?? failure);
        } else {
            lastAnswer = Date.now();
            if (state.refused) throw state.refused;
            if (state.slot !== undefined) return { signature: signed.signature, slot: state.slot };
            if (state.isExpired) {
                throw new ClientError(
                    'expired',
                    `transaction ${signed.signature} did not land, and can't land any more`,
                );
            }
        }
        if (Date.now() - started > LONGEST_LIFE) {
            throw unknownFate(signed, `the nodes don't say it within ${LONGEST_LIFE / 60_000} minutes`, failure);
        }
        await sleep(PAUSE, signal);
    }
}

/** Sends the bytes to all nodes. Their answers decide nothing; an error quotes them only if nothing else is known. */
async function submit({ nodes }: Ledger, { wire }: SignedTransaction): Promise<unknown> {
    const config = { encoding: 'base64', maxRetries: 0n, skipPreflight: true } as const;
    const results = await Promise.allSettled(nodes.map(({ rpc }) => rpc.sendTransaction(wire, config).send()));
    return results.find((result) => result.status === 'rejected')?.reason;
}

type State = {
    /** The slot in which it was executed. */
    slot?: bigint;
    /** The error with which that ended. */
    refused?: RefusedTransaction;
    /** Whether it did not land and can't land any more. */
    isExpired: boolean;
};

/**
 * What the nodes know of a transaction. One node that has it is believed. That it failed, or never will land, is believed only
 * while no other node says anything else: one that differs may be behind, and is asked again.
 */
async function stateOf(ledger: Ledger, { lastValidBlockHeight, ours, signature }: SignedTransaction): Promise<State> {
    const answers = await ledger.askAll(async ({ rpc }) => {
        // The height first: a transaction that lands in between is found then.
        const height = await rpc.getBlockHeight({ commitment: 'confirmed' }).send();
        const isPast = height > lastValidBlockHeight;
        const config = { searchTransactionHistory: isPast };
        const { value } = await rpc.getSignatureStatuses([signature], config).send();
        return { isPast, status: value[0] };
    });
    const landed = answers.flatMap(({ node, value: { status } }) =>
        status && status.confirmationStatus !== 'processed' ? [{ node, status }] : [],
    );
    for (const { node, status } of landed) ledger.noteSlotOf(node, status.slot);
    const succeeded = landed.find(({ status }) => status.err === null);
    if (succeeded) return { slot: succeeded.status.slot, isExpired: false };
    const [failed] = landed;
    if (failed && landed.length === answers.length) {
        const { err, slot } = failed.status;
        const shown = await failed.node.rpc
            .getTransaction(signature, { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 })
            .send()
            .catch(() => null);
        const programError = programErrorOf(err, (index) => ours.includes(index));
        const logs = shown?.meta?.logMessages ?? [];
        return { slot, refused: new RefusedTransaction(signature, programError, err, logs), isExpired: false };
    }
    return { isExpired: answers.every(({ value }) => value.isPast && !value.status) };
}

function unknownFate({ signature }: SignedTransaction, reason: string, cause: unknown): ClientError {
    const what = `what became of transaction ${signature} is not known, because ${reason}`;
    return new ClientError('unknown', `${what}: ask again before doing the same once more`, { cause });
}
