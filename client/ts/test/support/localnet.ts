// A running `generion localnet`, people on it who act from TypeScript, and the Rust command line for the other side.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
    AccountRole,
    type Address,
    createKeyPairSignerFromBytes,
    createSolanaRpc,
    fetchEncodedAccount,
    getU32Encoder,
    getU64Encoder,
    type Instruction,
    type KeyPairSigner,
    signBytes,
} from '@solana/kit';
import {
    type Accounts,
    type Deployment,
    deploymentOn,
    eventsFromLogs,
    GENESIS,
    type GenerionEvent,
    Ledger,
    type SignBytes,
    sendTransaction,
} from '../../src/index.js';
import { packageFolder } from './vectors.js';

/** What `generion localnet` tells when it is up. */
type Up = {
    rpc_url: string;
    store_url: string;
    gateway_url: string;
    wallets: { role: string; address: string; keypair: string }[];
};

/** What a command of the Rust client printed. */
export type Printed = { [field: string]: Printed } & { toString(): string };

/** The folder of this build's programs: cargo's, unless `GENERION_PROGRAMS` names another. */
function program(name: string): string {
    const folder = process.env.GENERION_PROGRAMS ?? fileURLToPath(new URL('../../target/debug', packageFolder));
    const file = join(folder, name);
    if (!existsSync(file)) {
        throw new Error(
            `${file} is not there: \`cargo xtask test --only typescript\` builds it, or \`cargo build --workspace --bins\``,
        );
    }
    return file;
}

/** Somebody with a wallet. */
export class Person {
    /** Signs plain bytes, as deriving keys and the store's requests need it. */
    readonly sign: SignBytes;

    constructor(
        private readonly town: Town,
        readonly signer: KeyPairSigner,
        /** The wallet's file. */
        readonly keypair: string,
    ) {
        this.sign = (message) => signBytes(signer.keyPair.privateKey, message);
    }

    get address(): Address {
        return this.signer.address;
    }

    /** Runs a command of the Rust client, which must succeed. */
    async does(...words: string[]): Promise<Printed> {
        return await this.types('', ...words);
    }

    /** As {@link does}, with a text on its standard input. */
    async types(text: string, ...words: string[]): Promise<Printed> {
        const flags = ['--output', 'json', '--yes', '--allow-private-addresses'];
        const data = join(this.town.folder, 'data', this.address);
        const where = ['--url', this.town.rpcUrl, '--keypair', this.keypair, '--data-dir', data];
        // A file: Node's pipes are sockets, which a program can't open by the number of their descriptor.
        const input = join(mkdtempSync(join(this.town.folder, 'input-')), 'text');
        writeFileSync(input, text);
        const command = [program('generion'), ...words, ...flags, ...where];
        const { stdout } = await promisify(execFile)('sh', ['-c', 'exec "$@" <"$0"', input, ...command], {
            cwd: this.town.folder,
        });
        return JSON.parse(stdout);
    }
}

/** A local ledger and a document store, with everybody's wallets. */
export class Town {
    readonly rpcUrl: string;
    readonly storeUrl: string;
    readonly gatewayUrl: string;
    readonly ledger: Ledger;
    private readonly rpc;

    private constructor(
        private readonly localnet: ChildProcess,
        /** Where files go. */
        readonly folder: string,
        private readonly up: Up,
        /** The program on this ledger. */
        readonly deployment: Deployment,
    ) {
        this.rpcUrl = up.rpc_url;
        this.storeUrl = up.store_url;
        this.gatewayUrl = up.gateway_url;
        this.rpc = createSolanaRpc(up.rpc_url);
        this.ledger = Ledger.at(deployment, [up.rpc_url]);
    }

    /** Starts one on free ports. */
    static async found(): Promise<Town> {
        const folder = mkdtempSync(join(tmpdir(), 'generion-ts-'));
        const ports = ['--port', '0', '--store-port', '0', '--gateway-port', '0', '--dir', join(folder, 'localnet')];
        const localnet = spawn(program('generion'), ['--output', 'json', 'localnet', ...ports], {
            stdio: ['ignore', 'pipe', 'inherit'],
        });
        process.once('exit', () => localnet.kill('SIGTERM'));
        let text = '';
        for await (const chunk of localnet.stdout) {
            text += chunk;
            if (text.endsWith('}\n')) break;
        }
        localnet.stdout.resume();
        if (text === '') throw new Error('`generion localnet` ended before it was up');
        const up: Up = JSON.parse(text);
        const shown = await createSolanaRpc(up.rpc_url).getGenesisHash().send();
        if (shown !== GENESIS.localnet) throw new Error(`the node shows the genesis hash ${shown}`);
        return new Town(localnet, folder, up, deploymentOn(shown));
    }

    /** Ends it, and removes its files. */
    async close(): Promise<void> {
        const ended = new Promise((resolve) => this.localnet.once('exit', resolve));
        this.localnet.kill('SIGINT');
        await ended;
        rmSync(this.folder, { recursive: true });
    }

    /** One of localnet's funded wallets: patient, clinic, doctor or buyer. */
    async person(role: string): Promise<Person> {
        const wallet = this.up.wallets.find((one) => one.role === role);
        if (!wallet) throw new Error(`localnet has no ${role}`);
        const secret = Uint8Array.from(JSON.parse(readFileSync(wallet.keypair, 'utf8')));
        return new Person(this, await createKeyPairSignerFromBytes(secret), wallet.keypair);
    }

    /** Sends instructions and waits until they are confirmed: the program's events. The node simulates them first. */
    async send(payer: Person, ...instructions: Instruction[]): Promise<GenerionEvent[]> {
        return await this.submit(payer, instructions, false);
    }

    /** Sends what carries a secret: nobody sees it before it is on its way to the ledger. */
    async sendUnseen(payer: Person, ...instructions: Instruction[]): Promise<GenerionEvent[]> {
        return await this.submit(payer, instructions, true);
    }

    private async submit(payer: Person, instructions: Instruction[], isSecret: boolean): Promise<GenerionEvent[]> {
        const options = isSecret ? { computeUnitLimit: 200_000 } : {};
        const { signature } = await sendTransaction(this.ledger, payer.signer, instructions, options);
        const landed = await this.rpc
            .getTransaction(signature, {
                commitment: 'confirmed',
                encoding: 'json',
                maxSupportedTransactionVersion: 0,
            })
            .send();
        return eventsFromLogs(landed?.meta?.logMessages ?? []);
    }

    /** An account, from the ledger. */
    async read<Kind extends keyof Accounts>(kind: Kind, address: Address): Promise<Accounts[Kind]> {
        return (await this.ledger.get(kind, address)).state;
    }

    /** Whether there is no account at an address. */
    async isGone(address: Address): Promise<boolean> {
        return !(await fetchEncodedAccount(this.rpc, address, { commitment: 'confirmed' })).exists;
    }

    /** Sends lamports to an address. */
    async transfer(payer: Person, to: Address, lamports: bigint): Promise<void> {
        const [programAddress, transfer] = ['11111111111111111111111111111111' as Address, 2];
        const data = new Uint8Array([...getU32Encoder().encode(transfer), ...getU64Encoder().encode(lamports)]);
        const source = { address: payer.address, role: AccountRole.WRITABLE_SIGNER, signer: payer.signer };
        const accounts = [source, { address: to, role: AccountRole.WRITABLE }];
        await this.send(payer, { programAddress, accounts, data });
    }

    /** Moves the ledger's clock forward, by a time such as `2h`. */
    async moveClock(by: string): Promise<void> {
        await promisify(execFile)(program('generion'), ['localnet', 'clock', by, '--url', this.rpcUrl], {
            cwd: this.folder,
        });
    }

    /** Lamports of an address. */
    async lamports(address: Address): Promise<bigint> {
        const { value } = await this.rpc.getBalance(address, { commitment: 'confirmed' }).send();
        return value;
    }
}
