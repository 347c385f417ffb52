// A node in this process that shows what a test tells it to.

import { createSolanaRpcFromTransport, getBase58Encoder, type RpcTransport } from '@solana/kit';
import type { LedgerNode } from '../../src/index.js';
import { GENESIS } from '../../src/index.js';

/** An account that a node shows. */
export type ShownAccount = { owner: string; data: Uint8Array; lamports?: number };

/** The error of a node, as JSON-RPC has it. */
export type NodeError = { code: number; message: string; data?: unknown };

/** A status of a transaction, as a node tells it. */
export type ShownStatus = { slot: number; err: unknown; confirmationStatus: 'processed' | 'confirmed' | 'finalized' };

const CLOCK = 'SysvarC1ock11111111111111111111111111111111';

/** A node. Everything can be changed while it is used. */
export class FakeNode implements LedgerNode {
    /** The slot that it has reached. */
    slot = 100;
    /** The height of its newest block. */
    height = 100;
    genesis: string = GENESIS.localnet;
    /** Its newest block hash. */
    blockhash: string = GENESIS.devnet;
    isDown = false;
    readonly accounts = new Map<string, ShownAccount>();
    readonly statuses = new Map<string, ShownStatus>();
    /** Whether it shows every transaction as confirmed that it was sent. */
    confirmsAll = false;
    /** Whether a list has the accounts of the question alone. A lying node shows others, too. */
    heedsFilters = false;
    /** Whether it holds block hashes valid. */
    holdsValid = true;
    /** If set, the only block hashes that it holds valid. */
    knows: ReadonlySet<string> | undefined;
    /** What a simulation says. */
    simulation: { err: unknown; logs: string[]; unitsConsumed: number } = { err: null, logs: [], unitsConsumed: 5_000 };
    /** The methods that it was asked for, in order. */
    readonly asked: string[] = [];
    /** The transactions that it was shown without being sent them. */
    readonly simulated: string[] = [];
    /** The commitments at which it was asked for accounts, in order. */
    readonly commitments: string[] = [];
    /** The transactions that it was sent. */
    readonly sent: string[] = [];
    /** Shows this time, in seconds since the Unix epoch. */
    set time(seconds: number) {
        const data = new Uint8Array(40);
        new DataView(data.buffer).setBigInt64(32, BigInt(seconds), true);
        this.accounts.set(CLOCK, { owner: 'Sysvar1111111111111111111111111111111111111', data });
    }
    /** Runs before each answer. */
    before: (method: string) => void = () => undefined;
    /** Runs before each answer too, with the question; the answer waits for what it returns. */
    hold: (method: string, params: readonly unknown[]) => Promise<void> | undefined = () => undefined;
    readonly rpc;

    constructor(readonly name: string) {
        this.time = Math.floor(Date.now() / 1000);
        const transport: RpcTransport = async ({ payload }) => {
            const { id, method, params } = payload as { id: string; method: string; params: unknown[] };
            this.asked.push(method);
            this.before(method);
            await this.hold(method, params);
            if (this.isDown) throw new TypeError('fetch failed');
            const answer = this.answer(method, params);
            return { jsonrpc: '2.0', id, ...answer } as never;
        };
        this.rpc = createSolanaRpcFromTransport(transport) as LedgerNode['rpc'];
    }

    private answer(method: string, params: unknown[]): { result: unknown } | { error: NodeError } {
        const config = params.find((param) => typeof param === 'object' && param !== null && !Array.isArray(param));
        const { commitment, minContextSlot = 0 } = (config ?? {}) as { commitment?: string; minContextSlot?: number };
        // kit leaves out the default, which is `finalized`.
        if (method === 'getMultipleAccounts') this.commitments.push(commitment ?? 'finalized');
        if (minContextSlot > this.slot) {
            const message = 'Minimum context slot has not been reached';
            return { error: { code: -32016, message, data: { contextSlot: this.slot } } };
        }
        const context = { slot: this.slot };
        switch (method) {
            case 'getGenesisHash':
                return { result: this.genesis };
            case 'getAccountInfo': {
                const account = this.accounts.get(String(params[0]));
                return { result: { context, value: account ? inJson(account) : null } };
            }
            case 'getMultipleAccounts': {
                const value = (params[0] as string[]).map((address) => {
                    const account = this.accounts.get(address);
                    return account ? inJson(account) : null;
                });
                return { result: { context, value } };
            }
            case 'getProgramAccounts': {
                const { filters = [] } = (config ?? {}) as { filters?: Memcmp[] };
                const shown = [...this.accounts].filter(([, { data, owner }]) => {
                    const isMatch = owner === params[0] && filters.every((filter) => hasBytes(data, filter));
                    return isMatch || !this.heedsFilters;
                });
                return { result: shown.map(([pubkey, account]) => ({ pubkey, account: inJson(account) })) };
            }
            case 'getLatestBlockhash': {
                const value = { blockhash: this.blockhash, lastValidBlockHeight: this.height + 150 };
                return { result: { context, value } };
            }
            case 'isBlockhashValid':
                return { result: { context, value: this.knows?.has(String(params[0])) ?? this.holdsValid } };
            case 'getMinimumBalanceForRentExemption':
                return { result: 890_880 };
            case 'getTransaction':
                return { result: null };
            case 'getBlockHeight':
                return { result: this.height };
            case 'simulateTransaction':
                this.simulated.push(String(params[0]));
                return { result: { context, value: this.simulation } };
            case 'sendTransaction':
                this.sent.push(String(params[0]));
                return { result: 'sent' };
            case 'getSignatureStatuses': {
                const all = { slot: this.slot, err: null, confirmationStatus: 'confirmed' };
                const usual = this.confirmsAll && this.sent.length > 0 ? all : null;
                const value = (params[0] as string[]).map((signature) => this.statuses.get(signature) ?? usual);
                return { result: { context, value } };
            }
            default:
                return { error: { code: -32601, message: `no method ${method}` } };
        }
    }
}

type Memcmp = { memcmp: { offset: number; bytes: string } };

const hasBytes = (data: Uint8Array, { memcmp: { bytes, offset } }: Memcmp) =>
    [...getBase58Encoder().encode(bytes)].every((byte, index) => data[Number(offset) + index] === byte);

const inJson = ({ data, lamports = 1, owner }: ShownAccount) => ({
    data: [Buffer.from(data).toString('base64'), 'base64'],
    executable: false,
    lamports,
    owner,
    rentEpoch: 0,
    space: data.length,
});
