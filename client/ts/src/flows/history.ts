// The history of an address, from the ledger's transactions. A node could invent the list of transactions and the events in
// their logs, so both are compared between nodes, and entries that only some nodes show alike are marked. Unlike the Rust
// client, this one replays nothing: a missing change shows only if nodes differ.

import type { Address, Signature } from '@solana/kit';
import type { GenerionEvent } from '../generated/index.js';
import { eventsFromLogs } from '../ledger/logs.js';
import type { LedgerNode } from '../ledger/node.js';
import type { FlowContext } from './context.js';

/** A transaction that concerned an address. */
export type HistoryEntry = {
    signature: Signature;
    slot: bigint;
    /** The time of its block in seconds since 1970, as a node says. */
    time: number | undefined;
    /** Whether it failed, and so changed nothing. Where nodes do not tell its outcome, it counts as not failed, without events. */
    hasFailed: boolean;
    /** The program's events that concern the address. Empty if the transaction failed, or its log can't be read. */
    events: GenerionEvent[];
    /** The signers, the fee payer first. */
    signers: Address[];
    /** Nodes that show its outcome, its log and its signers as it is here. A gateway is none. */
    shownBy: number;
};

/** The history of an address. */
export type History = {
    /** The latest first. */
    entries: HistoryEntry[];
    /** Nodes that answered. */
    nodes: number;
    /** Transactions that are listed, and that no node has any more. */
    missing: number;
    /** Whether there are older ones that were not read. */
    isCut: boolean;
};

/** Transactions of an address that are read at most. */
const MOST = 200;
/** Transactions that are read at the same time. */
const AT_A_TIME = 4;

type Listed = { signature: Signature; slot: bigint };

/**
 * Reads the history of an account of the program, even of one that was closed. The history of a record includes its shares.
 * A gateway helps to find transactions, and is believed in nothing else.
 *
 * @throws {ClientError} `no_node`, `wrong_cluster`.
 */
export async function readHistory(context: FlowContext, address: Address): Promise<History> {
    const { ledger } = context;
    await ledger.checkGenesis();
    context.onProgress?.({ activity: 'reading', done: 0, total: undefined });
    const own = await listed(context, address);
    const [entries, known] = [new Map<Signature, HistoryEntry>(), new Set([address])];
    let [missing, isCut] = [0, own.isCut];
    const read = async (list: readonly Listed[]) => {
        for (let first = 0; first < list.length; first += AT_A_TIME) {
            context.signal?.throwIfAborted();
            const some = list.slice(first, first + AT_A_TIME).filter(({ signature }) => !entries.has(signature));
            const found = await Promise.all(some.map((one) => entryOf(context, one, known)));
            for (const entry of found) {
                if (entry) entries.set(entry.signature, entry);
                else missing += 1;
            }
        }
    };
    await read(own.list);
    // The end of a share does not name its record.
    const shares = [...entries.values()].flatMap(({ events }) =>
        events.flatMap((event) => (event.name === 'RecordShared' ? [event.fields.share] : [])),
    );
    for (const share of new Set(shares)) {
        known.add(share);
        const ofShare = await listed(context, share);
        isCut ||= ofShare.isCut;
        await read(ofShare.list);
    }
    const sorted = [...entries.values()].sort((one, other) => Number(other.slot - one.slot));
    return { entries: sorted, nodes: own.nodes, missing, isCut };
}

/** The transactions of an address, as the nodes and the gateway list them. */
async function listed(context: FlowContext, address: Address) {
    const { ledger, gateway, signal } = context;
    const config = { commitment: 'confirmed', limit: MOST } as const;
    const answers = await ledger.askAll(({ rpc }) => rpc.getSignaturesForAddress(address, config).send());
    const all = new Map<Signature, Listed>();
    for (const { value } of answers) {
        for (const { signature, slot } of value.slice(0, MOST)) {
            all.set(signature, { signature, slot });
        }
    }
    // The nodes are asked for signatures that only the gateway names.
    const named = await gateway?.signaturesOf(address, signal).catch((error: unknown) => {
        signal?.throwIfAborted();
        if (!(error instanceof Error)) throw error;
        return [];
    });
    for (const signature of named ?? []) {
        if (!all.has(signature)) all.set(signature, { signature, slot: 0n });
    }
    const list = [...all.values()].sort((one, other) => Number(other.slot - one.slot)).slice(0, MOST);
    const isCut = all.size > MOST || answers.some(({ value }) => value.length >= MOST);
    return { list, nodes: answers.length, isCut };
}

/** A transaction as a node shows it. */
type Shown = { transaction: NonNullable<Awaited<ReturnType<typeof transactionAt>>>; content: string };

/**
 * A transaction, as most nodes show it; where as many show another one, as the first of them does. `undefined`: no node has it.
 */
async function entryOf(
    { ledger }: FlowContext,
    { signature }: Listed,
    known: ReadonlySet<Address>,
): Promise<HistoryEntry | undefined> {
    const asked = await Promise.all(ledger.nodes.map((node) => shownAt(node, signature)));
    const shown = asked.filter((one) => one !== undefined);
    const alike = ({ content }: Shown) => shown.filter((other) => other.content === content);
    const [first] = shown.sort((one, other) => alike(other).length - alike(one).length);
    if (!first) return undefined;
    const { blockTime, meta, slot, transaction } = first.transaction;
    const { accountKeys, header } = transaction.message;
    // Without the outcome, its success and its events are unknown.
    const hasFailed = meta !== null && meta.err !== null;
    const isReadable = meta !== null && !hasFailed;
    const events = isReadable ? eventsFromLogs(meta.logMessages ?? [], ledger.deployment.program) : [];
    return {
        signature,
        slot,
        time: blockTime === null || blockTime === undefined ? undefined : Number(blockTime),
        hasFailed,
        events: events.filter((event) => concerns(event, known)),
        signers: accountKeys.slice(0, header.numRequiredSignatures),
        shownBy: alike(first).length,
    };
}

/** A transaction at a node; `undefined`: it does not have it, or shows another than the one that was asked for. */
async function shownAt(node: LedgerNode, signature: Signature): Promise<Shown | undefined> {
    const transaction = await transactionAt(node, signature).catch(() => null);
    if (!transaction?.transaction.signatures.some((one) => String(one) === signature)) return undefined;
    const { meta, transaction: signed } = transaction;
    const compared = [meta && [meta.err, meta.logMessages], signed.message.accountKeys, signed.message.header];
    const content = JSON.stringify(compared, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    return { transaction, content };
}

const transactionAt = async ({ rpc }: LedgerNode, signature: Signature) =>
    await rpc
        .getTransaction(signature, { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 })
        .send();

/** Whether an event names one of some addresses, also in a list such as an order's records. */
function concerns({ fields }: GenerionEvent, known: ReadonlySet<Address>): boolean {
    const values = Object.values(fields as { [field: string]: unknown }).flat();
    return values.some((value) => typeof value === 'string' && known.has(value as Address));
}

/** The addresses in an event, with their names in it. */
export function addressesIn({ fields }: GenerionEvent): { role: string; address: Address }[] {
    return Object.entries(fields as { [field: string]: unknown }).flatMap(([role, value]) =>
        typeof value === 'string' ? [{ role, address: value as Address }] : [],
    );
}
