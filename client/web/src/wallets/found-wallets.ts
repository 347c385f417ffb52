// Wallet apps that this browser has, by the Wallet Standard.

import { getWallets } from '@wallet-standard/app';
import type { Wallet, WalletAccount } from '@wallet-standard/base';
import type { StandardConnectFeature } from '@wallet-standard/features';
import { oneLine } from '../render/plain-text.js';

const CONNECT = 'standard:connect';
const SIGN_TRANSACTION = 'solana:signTransaction';

/** The wallets for Solana that can be connected, now and whenever one more registers itself. Returns what stops that. */
export function watchWallets(onChange: (wallets: Wallet[]) => void): () => void {
    const { get, on } = getWallets();
    const tell = () => onChange(get().filter(isUsable));
    tell();
    const stops = [on('register', tell), on('unregister', tell)];
    return () => {
        for (const stop of stops) stop();
    };
}

const isUsable = ({ chains, features }: Wallet) =>
    CONNECT in features && chains.some((chain) => chain.startsWith('solana:'));

/** A wallet's name, which it chose itself. */
export const nameOf = ({ name }: Wallet): string => oneLine(name, 40);

/** Asks a wallet for its accounts. Those that can sign transactions of Solana come back: each is asked, not the wallet. */
export async function connectTo(wallet: Wallet): Promise<WalletAccount[]> {
    const { [CONNECT]: feature } = wallet.features as StandardConnectFeature;
    const { accounts } = await feature.connect();
    return accounts.filter(
        ({ chains, features }) =>
            features.includes(SIGN_TRANSACTION) && chains.some((chain) => chain.startsWith('solana:')),
    );
}
