/**
 * Wallets of the Wallet Standard, for the flows: `@generion/client/wallet-standard`. An app finds them with
 * `@wallet-standard/app` or a library of its own.
 */

export { type StandardWalletOptions, standardWallet } from './standard-wallet.js';
