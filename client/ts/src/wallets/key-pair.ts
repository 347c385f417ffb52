// A wallet whose key is in this process: a device account, or a key pair of Node.

import { type KeyPairSigner, signBytes } from '@solana/kit';
import type { Wallet } from './wallet.js';

/** The wallet of a key pair. It signs without asking anybody. */
export const keyPairWallet = (signer: KeyPairSigner): Wallet => ({
    address: signer.address,
    signMessage: async (message) => await signBytes(signer.keyPair.privateKey, message),
    signer,
    isInteractive: false,
});
