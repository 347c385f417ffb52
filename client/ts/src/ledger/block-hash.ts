// Block hashes for new transactions, as enough nodes hold them valid: with another one, a transaction may never land,
// whatever the one node says that it came from.

import type { Blockhash } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { sleep, within } from '../base/time.js';
import type { Ledger } from './ledger.js';
import type { LedgerNode } from './node.js';
import { suffice } from './witnesses.js';

/** A block hash, and the height of the last block that can include a transaction with it. */
export type BlockhashLifetime = { blockhash: Blockhash; lastValidBlockHeight: bigint };

/** Milliseconds that a node may take for an answer. */
const ANSWER_TIMEOUT = 10_000;

/** The newest block hash of a node. */
export async function latestBlockhashAt({ rpc }: LedgerNode): Promise<BlockhashLifetime> {
    const ask = (abortSignal: AbortSignal) => rpc.getLatestBlockhash({ commitment: 'confirmed' }).send({ abortSignal });
    return (await within(ANSWER_TIMEOUT, ask)).value;
}

/**
 * A block hash that is valid at enough nodes, from the first of them that has one.
 *
 * @throws {ClientError} `too_few_nodes`: no node has one that enough others hold valid.
 */
export async function agreedBlockhash(ledger: Ledger): Promise<BlockhashLifetime> {
    const shown = await Promise.allSettled(ledger.nodes.map(latestBlockhashAt));
    for (const answer of shown) {
        if (answer.status === 'fulfilled' && (await isValid(ledger, answer.value.blockhash))) return answer.value;
    }
    const names = ledger.nodes.map(({ name }) => name).join(', ');
    throw new ClientError('too_few_nodes', `the nodes ${names} agree on no block hash for a transaction`);
}

async function isValid(ledger: Ledger, blockhash: Blockhash): Promise<boolean> {
    const answers = await Promise.all(
        ledger.nodes.map(async (node) => ((await isValidAt(ledger, node, blockhash)) ? [node] : [])),
    );
    return suffice(ledger, answers.flat());
}

async function isValidAt(ledger: Ledger, node: LedgerNode, blockhash: Blockhash): Promise<boolean> {
    const ask = async (abortSignal: AbortSignal) =>
        (await ledger.isOfCluster(node)) &&
        (await node.rpc.isBlockhashValid(blockhash, { commitment: 'confirmed' }).send({ abortSignal })).value;
    const { pause = 500, rounds = 12 } = ledger.patience;
    try {
        // A node that is a little behind does not know it yet.
        for (let round = 1; ; round += 1) {
            if (await within(ANSWER_TIMEOUT, ask)) return true;
            if (round >= rounds) return false;
            await sleep(pause);
        }
    } catch {
        // A silent node is no witness.
        return false;
    }
}
