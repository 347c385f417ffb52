// The fee account of this device for a wallet app: a key of its own, which pays settlements. A browser keeps the key and does
// not give it out, so nobody can copy it, and it is lost with the device.

import { keyPairWallet, type Wallet } from '@generion/client';
import { type Address, createSignerFromKeyPair } from '@solana/kit';
import type { Database } from '../storage/database.js';

/** The fee account for a wallet. It is made the first time. */
export async function feeAccountOf(database: Database, wallet: Address): Promise<Wallet> {
    const known = (await database.get('wallets', wallet))?.feeAccount;
    if (known) return keyPairWallet(await createSignerFromKeyPair(known));
    const made = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
    // Another tab may have made one meanwhile: the first one stays.
    const transaction = database.transaction('wallets', 'readwrite');
    const stored = await transaction.store.get(wallet);
    const feeAccount = stored?.feeAccount ?? made;
    await transaction.store.put({ keyFiles: {}, ...stored, address: wallet, feeAccount });
    await transaction.done;
    return keyPairWallet(await createSignerFromKeyPair(feeAccount));
}
