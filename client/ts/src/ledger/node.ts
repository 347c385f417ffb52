// A node of the ledger, which may fail, lag or lie.

import { createSolanaRpc, type Rpc, type SolanaRpcApi } from '@solana/kit';

/** A node of the ledger. */
export type LedgerNode = {
    /** The node's name in errors. An address may hold a key to the node's service: don't use it as the name. */
    readonly name: string;
    /** The connection. */
    readonly rpc: Rpc<SolanaRpcApi>;
};

/** A node at an address. Its name is the host's. */
export function nodeAt(url: string): LedgerNode {
    return { name: new URL(url).host, rpc: createSolanaRpc(url) };
}
