// Reads from all nodes that a user named, so that no single one of them can hide or change an account.

import {
    type Address,
    isSolanaError,
    type MaybeEncodedAccount,
    parseBase64RpcAccount,
    SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED,
} from '@solana/kit';
import { isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import type { Deployment } from '../crypto/deployment.js';
import { type Accounts, readMaybeAccount } from './accounts.js';
import { type LedgerNode, nodeAt } from './node.js';

/** An account on which nodes agree. */
export type Agreed<State> = {
    /** The account's contents; `undefined`: there is no account. */
    readonly state: State | undefined;
    /** The number of nodes that show exactly this. */
    readonly nodes: number;
    /** The lowest slot that those nodes had reached. */
    readonly slot: bigint;
};

/** What became of a question to a node. */
type Answer<State> =
    | { node: LedgerNode; state: State | undefined; data: Uint8Array; slot: bigint }
    | { node: LedgerNode; error: unknown };

/** How long nodes that differ, or lag, are asked again. */
export type Patience = {
    /** How often they are asked at most [default: 12]. */
    rounds?: number;
    /** Milliseconds between two rounds [default: 500, more than a slot takes]. */
    pause?: number;
};

/** The ledger, by the nodes that a user named. */
export class Ledger {
    /** The lowest slot that an answer may be of. */
    #minContextSlot = 0n;
    #checked: Promise<void> | undefined;
    readonly #ofCluster = new WeakSet<LedgerNode>();

    /**
     * @param deployment The program and the cluster, which the user chose.
     * @param nodes At least one. With two of different operators, neither can show an invented account unnoticed.
     */
    constructor(
        readonly deployment: Deployment,
        readonly nodes: readonly LedgerNode[],
        readonly patience: Patience = {},
    ) {
        if (nodes.length === 0) throw new RangeError('a ledger needs a node');
    }

    /** The ledger by nodes at these addresses. */
    static at(deployment: Deployment, urls: readonly string[]): Ledger {
        return new Ledger(deployment, urls.map(nodeAt));
    }

    /** The highest slot of a change that this client knows of. No answer from before it is accepted. */
    get minContextSlot(): bigint {
        return this.#minContextSlot;
    }

    /** Notes that a change happened in a slot, so that later reads include it. */
    noteSlot(slot: bigint): void {
        if (slot > this.#minContextSlot) this.#minContextSlot = slot;
    }

    /**
     * Makes sure, once, that every node that answers is on the deployment's cluster.
     *
     * @throws {ClientError} `wrong_cluster`; `no_node`: none of them answers.
     */
    async checkGenesis(): Promise<void> {
        this.#checked ??= this.compareGenesis();
        try {
            await this.#checked;
        } catch (error) {
            this.#checked = undefined;
            throw error;
        }
    }

    /** Whether a node is on the deployment's cluster. It is asked once. */
    async isOfCluster(node: LedgerNode): Promise<boolean> {
        if (this.#ofCluster.has(node)) return true;
        const isSame = (await node.rpc.getGenesisHash().send()) === this.deployment.genesis;
        if (isSame) this.#ofCluster.add(node);
        return isSame;
    }

    private async compareGenesis(): Promise<void> {
        const answers = await this.askAll((node) => this.isOfCluster(node));
        const wrong = answers.find(({ value }) => !value);
        if (wrong) {
            throw new ClientError(
                'wrong_cluster',
                `node ${wrong.node.name} is on another cluster than the one you chose`,
            );
        }
    }

    /**
     * Asks all nodes the same. Returns the answers of those that answer.
     *
     * @throws {ClientError} `no_node`: none of them answers; `cause` is an `AggregateError` of their errors.
     */
    async askAll<T>(ask: (node: LedgerNode) => Promise<T>): Promise<{ node: LedgerNode; value: T }[]> {
        const results = await Promise.allSettled(this.nodes.map(ask));
        const answers = results.flatMap((result, index) => {
            const node = this.nodes[index];
            return node && result.status === 'fulfilled' ? [{ node, value: result.value }] : [];
        });
        if (answers.length === 0) {
            const errors = results.map((result) => (result.status === 'rejected' ? result.reason : undefined));
            throw noNode(this.nodes, errors);
        }
        return answers;
    }

    /**
     * Reads an account from all nodes, and checks it as `readAccount` does. Nodes that lag are asked again. A node that shows
     * what can't be at this address, or does not answer, counts as silent.
     *
     * @throws {ClientError} `nodes_disagree`: they still show different things; `no_node`: all are silent.
     */
    async find<Name extends keyof Accounts>(kind: Name, address: Address): Promise<Agreed<Accounts[Name]>> {
        await this.checkGenesis();
        const { pause = 500, rounds = 12 } = this.patience;
        let slot = this.#minContextSlot;
        for (let round = 1; ; round += 1) {
            const answers = await Promise.all(this.nodes.map((node) => this.findAt(node, kind, address, slot)));
            const shown = answers.filter((answer) => 'data' in answer);
            const [first] = shown;
            const laggards = answers.filter((answer) => 'error' in answer && isBehind(answer.error));
            if (first && laggards.length === 0 && shown.every(({ data }) => isSame(data, first.data))) {
                const slots = shown.map(({ slot }) => slot);
                return {
                    state: first.state,
                    nodes: shown.length,
                    slot: slots.reduce((one, other) => (one < other ? one : other)),
                };
            }
            if (round >= rounds) {
                if (!first)
                    throw noNode(
                        this.nodes,
                        answers.map((answer) => ('error' in answer ? answer.error : undefined)),
                    );
                const isAgreed = shown.every(({ data }) => isSame(data, first.data));
                // Only nodes that stay behind are missing.
                if (isAgreed) return { state: first.state, nodes: shown.length, slot: first.slot };
                const names = shown.map(({ node }) => node.name).join(', ');
                throw new ClientError('nodes_disagree', `the nodes ${names} show different accounts at ${address}`);
            }
            if (!first && laggards.length === 0) {
                throw noNode(
                    this.nodes,
                    answers.map((answer) => ('error' in answer ? answer.error : undefined)),
                );
            }
            for (const answer of shown) if (answer.slot > slot) slot = answer.slot;
            await new Promise((resolve) => setTimeout(resolve, pause));
        }
    }

    /**
     * Reads an account that must exist: see {@link find}.
     *
     * @throws {ClientError} `not_found`; otherwise as {@link find}.
     */
    async get<Name extends keyof Accounts>(
        kind: Name,
        address: Address,
    ): Promise<Agreed<Accounts[Name]> & { state: Accounts[Name] }> {
        const { nodes, slot, state } = await this.find(kind, address);
        if (!state) throw new ClientError('not_found', `there is no ${kind} at ${address}`);
        return { nodes, slot, state };
    }

    private async findAt<Name extends keyof Accounts>(
        node: LedgerNode,
        kind: Name,
        address: Address,
        minContextSlot: bigint,
    ): Promise<Answer<Accounts[Name]>> {
        try {
            const { context, value } = await node.rpc
                .getAccountInfo(address, { commitment: 'confirmed', encoding: 'base64', minContextSlot })
                .send();
            const account: MaybeEncodedAccount = parseBase64RpcAccount(address, value);
            const read = await readMaybeAccount(kind, account, this.deployment.program);
            const data = account.exists ? Uint8Array.from(account.data) : new Uint8Array();
            return { node, state: read?.data, data, slot: context.slot };
        } catch (error) {
            return { node, error };
        }
    }
}

/** Whether a node has not reached the slot of the question. */
export const isBehind = (error: unknown) =>
    isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED);

function noNode(nodes: readonly LedgerNode[], errors: unknown[]): ClientError {
    const reasons = nodes.map(({ name }, index) => {
        const error = errors[index];
        return `${name}: ${error instanceof Error ? error.message : 'no answer'}`;
    });
    return new ClientError('no_node', `no node answers as it should (${reasons.join('; ')})`, {
        cause: new AggregateError(errors),
    });
}
