// What the operator of a gateway pays for, so that a patient without SOL can publish a key and verify records. The gateway
// builds, and is believed nothing: this client builds the same instructions itself and compares. Whether a transaction landed
// is read from the ledger.

import { bytesToHex } from '@noble/hashes/utils.js';
import {
    type Address,
    createNoopSigner,
    getBase58Decoder,
    isTransactionModifyingSigner,
    isTransactionPartialSigner,
    type Transaction,
    type TransactionWithBlockhashLifetime,
} from '@solana/kit';
import { isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { sleep } from '../base/time.js';
import type { Gateway } from '../gateway/gateway.js';
import { GatewayError } from '../gateway/gateway-error.js';
import type { Wallet } from '../wallets/wallet.js';
import { verifyRecord } from './check.js';
import type { FlowContext } from './context.js';
import { keyInstruction, type PublishedKey } from './own-key.js';
import { userOf } from './recipient.js';

/** The context of what a gateway's operator pays for. */
export type SponsoredContext = Pick<FlowContext, 'ledger' | 'signal'> & { gateway: Gateway };

/** An unsigned transaction that is the one that was asked for. */
type Checked = Transaction & TransactionWithBlockhashLifetime;

/** Milliseconds between two looks at the ledger. */
const PAUSE = 1_000;
/** Milliseconds: longer than any block hash lives. */
const LONGEST_LIFE = 180_000;

/**
 * Publishes a key that its wallet attested, at the cost of the gateway's operator.
 *
 * @throws {ClientError} `not_asked_for`, `malformed`: the gateway built something else, and nothing was signed; `refused`:
 * the ledger refused it; `expired`: it did not land; `unknown`: the ledger does not show it, and it may still land.
 * @throws {GatewayError} The gateway refused: `sponsoring_off`, `sponsor_refused` and others.
 */
export async function publishKeySponsored(
    context: SponsoredContext,
    wallet: Wallet,
    { index, key, attestation }: Pick<PublishedKey, 'index' | 'key' | 'attestation'>,
): Promise<void> {
    const { gateway, ledger, signal } = context;
    await ledger.checkGenesis();
    const encryptionKey = key.toBytes();
    const user = await userOf({ ledger }, wallet.address);
    const body = { encryption_key: bytesToHex(encryptionKey), attestation: getBase58Decoder().decode(attestation) };
    const instructions = (payer: Address) => [
        keyInstruction(ledger.deployment, {
            wallet: createNoopSigner(wallet.address),
            payer: createNoopSigner(payer),
            user,
            keyIndex: index,
            encryptionKey,
            attestation,
        }),
    ];
    const ask = [wallet.address, instructions, signal] as const;
    const transaction =
        index === 0
            ? await gateway.buildSponsored('/users', { ...body, wallet: wallet.address }, ...ask)
            : await gateway.buildSponsored(`/users/${wallet.address}/key`, { ...body, key_index: index }, ...ask);
    await signAndFollow(context, wallet, transaction, async () => {
        const { state } = await ledger.find('user', user);
        return state?.keyIndex === index && isSame(state.encryptionKey, encryptionKey);
    });
}

/**
 * Verifies a record that was checked, at the cost of the gateway's operator.
 *
 * @throws {ClientError} As {@link publishKeySponsored}.
 * @throws {GatewayError} As {@link publishKeySponsored}.
 */
export async function verifyRecordSponsored(
    context: SponsoredContext,
    wallet: Wallet,
    { address }: { address: Address },
): Promise<void> {
    const { gateway, ledger, signal } = context;
    await ledger.checkGenesis();
    const signer = createNoopSigner(wallet.address);
    const { instructions } = verifyRecord(context as FlowContext, { wallet: { ...wallet, signer } }, { address });
    const transaction = await gateway.buildSponsored(
        `/records/${address}/verify`,
        { owner: wallet.address },
        wallet.address,
        () => instructions,
        signal,
    );
    await signAndFollow(context, wallet, transaction, async () => {
        const { state } = await ledger.find('record', address);
        return state !== undefined && state.verified !== 0;
    });
}

/** Signs a checked transaction, has the gateway send it, and waits until the ledger shows what it does. */
async function signAndFollow(
    { gateway, ledger, signal }: SponsoredContext,
    wallet: Wallet,
    transaction: Checked,
    isDone: () => Promise<boolean>,
): Promise<void> {
    const signed = await signedBy(wallet, transaction);
    const { lastValidBlockHeight } = transaction.lifetimeConstraint;
    const failure = await send(gateway, signed, signal);
    const started = Date.now();
    for (;;) {
        // The height first: what lands in between is found then.
        const heights = await ledger.askAll(({ rpc }) => rpc.getBlockHeight({ commitment: 'confirmed' }).send());
        if (await isDone()) return;
        if (failure !== undefined) throw new ClientError('refused', `the ledger refused the transaction: ${failure}`);
        if (heights.every(({ value }) => value > lastValidBlockHeight)) {
            throw new ClientError('expired', "the transaction did not land, and can't land any more");
        }
        if (signal?.aborted || Date.now() - started > LONGEST_LIFE) {
            throw new ClientError('unknown', 'the ledger does not show the transaction, and it may still land');
        }
        await sleep(PAUSE, signal);
    }
}

/** With the signature of the wallet. That of the operator is missing. */
async function signedBy({ address, signer }: Wallet, transaction: Checked): Promise<Transaction> {
    if (isTransactionModifyingSigner(signer)) {
        const [signed] = await signer.modifyAndSignTransactions([transaction as never]);
        if (signed) return signed;
    } else if (isTransactionPartialSigner(signer)) {
        const [signatures] = await signer.signTransactions([transaction as never]);
        if (signatures) return { ...transaction, signatures: { ...transaction.signatures, ...signatures } };
    }
    throw new ClientError('wallet_refused', `wallet ${address} signs no transaction for somebody else to send`);
}

/**
 * Sends a transaction. Returns why it failed, if the gateway says that; `undefined`: it landed, or may land.
 *
 * @throws {GatewayError} The gateway refused it, and it is not on its way.
 */
async function send(gateway: Gateway, signed: Transaction, signal?: AbortSignal): Promise<string | undefined> {
    try {
        const { code, detail, status } = await gateway.send(signed, signal);
        return status === 'failed' ? (code ?? detail ?? 'the gateway does not say why') : undefined;
    } catch (error) {
        // Whether it went on from a gateway that did not answer, the ledger shows.
        const isRefused = error instanceof GatewayError && error.code !== undefined && error.status < 500;
        if (isRefused) throw error;
        return undefined;
    }
}
