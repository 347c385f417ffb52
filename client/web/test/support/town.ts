// A local ledger and store, and people on it who use the Rust command line.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAMS =
    process.env.GENERION_PROGRAMS ?? fileURLToPath(new URL('../../../../../target/debug', import.meta.url));
const LAMPORTS = 1_000_000_000;

/** What a command printed. */
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
        private readonly folder: string,
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
    get networks(): unknown {
        return [{ name: 'Town', cluster: 'localnet', nodes: [this.up.rpc_url], stores: [this.up.store_url] }];
    }

    /** Gives an address a tenth of a SOL. */
    async fund(address: string): Promise<void> {
        const request = { jsonrpc: '2.0', id: 1, method: 'requestAirdrop', params: [address, LAMPORTS / 10] };
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(this.up.rpc_url, { method: 'POST', headers, body: JSON.stringify(request) });
        const { result } = (await answer.json()) as { result?: string };
        if (!result) throw new Error('the node gave no SOL');
    }

    /** Lets somebody with one of localnet's wallets run a command. Returns what it printed. */
    async does(role: string, ...words: string[]): Promise<Printed> {
        const wallet = this.up.wallets.find((one) => one.role === role);
        if (!wallet) throw new Error(`localnet has no ${role}`);
        const flags = ['--output', 'json', '--yes', '--allow-private-addresses', '--url', this.up.rpc_url];
        const own = ['--keypair', wallet.keypair, '--data-dir', join(this.folder, role)];
        const { stdout } = await promisify(execFile)(join(PROGRAMS, 'generion'), [...words, ...flags, ...own], {
            cwd: this.folder,
        });
        return JSON.parse(stdout);
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
