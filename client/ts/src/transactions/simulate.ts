// Simulation: the effects that a transaction would have now. A node reads every transaction that it simulates, so never
// simulate one that carries a secret.

import {
    type Address,
    appendTransactionMessageInstructions,
    type Blockhash,
    compileTransaction,
    createTransactionMessage,
    getBase64EncodedWireTransaction,
    type Instruction,
    pipe,
    setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import type { Ledger } from '../ledger/ledger.js';
import { computeBudget, MAX_COMPUTE_UNITS } from './budget.js';
import { programErrorOf, RefusedTransaction } from './refused.js';

/** Positions of this program's instructions, by which an error is recognised. */
export const ourInstructions = ({ deployment }: Ledger, instructions: readonly Instruction[]): number[] =>
    instructions.flatMap(({ programAddress }, index) => (programAddress === deployment.program ? [index] : []));

/** The message of a transaction that nobody signs: for simulation, and to measure it. */
export function messageOf(feePayer: Address, instructions: readonly Instruction[], price = 0n) {
    const blockhash = '11111111111111111111111111111111' as Blockhash;
    return pipe(
        createTransactionMessage({ version: 'legacy' }),
        (empty) => ({ ...empty, feePayer: { address: feePayer } }),
        (paid) => setTransactionMessageLifetimeUsingBlockhash({ blockhash, lastValidBlockHeight: 0n }, paid),
        (timed) =>
            appendTransactionMessageInstructions([...instructions, ...computeBudget(MAX_COMPUTE_UNITS, price)], timed),
    );
}

/**
 * The compute units that a transaction would use now, with a margin. One node that lets it pass is enough, so that none can
 * keep it from being sent. Never simulate what carries a secret.
 *
 * @throws {RefusedTransaction} The ledger would refuse it.
 * @throws {ClientError} `no_node`, `wrong_cluster`.
 */
export async function simulateTransaction(
    ledger: Ledger,
    feePayer: Address,
    instructions: readonly Instruction[],
    price = 0n,
): Promise<number> {
    await ledger.checkGenesis();
    const wire = getBase64EncodedWireTransaction(compileTransaction(messageOf(feePayer, instructions, price)));
    const answers = await ledger.askAll(async ({ rpc }) => {
        const { value } = await rpc
            .simulateTransaction(wire, {
                commitment: 'confirmed',
                encoding: 'base64',
                replaceRecentBlockhash: true,
                sigVerify: false,
            })
            .send();
        return value;
    });
    const passed = answers.flatMap(({ value }) => (value.err === null ? [unitsOf(value.unitsConsumed)] : []));
    const [first] = answers;
    if (passed.length === 0 && first) {
        const { err, logs } = first.value;
        const ours = ourInstructions(ledger, instructions);
        throw new RefusedTransaction(
            undefined,
            programErrorOf(err, (index) => ours.includes(index)),
            err,
            logs ?? [],
        );
    }
    const used = Math.max(...passed);
    return Math.min(MAX_COMPUTE_UNITS, Math.ceil(used + Math.max(used / 10, 1_000)));
}

/** The compute units that a node says: no more than there can be. */
const unitsOf = (said: bigint | undefined): number =>
    typeof said === 'bigint' && said >= 0n && said < MAX_COMPUTE_UNITS ? Number(said) : MAX_COMPUTE_UNITS;
