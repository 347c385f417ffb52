// A node of the ledger, which may fail, lag or lie.

import {
    createDefaultRpcTransport,
    createSolanaRpcFromTransport,
    type Rpc,
    type RpcTransport,
    type SolanaRpcApi,
} from '@solana/kit';
import { within } from '../base/time.js';
import { isThisMachine, operatorOf } from './operators.js';

/** A node of the ledger. */
export type LedgerNode = {
    /** The node's name in errors. An address may hold a key to the node's service: don't use it as the name. */
    readonly name: string;
    /** The connection. */
    readonly rpc: Rpc<SolanaRpcApi>;
    /** Nodes of one operator count as one witness [default: the name]. */
    readonly operator?: string;
    /** Whether it is on this machine. On a cluster that is not public, it is a witness that suffices by itself then. */
    readonly isOnThisMachine?: boolean;
    /** Whether its user trusts this node alone, after reading what that means. */
    readonly isTrusted?: boolean;
};

/** A node at an address. Its name is the host's, and its operator the host's registered domain. */
export function nodeAt(url: string): LedgerNode {
    const { host, hostname } = new URL(url);
    return {
        name: host,
        rpc: createSolanaRpcFromTransport(patient(createDefaultRpcTransport({ url }))) as Rpc<SolanaRpcApi>,
        operator: operatorOf(hostname),
        isOnThisMachine: isThisMachine(hostname),
    };
}

/** Milliseconds that a node may take for an answer. */
const ANSWER_TIMEOUT = 60_000;

/** A node that accepts a question and never answers counts as one that does not answer. */
const patient =
    (transport: RpcTransport): RpcTransport =>
    async (request) =>
        await within(ANSWER_TIMEOUT, (signal) =>
            transport({ ...request, signal: request.signal ? AbortSignal.any([request.signal, signal]) : signal }),
        );
