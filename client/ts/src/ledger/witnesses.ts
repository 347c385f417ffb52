// Witnesses (docs/PROTOCOL.md, section 11): what decides about secrets or money, and no signature shows, is read from nodes
// of two operators that agree.

import { type Address, type MaybeEncodedAccount, parseBase64RpcAccount } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { toJson } from '../base/json.js';
import { sleep, within } from '../base/time.js';
import { GENESIS } from '../crypto/deployment.js';
import { type Accounts, readMaybeAccount } from './accounts.js';
import { CLOCK, type LedgerTime, machineTime, timeOf } from './clock.js';
import { isBehind, type Ledger } from './ledger.js';
import type { LedgerNode } from './node.js';

/** What enough nodes agree on. */
export type Witnessed<Value> = {
    /** What they say. */
    readonly value: Value;
    /** The slot that all of them have reached. */
    readonly slot: bigint;
    /** Their names. */
    readonly nodes: readonly string[];
    /** What time it is. */
    readonly time: LedgerTime;
};

/** How witnesses are asked. */
export type WitnessOptions = {
    /** How often nodes that differ, or lag, are asked at most [default: 90]. */
    rounds?: number;
    /** Milliseconds between two rounds [default: 500]. */
    pause?: number;
    /** This machine's time, in seconds since the Unix epoch. */
    now?: () => number;
    /** The lowest slot that an answer may be of [default: the ledger's for the node]. */
    minContextSlot?: bigint;
    /** Ends the wait. */
    signal?: AbortSignal | undefined;
};

/** Operators that have to agree. */
const OPERATORS = 2;
/** Milliseconds that a node may take for an answer. */
const ANSWER_TIMEOUT = 10_000;
/** Seconds that a node's clock may be behind this machine's. */
const STALENESS = 120n;
/** Seconds that two nodes' clocks may be apart. */
const TOLERANCE = 30n;
const PUBLIC: readonly string[] = [GENESIS['mainnet-beta'], GENESIS.devnet, GENESIS.testnet];

/** What a node says. */
export type Statement<Value> = { node: LedgerNode; slot: bigint; time: bigint; value: Value; text: string };

/** On this machine, and nobody's but its user's to lie with. */
export const isOwn = ({ deployment }: Ledger, node: LedgerNode) =>
    node.isOnThisMachine === true && !PUBLIC.includes(deployment.genesis);

/** Whether what these nodes say decides: those of two operators, one of the user's own, or one that the user trusts. */
export function suffice(ledger: Ledger, nodes: readonly LedgerNode[]): boolean {
    if (nodes.some((node) => isOwn(ledger, node) || node.isTrusted)) return true;
    return new Set(nodes.map(({ name, operator }) => operator ?? name)).size >= OPERATORS;
}

/**
 * Reads an account from all nodes, at `finalized`, from a slot that all of them have reached. (On a cluster that is not
 * public, nodes of this machine are read at `confirmed`.) `project` takes from it what has to be the same.
 *
 * @throws {ClientError} `nodes_disagree`: the error says what each node shows; `too_few_nodes`: two operators have to agree,
 * and fewer answer; `wrong_cluster`.
 */
export async function witnessed<Name extends keyof Accounts, Value>(
    ledger: Ledger,
    kind: Name,
    address: Address,
    project: (state: Accounts[Name] | undefined) => Value,
    options: WitnessOptions = {},
): Promise<Witnessed<Value>> {
    const question = {
        subject: `the ${kind} at ${address}`,
        addresses: [address],
        project: async ([account]: readonly MaybeEncodedAccount[]) => {
            const read = account && (await readMaybeAccount(kind, account, ledger.deployment.program));
            return project(read?.data);
        },
    };
    return await witnessedAccounts(ledger, question, options);
}

/** A question to witnesses. */
export type Question<Value> = {
    /** What it is about, for errors. */
    subject: string;
    /** The accounts, up to 99, which are read from one state. */
    addresses: readonly Address[];
    /** Takes from them what has to be the same. */
    project: (accounts: readonly MaybeEncodedAccount[]) => Value | Promise<Value>;
};

/**
 * As {@link witnessed}, with several accounts or such of other programs.
 *
 * @throws {ClientError} As {@link witnessed}.
 */
export async function witnessedAccounts<Value>(
    ledger: Ledger,
    question: Question<Value>,
    options: WitnessOptions = {},
): Promise<Witnessed<Value>> {
    let nodes = ledger.nodes;
    for (;;) {
        const { answers, said } = await rounds(ledger, nodes, question, options);
        if (said) return agreed(ledger, said, options);
        // A slot that nobody else reaches must not keep the others from agreeing.
        const others = withoutHighest(answers);
        if (!suffice(ledger, others)) throw tooFew(answers);
        nodes = others;
    }
}

/** Asks nodes until enough of them agree: what these say, or the last answers if too few reached the same slot. */
async function rounds<Value>(
    ledger: Ledger,
    nodes: readonly LedgerNode[],
    question: Question<Value>,
    options: WitnessOptions,
): Promise<{ answers: Answer<Value>[]; said?: Statement<Value>[] }> {
    const { pause = 500, rounds = 90, signal } = options;
    /** The slot that all of them have to have reached, once it is known. */
    let common: bigint | undefined;
    for (let round = 1; ; round += 1) {
        signal?.throwIfAborted();
        const answers = await Promise.all(nodes.map((node) => askWitness(ledger, node, question, options)));
        const said = answers.filter((answer) => 'text' in answer);
        const isWaited = answers.some((answer) => 'error' in answer && isBehind(answer.error));
        const isLast = round >= rounds;
        if (isEnough(ledger, said)) {
            common ??= highestSlot(said);
            const least = common;
            const reached = said.filter(({ slot }) => slot >= least);
            const isDecided = isEnough(ledger, reached) && (isLast || (reached.length === said.length && !isWaited));
            if (isDecided && isUnanimous(reached)) return { answers, said: reached };
            if (isDecided && (isLast || differAtOneSlot(reached))) throw contradiction(question, reached);
            if (isDecided) common = highestSlot(reached);
        } else if (!isWaited) {
            throw tooFew(answers);
        }
        if (isLast) return { answers };
        await sleep(pause, signal);
    }
}

/** What a witness says, or why it says nothing. */
export type Answer<Value> = Statement<Value> | { node: LedgerNode; error: unknown };

/**
 * Asks one node, once.
 *
 * @throws {ClientError} `wrong_cluster`.
 */
export async function askWitness<Value>(
    ledger: Ledger,
    node: LedgerNode,
    { addresses, project }: Question<Value>,
    { minContextSlot = ledger.minContextSlotOf(node), now = machineTime }: WitnessOptions = {},
): Promise<Answer<Value>> {
    const ask = async (abortSignal: AbortSignal) => {
        if (!(await ledger.isOfCluster(node))) throw otherCluster(node);
        const commitment = isOwn(ledger, node) ? 'confirmed' : 'finalized';
        return await node.rpc
            .getMultipleAccounts([...addresses, CLOCK], { commitment, encoding: 'base64', minContextSlot })
            .send({ abortSignal });
    };
    try {
        const { context, value: shown } = await within(ANSWER_TIMEOUT, ask);
        const accounts = [...addresses, CLOCK].map((address, index) =>
            parseBase64RpcAccount(address, shown[index] ?? null),
        );
        const clock = accounts.pop();
        if (!clock || shown.length !== addresses.length + 1) {
            throw new ClientError('malformed', 'it answers with another number of accounts');
        }
        const time = timeOf(clock);
        const behind = BigInt(now()) - time;
        if (behind > STALENESS && !isOwn(ledger, node)) {
            throw new ClientError('stale', `its state is ${behind} s old by this machine's clock`);
        }
        const value = await project(accounts);
        return { node, slot: context.slot, time, value, text: toJson(value) ?? 'nothing' };
    } catch (error) {
        if (error instanceof ClientError && error.code === 'wrong_cluster') throw error;
        return { node, error };
    }
}

const isEnough = (ledger: Ledger, said: readonly Statement<unknown>[]) =>
    suffice(
        ledger,
        said.map(({ node }) => node),
    );

const isUnanimous = (said: readonly Statement<unknown>[]) => said.every(({ text }) => text === said[0]?.text);

const differAtOneSlot = (said: readonly Statement<unknown>[]) =>
    said.some((one) => said.some((other) => one.slot === other.slot && one.text !== other.text));

const highestSlot = (said: readonly { slot: bigint }[]) =>
    said.reduce((highest, { slot }) => (slot > highest ? slot : highest), 0n);

/** The nodes that said something, but for those with the highest slot; with those that have not reached it. */
function withoutHighest(answers: readonly Answer<unknown>[]): LedgerNode[] {
    const highest = highestSlot(answers.filter((answer) => 'text' in answer));
    return answers.flatMap((answer) => ('text' in answer && answer.slot < highest ? [answer.node] : []));
}

function agreed<Value>(
    ledger: Ledger,
    said: readonly Statement<Value>[],
    { now = machineTime }: WitnessOptions,
): Witnessed<Value> {
    const times = said.map(({ time }) => time).sort((one, other) => (one < other ? -1 : 1));
    const [earliest = 0n, last = 0n] = [times[0], times.at(-1)];
    if (last - earliest > TOLERANCE) {
        throw new ClientError('nodes_disagree', `the clocks of ${namesOf(said)} are ${last - earliest} s apart`);
    }
    const slot = said.reduce((lowest, one) => (one.slot < lowest ? one.slot : lowest), said[0]?.slot ?? 0n);
    ledger.noteSlot(slot);
    const local = BigInt(now());
    const time = { earliest, latest: local > last ? local : last };
    return { value: said[0]?.value as Value, slot, nodes: said.map(({ node }) => node.name), time };
}

const namesOf = (said: readonly Statement<unknown>[]) => said.map(({ node }) => node.name).join(' and ');

const otherCluster = ({ name }: LedgerNode) =>
    new ClientError('wrong_cluster', `node ${name} is on another cluster than the one you chose`);

function contradiction(
    { subject }: Pick<Question<unknown>, 'subject'>,
    said: readonly Statement<unknown>[],
): ClientError {
    const words = said.map(({ node, slot, text }) => `${node.name} says at slot ${slot}: ${text.slice(0, 500)}`);
    return new ClientError('nodes_disagree', `the nodes contradict each other about ${subject}: ${words.join('; ')}`);
}

function tooFew(answers: readonly Answer<unknown>[]): ClientError {
    const words = answers.map((answer) => {
        if ('text' in answer) return `${answer.node.name} answers`;
        const { error } = answer;
        return `${answer.node.name}: ${error instanceof Error ? error.message : 'no answer'}`;
    });
    return new ClientError(
        'too_few_nodes',
        `nodes of ${OPERATORS} operators have to agree, and these are too few (${words.join('; ')}): add another node`,
    );
}
