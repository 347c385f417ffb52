// A wallet of the Wallet Standard as the flows use one. It is another's program: what it signed is checked, and whether it is
// still of the same account.

import {
    type Address,
    address as checkedAddress,
    getTransactionDecoder,
    getTransactionEncoder,
    type TransactionModifyingSigner,
} from '@solana/kit';
import type { SolanaSignMessageFeature, SolanaSignTransactionFeature } from '@solana/wallet-standard-features';
import type { IdentifierString, Wallet as StandardWallet, WalletAccount } from '@wallet-standard/base';
import { addressBytes, copy, exactly } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { verifyStrictly } from '../crypto/ed25519.js';
import { COMPUTE_BUDGET } from '../transactions/budget.js';
import {
    decodeMessage,
    isSameInstruction,
    notAskedFor,
    type PlainMessage,
    resolveInstructions,
} from '../transactions/compiled.js';
import type { Wallet } from '../wallets/wallet.js';

const SIGN_MESSAGE = 'solana:signMessage';
const SIGN_TRANSACTION = 'solana:signTransaction';

/** A page's request to a wallet. */
export type StandardWalletOptions = {
    /** The cluster, such as `solana:mainnet` or `solana:devnet`. */
    chain: IdentifierString;
};

/** A transaction as kit's signers get it. */
type Signable = Parameters<TransactionModifyingSigner['modifyAndSignTransactions']>[0][number];

/**
 * An account of a wallet. Features are asked of the account, not of the wallet: one wallet may hold keys in software and on
 * a device that can do less.
 *
 * Each signature is checked. The wallet may add instructions to a transaction of its own, such as guards, but has to leave
 * those that it was asked to sign, the payer and the block hash.
 *
 * Signing fails with a `ClientError`: `wallet_refused`: the person declined, or the wallet failed; `account_changed`: the
 * wallet is no longer of this account; `not_the_wallets`: the signature is not the account's; `not_asked_for`: it signed
 * another transaction. Whether its signatures are plain and always the same, so that keys can be derived from them, shows
 * where they are derived: `not_plain`, `not_deterministic`.
 *
 * @throws {ClientError} `feature_missing`: the account can't sign transactions. One that can't sign messages can be used
 * with a key file: `signMessage` fails then with this code.
 */
export function standardWallet(wallet: StandardWallet, account: WalletAccount, options: StandardWalletOptions): Wallet {
    const address = checkedAddress(account.address);
    const present = () => presentAccount(wallet, address);
    if (!hasFeature(wallet, account, SIGN_TRANSACTION)) throw featureMissing(wallet, address, SIGN_TRANSACTION);
    return {
        address,
        isInteractive: true,
        signMessage: async (message) => await signMessage(wallet, present, address, copy(message)),
        signer: {
            address,
            modifyAndSignTransactions: async (transactions) => {
                const signed: Signable[] = [];
                // One after the other: a wallet asks its user for each.
                for (const transaction of transactions) {
                    signed.push(await signTransaction(wallet, present, address, transaction, options));
                }
                return signed as never;
            },
        } satisfies TransactionModifyingSigner,
    };
}

async function signMessage(
    wallet: StandardWallet,
    present: () => WalletAccount,
    address: Address,
    message: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
    const account = present();
    if (!hasFeature(wallet, account, SIGN_MESSAGE)) throw featureMissing(wallet, address, SIGN_MESSAGE);
    const feature = (wallet.features as SolanaSignMessageFeature)[SIGN_MESSAGE];
    const [output] = await asked(wallet, () => feature.signMessage({ account, message: copy(message) }));
    present();
    if (!output || (output.signatureType !== undefined && output.signatureType !== 'ed25519')) {
        throw new ClientError('not_the_wallets', `${wallet.name} gives no Ed25519 signature`);
    }
    const signature = exactly(copy(output.signature), 64, 'a signature');
    // An envelope is checked by whoever knows the line: some are accepted for attestations, none for keys.
    if (!verifyStrictly(signature, copy(output.signedMessage), addressBytes(address))) {
        throw new ClientError(
            'not_the_wallets',
            `${wallet.name} gives a signature that is not wallet ${address}'s: choose the account again`,
        );
    }
    return signature;
}

async function signTransaction(
    wallet: StandardWallet,
    present: () => WalletAccount,
    address: Address,
    transaction: Signable,
    { chain }: StandardWalletOptions,
): Promise<Signable> {
    const account = present();
    if (!hasFeature(wallet, account, SIGN_TRANSACTION)) throw featureMissing(wallet, address, SIGN_TRANSACTION);
    const feature = (wallet.features as SolanaSignTransactionFeature)[SIGN_TRANSACTION];
    const wire = copy(getTransactionEncoder().encode(transaction));
    const [output] = await asked(wallet, () => feature.signTransaction({ account, chain, transaction: wire }));
    present();
    const signed = decoded(output?.signedTransaction, wallet);
    requireAsked(decodeMessage(transaction.messageBytes), decodeMessage(signed.messageBytes));
    const signature = signed.signatures[address];
    if (!signature || !verifyStrictly(copy(signature), copy(signed.messageBytes), addressBytes(address))) {
        throw new ClientError(
            'not_the_wallets',
            `${wallet.name} did not sign the transaction with wallet ${address}: choose the account again`,
        );
    }
    // The signatures of others are over the message that they got. The block hash is the same, and so is its last block.
    return Object.freeze({ ...transaction, ...signed }) as Signable;
}

function decoded(bytes: Uint8Array | undefined, wallet: StandardWallet) {
    try {
        return getTransactionDecoder().decode(bytes ?? new Uint8Array());
    } catch (cause) {
        throw new ClientError('malformed', `${wallet.name} answers with no transaction`, { cause });
    }
}

/** The account as the wallet has it now. */
function presentAccount(wallet: StandardWallet, address: Address): WalletAccount {
    const account = wallet.accounts.find((one) => one.address === address);
    if (account) return account;
    const others = wallet.accounts.map((one) => one.address).join(', ') || 'none';
    throw new ClientError(
        'account_changed',
        `${wallet.name} no longer shows account ${address} to this app (but ${others}): choose it there, or connect again`,
    );
}

const hasFeature = (wallet: StandardWallet, { features }: WalletAccount, name: IdentifierString) =>
    features.includes(name) && name in wallet.features;

const featureMissing = (wallet: StandardWallet, address: Address, feature: string) =>
    new ClientError('feature_missing', `account ${address} of ${wallet.name} does not have ${feature}`);

/** What the wallet answers. Its own errors, such as that the person declined, have no form that is specified. */
async function asked<Output>(wallet: StandardWallet, ask: () => Promise<Output>): Promise<Output> {
    try {
        return await ask();
    } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new ClientError('wallet_refused', `${wallet.name} did not sign: ${reason}`, { cause });
    }
}

/**
 * Refuses a message that is not the one that was asked for, with nothing but instructions added. Limit and price of compute
 * units are the wallet's: it pays.
 */
function requireAsked(before: PlainMessage, after: PlainMessage): void {
    if (after.staticAccounts[0] !== before.staticAccounts[0]) {
        throw notAskedFor(`its fee payer is ${after.staticAccounts[0]}, not ${before.staticAccounts[0]}`);
    }
    if (after.lifetimeToken !== before.lifetimeToken) throw notAskedFor('it has another block hash');
    const rest = resolveInstructions(after);
    for (const [index, one] of resolveInstructions(before).entries()) {
        if (one.program === COMPUTE_BUDGET) continue;
        const at = rest.findIndex((other) => isSameInstruction(one, other));
        if (at < 0) throw notAskedFor(`it does not have instruction ${index + 1}, or not in its place`);
        rest.splice(0, at + 1);
    }
}
