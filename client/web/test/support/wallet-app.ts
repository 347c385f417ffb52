// A wallet app of the Wallet Standard for stories. Its window is this process: the page has a stub that asks here, where a
// real key signs, or does what bad wallets do.

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import {
    createKeyPairSignerFromPrivateKeyBytes,
    getTransactionDecoder,
    getTransactionEncoder,
    type KeyPairSigner,
    partiallySignTransaction,
    signBytes,
} from '@solana/kit';
import type { Page } from 'playwright-core';

/** The manners of a wallet that differ from a good one's. */
export type Manners = {
    name?: string;
    /** Features of its account. */
    features?: string[];
    /** Declines everything from the n-th request on, counted from 1. */
    refusesFrom?: number;
    /** Shows another account from the n-th request on. */
    changesAt?: number;
    /** Signs the same text differently each time. */
    isRandom?: boolean;
    /** Signs this in the place of a text. */
    envelope?: (message: Uint8Array) => Uint8Array;
    /** The number of its accounts. */
    accounts?: number;
};

type Asked = { kind: 'connect' | 'message' | 'transaction'; bytes: string; address: string };

const hex = (bytes: ArrayLike<number>) => Buffer.from(Uint8Array.from(bytes)).toString('hex');
const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

/** A wallet app with a real key. */
export class WalletApp {
    /** The content of its windows, in their order. */
    readonly asked: Asked[] = [];

    private constructor(
        readonly signers: KeyPairSigner[],
        private readonly seeds: Uint8Array[],
        readonly manners: Manners,
    ) {}

    /** A wallet app whose keys follow from a number. */
    static async of(seed: number, manners: Manners = {}): Promise<WalletApp> {
        const seeds = Array.from({ length: manners.accounts ?? 1 }, (_, index) =>
            new Uint8Array(32).fill(seed + index),
        );
        const signers = await Promise.all(seeds.map((bytes) => createKeyPairSignerFromPrivateKeyBytes(bytes)));
        return new WalletApp(signers, seeds, manners);
    }

    /** Its first address. */
    get address(): string {
        return String(this.signers[0]?.address);
    }

    /** Installs it in a page, from the next load on. */
    async installIn(page: Page): Promise<void> {
        await page.exposeFunction('walletAppWindow', async (asked: Asked) => await this.answer(asked));
        const accounts = this.signers.map(({ address }) => address);
        const features = this.manners.features ?? ['solana:signMessage', 'solana:signTransaction'];
        await page.addInitScript(stub, {
            name: this.manners.name ?? 'Test wallet',
            accounts,
            features,
            other: 'Vote111111111111111111111111111111111111111',
        });
    }

    private async answer(asked: Asked): Promise<{ signed?: string; signature?: string; changed?: boolean }> {
        this.asked.push(asked);
        const { changesAt, refusesFrom } = this.manners;
        const requests = this.asked.length;
        if (refusesFrom !== undefined && requests >= refusesFrom) throw new Error('User rejected the request.');
        const changed = changesAt !== undefined && requests >= changesAt;
        if (asked.kind === 'connect') return { changed };
        const index = this.signers.findIndex(({ address }) => address === asked.address);
        const [signer, seed] = [this.signers[index], this.seeds[index]];
        if (!signer || !seed) throw new Error('no such account');
        const bytes = unhex(asked.bytes);
        if (asked.kind === 'message') {
            const message = this.manners.envelope?.(bytes) ?? bytes;
            const signature = this.manners.isRandom
                ? randomSignature(seed, message)
                : await signBytes(signer.keyPair.privateKey, message);
            return { signed: hex(message), signature: hex(signature), changed };
        }
        const transaction = getTransactionDecoder().decode(bytes);
        const signed = await partiallySignTransaction([signer.keyPair], transaction as never);
        return { signed: hex(getTransactionEncoder().encode(signed)), changed };
    }
}

/** A valid signature with a nonce drawn at random: each is another one, as hardware that hedges makes them. */
function randomSignature(seed: Uint8Array, message: Uint8Array): Uint8Array {
    const { Point } = ed25519;
    const order = Point.Fn.ORDER;
    const number = (bytes: Uint8Array) => BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
    const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
    const nonce = (number(crypto.getRandomValues(new Uint8Array(32))) % (order - 1n)) + 1n;
    const commitment = Point.BASE.multiply(nonce).toBytes();
    const challenge = number(sha512(Buffer.concat([commitment, pointBytes, message]))) % order;
    const response = (nonce + challenge * scalar) % order;
    const low = unhex(response.toString(16).padStart(64, '0')).reverse();
    return Uint8Array.from([...commitment, ...low]);
}

type Setup = { name: string; accounts: string[]; features: string[]; other: string };

/** Runs in the page, before the app. */
function stub({ name, accounts, features, other }: Setup): void {
    type Answer = { signed: string; signature: string; changed: boolean };
    const { walletAppWindow } = window as unknown as { walletAppWindow: (asked: Asked) => Promise<Answer> };
    const toHex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const fromHex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const accountOf = (address: string) => ({
        address,
        publicKey: new Uint8Array(32),
        chains: ['solana:localnet'],
        features,
    });
    let shown: ReturnType<typeof accountOf>[] = [];
    const ask = async (asked: Asked) => {
        const answer = await walletAppWindow(asked);
        if (answer.changed) shown = [accountOf(other)];
        return answer;
    };
    const wallet = {
        version: '1.0.0',
        name,
        icon: 'data:image/png;base64,',
        chains: ['solana:localnet'],
        get accounts() {
            return shown;
        },
        features: {
            'standard:connect': {
                version: '1.0.0',
                connect: async () => {
                    await ask({ kind: 'connect', bytes: '', address: '' });
                    shown = accounts.map(accountOf);
                    return { accounts: shown };
                },
            },
            'standard:events': { version: '1.0.0', on: () => () => undefined },
            'solana:signMessage': {
                version: '1.1.0',
                signMessage: async ({ account, message }: { account: { address: string }; message: Uint8Array }) => {
                    const answer = await ask({ kind: 'message', bytes: toHex(message), address: account.address });
                    return [{ signedMessage: fromHex(answer.signed), signature: fromHex(answer.signature) }];
                },
            },
            'solana:signTransaction': {
                version: '1.0.0',
                supportedTransactionVersions: ['legacy', 0],
                signTransaction: async (input: { account: { address: string }; transaction: Uint8Array }) => {
                    const bytes = toHex(input.transaction);
                    const answer = await ask({ kind: 'transaction', bytes, address: input.account.address });
                    return [{ signedTransaction: fromHex(answer.signed) }];
                },
            },
        },
    };
    const register = ({ register }: { register: (wallet: unknown) => void }) => register(wallet);
    dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));
    addEventListener('wallet-standard:app-ready', (event) => register((event as CustomEvent).detail));
}
