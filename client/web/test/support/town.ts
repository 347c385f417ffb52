// A local ledger and store, and people on it who use the Rust command line.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder of the Rust programs. */
export const PROGRAMS =
    process.env.GENERION_PROGRAMS ?? fileURLToPath(new URL('../../../../../target/debug', import.meta.url));
const FHIR = fileURLToPath(new URL('../../../../../fixtures/fhir/', import.meta.url));
const LAMPORTS = 1_000_000_000;

/** A FHIR document of the project's examples. */
export const fixture = (name: string): string => join(FHIR, name);

/** The output of a command. */
export type Printed = { [field: string]: Printed } & { toString(): string };

type Up = {
    rpc_url: string;
    store_url: string;
    gateway_url: string;
    wallets: { role: string; address: string; keypair: string }[];
};

/** `generion localnet`, on free ports. */
export class Town {
    private constructor(
        private readonly localnet: ChildProcess,
        /** The folder for files. */
        readonly folder: string,
        private readonly up: Up,
    ) {}

    /** Starts it. */
    static async found(): Promise<Town> {
        const folder = mkdtempSync(join(tmpdir(), 'generion-web-'));
        const ports = ['--port', '0', '--store-port', '0', '--gateway-port', '0', '--dir', join(folder, 'localnet')];
        const localnet = spawn(join(PROGRAMS, 'generion'), ['--output', 'json', 'localnet', ...ports], {
            stdio: ['ignore', 'pipe', 'inherit'],
        });
        process.once('exit', () => localnet.kill('SIGTERM'));
        let text = '';
        for await (const chunk of localnet.stdout) {
            text += chunk;
            if (text.endsWith('}\n')) break;
        }
        localnet.stdout.resume();
        return new Town(localnet, folder, JSON.parse(text));
    }

    /** The file of networks for an app on this ledger. */
    get networks(): object[] {
        return [{ name: 'Town', cluster: 'localnet', nodes: [this.up.rpc_url], stores: [this.up.store_url] }];
    }

    /** Gives an address some SOL. */
    async fund(address: string, sol = 0.1): Promise<void> {
        if (!(await this.ask('requestAirdrop', [address, sol * LAMPORTS]))) throw new Error('the node gave no SOL');
    }

    /** Lamports of an address, by the ledger. */
    async lamports(address: string): Promise<bigint> {
        const balance = (await this.ask('getBalance', [address, { commitment: 'confirmed' }])) as { value: number };
        return BigInt(balance.value);
    }

    /** Moves the ledger's clock forward, by a time such as `2h`. */
    async moveClock(by: string): Promise<void> {
        await promisify(execFile)(join(PROGRAMS, 'generion'), ['localnet', 'clock', by, '--url', this.up.rpc_url], {
            cwd: this.folder,
        });
    }

    /** The answer of the node. */
    private async ask(method: string, params: unknown[]): Promise<unknown> {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
        const answer = await fetch(this.up.rpc_url, { method: 'POST', headers, body });
        return ((await answer.json()) as { result?: unknown }).result;
    }

    /** Lets somebody with one of localnet's wallets run a command. Returns what it printed. */
    async does(role: string, ...words: string[]): Promise<Printed> {
        return await this.doesWith(this.walletOf(role).keypair, join(this.folder, role), ...words);
    }

    /** Lets somebody with a wallet's file and a folder of their own run a command. */
    async doesWith(keypair: string, data: string, ...words: string[]): Promise<Printed> {
        const flags = ['--output', 'json', '--yes', '--allow-private-addresses', '--url', this.up.rpc_url];
        const own = ['--keypair', keypair, '--data-dir', data];
        const { stdout } = await promisify(execFile)(join(PROGRAMS, 'generion'), [...words, ...flags, ...own], {
            cwd: this.folder,
        });
        return JSON.parse(stdout);
    }

    /** The address of one of localnet's wallets. */
    addressOf(role: string): string {
        return this.walletOf(role).address;
    }

    /** The file of one of localnet's wallets. */
    keypairOf(role: string): string {
        return this.walletOf(role).keypair;
    }

    private walletOf(role: string) {
        const wallet = this.up.wallets.find((one) => one.role === role);
        if (!wallet) throw new Error(`localnet has no ${role}`);
        return wallet;
    }

    /** The address of the node. */
    get rpcUrl(): string {
        return this.up.rpc_url;
    }

    /** The address of the gateway. */
    get gatewayUrl(): string {
        return this.up.gateway_url;
    }

    /** The address of the store. */
    get storeUrl(): string {
        return this.up.store_url;
    }

    /** Ends it, and removes its files. */
    async close(): Promise<void> {
        const ended = new Promise((resolve) => this.localnet.once('exit', resolve));
        this.localnet.kill('SIGINT');
        await ended;
        rmSync(this.folder, { recursive: true });
    }
}
