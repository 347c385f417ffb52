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
/** Blocks for which a block hash can be used. */
const LIFE = 150n;
/** Blocks that two nodes can be apart. */
const LAG = 50n;

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

/**
 * The newest block hash of a node, if another node knows it, and is at a height from which its last block follows. If no node
 * knows another's, as with one node, it is the first that a node shows.
 *
 * @throws {ClientError} `no_node`: no node shows one.
 */
export async function knownBlockhash(ledger: Ledger): Promise<BlockhashLifetime> {
    const answers = await ledger.askAll(latestBlockhashAt);
    const [first] = answers;
    const known = answers.map(async ({ node: from, value }) => {
        const others = ledger.nodes.filter((node) => node !== from);
        await Promise.any(others.map(async (node) => await requireKnownAt(ledger, node, value)));
        return value;
    });
    return await Promise.any(known).catch((error: unknown) => {
        if (!first) throw error;
        return first.value;
    });
}

/** Fails if a node does not know a block hash, or if it is at a height where the hash can't have been the newest. */
async function requireKnownAt(
    ledger: Ledger,
    node: LedgerNode,
    { blockhash, lastValidBlockHeight }: BlockhashLifetime,
): Promise<void> {
    if (!(await isValidAt(ledger, node, blockhash)))
        throw new Error(`${node.name} does not know block hash ${blockhash}`);
    const ask = (abortSignal: AbortSignal) =>
        node.rpc.getBlockHeight({ commitment: 'confirmed' }).send({ abortSignal });
    const expected = (await within(ANSWER_TIMEOUT, ask)) + LIFE;
    if (lastValidBlockHeight < expected - LAG || lastValidBlockHeight > expected + LAG) {
        throw new Error(`${node.name} is at another height`);
    }
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
