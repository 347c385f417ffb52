// A wallet app on the page, as the worker asks it. Bytes pass through, and nothing else: what a wallet signed is checked in
// the worker, and keys are derived there.

import type {
    SolanaSignMessageFeature,
    SolanaSignMessageOutput,
    SolanaSignTransactionFeature,
    SolanaSignTransactionOutput,
} from '@solana/wallet-standard-features';
import type { IdentifierString, Wallet, WalletAccount } from '@wallet-standard/base';

/** An account as a wallet shows it. */
export type AccountView = {
    address: string;
    publicKey: Uint8Array;
    chains: readonly IdentifierString[];
    features: readonly IdentifierString[];
};

/** A wallet app, from the worker's side. */
export interface WalletBridge {
    /** The accounts that the wallet shows to this app now. */
    accounts(): Promise<AccountView[]>;
    /** Asks the wallet for a signature over bytes. */
    signMessage(address: string, message: Uint8Array): Promise<SolanaSignMessageOutput | undefined>;
    /** Asks the wallet to sign a transaction, in its wire format. */
    signTransaction(
        address: string,
        chain: IdentifierString,
        transaction: Uint8Array,
    ): Promise<SolanaSignTransactionOutput | undefined>;
}

const view = ({ address, publicKey, chains, features }: WalletAccount): AccountView => ({
    address,
    publicKey: Uint8Array.from(publicKey),
    chains: [...chains],
    features: [...features],
});

/** The bridge to a wallet of the Wallet Standard. */
export function bridgeTo(wallet: Wallet): WalletBridge {
    const present = (address: string): WalletAccount => {
        const account = wallet.accounts.find((one) => one.address === address);
        if (!account) throw new Error(`${wallet.name} no longer shows ${address}`);
        return account;
    };
    return {
        accounts: async () => wallet.accounts.map(view),
        signMessage: async (address, message) => {
            const feature = (wallet.features as SolanaSignMessageFeature)['solana:signMessage'];
            const [output] = await feature.signMessage({ account: present(address), message });
            return output;
        },
        signTransaction: async (address, chain, transaction) => {
            const feature = (wallet.features as SolanaSignTransactionFeature)['solana:signTransaction'];
            const [output] = await feature.signTransaction({ account: present(address), chain, transaction });
            return output;
        },
    };
}
