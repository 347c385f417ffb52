// Wallet apps: connected, and the source of their secrets, which is a signature or a key file.

import {
    ClientError,
    encryptionKeyLine,
    type FlowContext,
    findUserPda,
    KeyFile,
    nextKeyIndex,
    type Wallet,
    WalletKeys,
} from '@generion/client';
import type { Address } from '@solana/kit';
import { requireStrong } from '../account/strength.js';
import { Locked } from '../base/locked.js';
import type { WalletBridge } from '../wallets/wallet-bridge.js';
import type { AccountSummary } from './accounts.js';
import { bridgedWallet, signsText } from './bridged-wallet.js';
import { attestByMemo } from './memo-attestation.js';
import type { Session } from './session.js';

/** A wallet that was connected, and where its secrets come from. */
export type ConnectedWallet = {
    address: Address;
    /**
     * `signature`: they follow from a signature over `line`; `stored-file`: from a key file that this device has;
     * `file`: from a key file that has to be made or chosen, because this account signs no text.
     */
    source: 'signature' | 'stored-file' | 'file';
    /** The line that the wallet shows. */
    line: string;
};

type Connected = { wallet: Wallet; name: string; signsText: boolean };

/** Wallet apps as accounts. */
export class Wallets {
    #connected: Connected | undefined;

    constructor(private readonly session: Session) {}

    /**
     * Takes an account of a wallet app. Nothing is signed.
     *
     * @throws {ClientError} `account_changed`, `feature_missing`; those of reading from nodes.
     */
    async connect(bridge: WalletBridge, name: string, address: string): Promise<ConnectedWallet> {
        const context = await this.session.context();
        const { wallet, account } = await bridgedWallet(bridge, name, address, this.session.chain());
        this.#connected = { wallet, name, signsText: signsText(account) };
        const index = (await publishedIndex(context, wallet.address)) ?? 0;
        const isStored = (await this.storedFile(context, wallet.address)) !== undefined;
        return {
            address: wallet.address,
            source: isStored ? 'stored-file' : signsText(account) ? 'signature' : 'file',
            line: encryptionKeyLine(context.ledger.deployment, index),
        };
    }

    /**
     * Has the wallet sign, twice, the line from which its present key follows, or its first one.
     *
     * @throws {ClientError} `wallet_refused`, `account_changed`, `not_the_wallets`; `not_plain`, `not_deterministic`: a key
     * file has to take the signature's place.
     */
    async deriveKeys(): Promise<AccountSummary> {
        const { wallet } = this.connected();
        const context = await this.session.context();
        const keys = new WalletKeys(wallet);
        await keys.encryptionSecret(context.ledger.deployment, (await publishedIndex(context, wallet.address)) ?? 0);
        this.session.useWallet(wallet, keys);
        return this.summary();
    }

    /**
     * Makes a key file with the wallet's next key, and keeps it on this device. It is published later, once the person has
     * saved it somewhere else.
     *
     * @throws {AccountError} `short_passphrase`, `weak_passphrase`.
     */
    async makeKeyFile(passphrase: string): Promise<AccountSummary> {
        await requireStrong(passphrase);
        const { wallet } = this.connected();
        const context = await this.session.context();
        const file = new KeyFile(wallet.address, context.ledger.deployment);
        file.insert(await nextKeyIndex(context, wallet.address), KeyFile.randomSecret());
        return await this.takeKeyFile(context, file, await file.write(passphrase.normalize('NFC')));
    }

    /**
     * Opens a key file, or the one that this device has, and keeps it.
     *
     * @throws {ClientError} `wrong_passphrase`, `malformed`, `version_1`, `unknown_version`; `not_yours`,
     * `other_deployment`: it is another wallet's, or for another network.
     */
    async openKeyFile(passphrase: string, chosen?: string): Promise<AccountSummary> {
        const { wallet } = this.connected();
        const context = await this.session.context();
        const text = chosen ?? (await this.storedFile(context, wallet.address));
        if (text === undefined) throw new ClientError('malformed', 'there is no key file');
        const file = await KeyFile.read(text, passphrase.normalize('NFC'));
        const { genesis, program } = context.ledger.deployment;
        if (file.wallet !== wallet.address) {
            throw new ClientError('not_yours', `the key file is of wallet ${file.wallet}, not of ${wallet.address}`);
        }
        if (file.deployment.genesis !== genesis || file.deployment.program !== program) {
            throw new ClientError('other_deployment', 'the key file is for another network');
        }
        return await this.takeKeyFile(context, file, text);
    }

    /** The key file of the connected wallet, armored, to be saved elsewhere. */
    async keyFile(): Promise<string> {
        const text = await this.storedFile(await this.session.context(), this.session.unlocked().wallet.address);
        if (text === undefined) throw new Locked();
        return text;
    }

    private async takeKeyFile(context: FlowContext, file: KeyFile, text: string): Promise<AccountSummary> {
        const { wallet, signsText } = this.connected();
        const { deployment } = context.ledger;
        const database = await this.session.database();
        const transaction = database.transaction('wallets', 'readwrite');
        const stored = await transaction.store.get(wallet.address);
        await transaction.store.put({
            ...stored,
            address: wallet.address,
            keyFiles: { ...stored?.keyFiles, [nameOf(context)]: text },
        });
        await transaction.done;
        const attest = signsText
            ? undefined
            : async (attested: Parameters<typeof attestByMemo>[1]) => await attestByMemo(deployment, attested, wallet);
        this.session.useWallet(wallet, file, attest);
        return this.summary();
    }

    private connected(): Connected {
        if (!this.#connected) throw new Locked();
        return this.#connected;
    }

    private summary(): AccountSummary {
        const { wallet, name } = this.connected();
        return { address: wallet.address, isBackedUp: true, wallet: name };
    }

    private async storedFile(context: FlowContext, address: Address): Promise<string | undefined> {
        return (await (await this.session.database()).get('wallets', address))?.keyFiles[nameOf(context)];
    }
}

const nameOf = ({ ledger: { deployment } }: FlowContext) => `${deployment.genesis} ${deployment.program}`;

/** The index of the key that the wallet has on the ledger. A wrong one leads to a key that opens nothing. */
async function publishedIndex({ ledger }: FlowContext, wallet: Address): Promise<number | undefined> {
    const [user] = await findUserPda({ wallet }, { programAddress: ledger.deployment.program });
    return (await ledger.find('user', user)).state?.keyIndex;
}
