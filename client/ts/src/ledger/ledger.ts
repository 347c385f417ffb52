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
import { sleep } from '../base/time.js';
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

/** A node's answer, or its failure to answer. */
type Answer<State> = Shown<State> | { node: LedgerNode; error: unknown };

/** The account that a node shows. */
type Shown<State> = { node: LedgerNode; state: State | undefined; data: Uint8Array; slot: bigint };

/** How long nodes that differ, or lag, are asked again. */
export type Patience = {
    /** How often they are asked at most [default: 12]. */
    rounds?: number;
    /** Milliseconds between two rounds [default: 500, more than a slot takes]. */
    pause?: number;
};

/** The ledger, by the nodes that a user named. */
export class Ledger {
    /** The lowest slot that any answer may be of. */
    #minContextSlot = 0n;
    /** The lowest slots that answers of single nodes may be of. */
    readonly #minContextSlots = new WeakMap<LedgerNode, bigint>();
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

    /** The lowest slot that an answer of a node may be of: the client knows of a change in it. */
    minContextSlotOf(node: LedgerNode): bigint {
        return later(this.#minContextSlot, this.#minContextSlots.get(node) ?? 0n);
    }

    /** Notes a slot that enough nodes have reached. No node's answer from before it is accepted from now on. */
    noteSlot(slot: bigint): void {
        this.#minContextSlot = later(this.#minContextSlot, slot);
    }

    /**
     * Notes a slot that one node told of, such as that of a transaction, so that this node's later answers include it. It is
     * no minimum for other nodes: a liar could silence them with a slot that nobody reaches.
     */
    noteSlotOf(node: LedgerNode, slot: bigint): void {
        this.#minContextSlots.set(node, later(this.#minContextSlots.get(node) ?? 0n, slot));
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
     * Reads an account from all nodes, and checks it as `readAccount` does. Nodes that lag or differ are asked again. A node
     * that shows what can't be at this address, or never answers, counts as silent.
     *
     * @throws {ClientError} `nodes_disagree`: they still show different things; `no_node`: all are silent.
     */
    async find<Name extends keyof Accounts>(kind: Name, address: Address): Promise<Agreed<Accounts[Name]>> {
        await this.checkGenesis();
        const { pause = 500, rounds = 12 } = this.patience;
        // What each node showed last. One that contradicted the others does not cease to when it falls silent, and a slot
        // that one node names is no minimum for the others: otherwise a liar could silence them.
        const shown = new Map<LedgerNode, Shown<Accounts[Name]>>();
        for (let round = 1; ; round += 1) {
            const answers = await Promise.all(
                this.nodes.map((node) => this.findAt(node, kind, address, shown.get(node)?.slot)),
            );
            for (const answer of answers) if ('data' in answer) shown.set(answer.node, answer);
            const said = [...shown.values()];
            const [first] = said;
            const isAgreed = first !== undefined && said.every(({ data }) => isSame(data, first.data));
            const isWaited = answers.some((answer) => 'error' in answer && isBehind(answer.error));
            const isLast = round >= rounds;
            if (isAgreed && (isLast || !isWaited)) {
                const slot = said.reduce((lowest, one) => (one.slot < lowest ? one.slot : lowest), first.slot);
                return { state: first.state, nodes: said.length, slot };
            }
            if (isLast && first) {
                const names = said.map(({ node }) => node.name).join(', ');
                throw new ClientError('nodes_disagree', `the nodes ${names} show different accounts at ${address}`);
            }
            if (!first && (isLast || !isWaited)) {
                throw noNode(
                    this.nodes,
                    answers.map((answer) => ('error' in answer ? answer.error : undefined)),
                );
            }
            await sleep(pause);
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
        shownSlot = 0n,
    ): Promise<Answer<Accounts[Name]>> {
        try {
            const minContextSlot = later(shownSlot, this.minContextSlotOf(node));
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

const later = (one: bigint, other: bigint) => (one > other ? one : other);

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
