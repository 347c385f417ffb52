// The attestation of a wallet that signs transactions alone: a memo in a transaction that can't land (docs/PROTOCOL.md,
// section 2).

import {
    type AttestedKey,
    ClientError,
    type Deployment,
    keyAttestationLine,
    type Wallet,
    wrapLine,
} from '@generion/client';
import type { Blockhash, Transaction, TransactionMessageBytes, TransactionModifyingSigner } from '@solana/kit';

/** The block hash of 32 zeros, which no block has. */
const NO_BLOCK = '11111111111111111111111111111111' as Blockhash;

/**
 * Has a wallet sign the memo that attests a key. Whoever publishes the key verifies the signature.
 *
 * @throws {ClientError} As the wallet's signer.
 */
export async function attestByMemo(
    deployment: Deployment,
    attested: AttestedKey,
    wallet: Wallet,
): Promise<Uint8Array<ArrayBuffer>> {
    const line = keyAttestationLine(deployment, attested);
    const message = wrapLine('memo', line, wallet.address, deployment.program);
    const transaction: Transaction = {
        messageBytes: message as unknown as TransactionMessageBytes,
        signatures: { [wallet.address]: null } as never,
    };
    const lifetimeConstraint = { blockhash: NO_BLOCK, lastValidBlockHeight: 0n };
    const signer = wallet.signer as TransactionModifyingSigner;
    const [signed] = await signer.modifyAndSignTransactions([{ ...transaction, lifetimeConstraint } as never]);
    const signature = signed?.signatures[wallet.address];
    if (!signature) throw new ClientError('not_the_wallets', `wallet ${wallet.address} did not sign the memo`);
    return Uint8Array.from(signature);
}
