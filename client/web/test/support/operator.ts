// An operator whose gateway pays for people without SOL: the gateway and the signer as anybody runs them.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ed25519 } from '@noble/curves/ed25519.js';
import { getAddressDecoder } from '@solana/kit';
import { PROGRAMS, type Town } from './town.js';

/** A running gateway with its signer. */
export class Operator {
    private constructor(
        private readonly running: readonly ChildProcess[],
        /** The gateway's address. */
        readonly url: string,
        /** The wallet that pays. */
        readonly wallet: string,
    ) {}

    /** Starts both in a town. The wallet has 1 SOL; keys and verifications are paid for, up to so many lamports a day. */
    static async in(town: Town, lamportsADay: number): Promise<Operator> {
        const folder = join(town.folder, 'operator');
        mkdirSync(folder);
        const place = (name: string) => join(folder, name);
        const toml = (name: string) => JSON.stringify(place(name));
        const { secretKey, publicKey } = ed25519.keygen();
        const wallet = getAddressDecoder().decode(publicKey);
        writeFileSync(place('wallet.json'), JSON.stringify([...secretKey, ...publicKey]), { mode: 0o600 });
        const allow = (instruction: string) => `[[sponsor.allow]]\ninstruction = "${instruction}"\nwallets = "all"\n`;
        writeFileSync(
            place('signer.toml'),
            `socket = ${toml('signer.sock')}\nsocket_mode = "0600"\nstate = ${toml('state')}\n` +
                `fee_payer = ${toml('wallet.json')}\n[sponsor]\nlamports_a_day = ${lamportsADay}\n` +
                `lamports_a_day_per_wallet = ${lamportsADay}\n` +
                allow('set_encryption_key') +
                allow('verify_record'),
        );
        writeFileSync(
            place('gateway.toml'),
            `listen = "127.0.0.1:0"\ndatabase = ${JSON.stringify(`sqlite:${place('index.sqlite')}`)}\n` +
                `cluster = "localnet"\nnodes = [${JSON.stringify(town.rpcUrl)}]\n` +
                `[signer]\nsocket = ${toml('signer.sock')}\n`,
        );
        await town.fund(wallet, 1);
        const signer = await start('generion-signer', 'serve', '--exit-with-stdin', '--config', place('signer.toml'));
        const gateway = await start('generion-gateway', 'serve', '--config', place('gateway.toml'));
        return new Operator([gateway.program, signer.program], gateway.listensOn, wallet);
    }

    /** Ends both. */
    async stop(): Promise<void> {
        for (const program of this.running) {
            const ended = new Promise((resolve) => program.once('exit', resolve));
            program.kill('SIGTERM');
            await ended;
        }
    }
}

/** Starts a program, and waits until it says where it listens. */
async function start(name: string, ...words: string[]): Promise<{ program: ChildProcess; listensOn: string }> {
    const program = spawn(join(PROGRAMS, name), words, {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, RUST_LOG: 'error' },
    });
    process.once('exit', () => program.kill('SIGTERM'));
    for await (const line of createInterface(program.stdout)) {
        const listensOn = line.match(/^listening on (.*)$/)?.[1];
        if (!listensOn) continue;
        program.stdout.resume();
        return { program, listensOn };
    }
    throw new Error(`${name} ended before it listened`);
}
