// A wallet app as the flows use one. It is on the page; its signatures are checked here.

import { ClientError, type Wallet } from '@generion/client';
import { standardWallet } from '@generion/client/wallet-standard';
import type { IdentifierString, Wallet as StandardWallet, WalletAccount } from '@wallet-standard/base';
import type { AccountView, WalletBridge } from '../wallets/wallet-bridge.js';

/** Whether an account signs text. */
export const signsText = ({ features }: AccountView): boolean => features.includes('solana:signMessage');

/**
 * An account of a wallet app. Which accounts the wallet shows is asked before each signature and after it.
 *
 * @throws {ClientError} `account_changed`; `feature_missing`: the account can't sign transactions.
 */
export async function bridgedWallet(
    bridge: WalletBridge,
    name: string,
    address: string,
    chain: IdentifierString,
): Promise<{ wallet: Wallet; account: AccountView }> {
    let accounts = await bridge.accounts();
    const refresh = async () => {
        accounts = await bridge.accounts();
    };
    const signed = async <Output>(output: Output | undefined): Promise<Output[]> => {
        await refresh();
        return output === undefined ? [] : [output];
    };
    const standard: StandardWallet = {
        version: '1.0.0',
        name,
        icon: 'data:image/png;base64,',
        chains: [chain],
        get accounts() {
            return accounts as readonly WalletAccount[];
        },
        features: {
            'solana:signMessage': {
                version: '1.1.0',
                signMessage: async ({ message }: { message: Uint8Array }) =>
                    await signed(await bridge.signMessage(address, message)),
            },
            'solana:signTransaction': {
                version: '1.0.0',
                supportedTransactionVersions: ['legacy', 0],
                signTransaction: async ({ transaction }: { transaction: Uint8Array }) =>
                    await signed(await bridge.signTransaction(address, chain, transaction)),
            },
        },
    };
    const account = accounts.find((one) => one.address === address);
    if (!account) throw new ClientError('account_changed', `${name} no longer shows ${address}`);
    const { signer, signMessage, ...rest } = standardWallet(standard, account as WalletAccount, { chain });
    if (!('modifyAndSignTransactions' in signer)) throw new TypeError('the signer of a wallet app modifies');
    const wallet: Wallet = {
        ...rest,
        signMessage: async (message) => {
            await refresh();
            return await signMessage(message);
        },
        signer: {
            ...signer,
            modifyAndSignTransactions: async (transactions, config) => {
                await refresh();
                return await signer.modifyAndSignTransactions(transactions, config);
            },
        },
    };
    return { wallet, account };
}
