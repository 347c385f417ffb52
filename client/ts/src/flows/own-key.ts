// A wallet's own encryption key: published for the first time, replaced, and compared with what the ledger shows.

import type { Address, Instruction, ReadonlyUint8Array } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { attestKey, verifyKeyAttestation } from '../crypto/attestation.js';
import type { Deployment } from '../crypto/deployment.js';
import type { Envelope } from '../crypto/envelopes.js';
import type { PublicKey, SecretKey } from '../crypto/keys.js';
import { getSetEncryptionKeyInstruction } from '../generated/index.js';
import type { KeySource } from '../wallets/wallet.js';
import { type Actor, type FlowContext, payerOf } from './context.js';
import { accountToCreate, type Prepared } from './prepared.js';
import { findRecipient, userOf } from './recipient.js';

/** A key to publish, and the wallet's attestation of it. */
export type PublishedKey = {
    /** The index that it gets. Where another key is published with this index first, the ledger refuses this one. */
    index: number;
    /** The key. */
    key: PublicKey<'encryption'>;
    /** The wallet's signature, 64 bytes. */
    attestation: Uint8Array;
    /** The envelope in which the wallet signed the line. */
    envelope: Envelope;
};

/** Whether the key on the ledger is one of the wallet's own. */
export type OwnKey =
    /** The wallet has published none. */
    | { key: 'none' }
    /** It is the wallet's own key for the index on the ledger. */
    | { key: 'present'; index: number }
    /**
     * It is the wallet's own key for another index. What is encrypted to it can be opened, and the two indexes share a
     * secret. Somebody led the wallet to publish it there.
     */
    | { key: 'other_index'; index: number; own: number }
    /** This source of keys does not have it. */
    | { key: 'foreign'; index: number };

/**
 * Prepares the publication of a wallet's first encryption key, or of its next one. The wallet signs at once: twice the line
 * that the key is derived from, and once the attestation. It signs the transaction when that is sent.
 *
 * @throws {ClientError} `not_deterministic`, `not_plain`: no keys can be derived from this wallet; `not_the_wallets`: it
 * signs something else; those of {@link nextKeyIndex}, before the wallet has signed anything.
 */
export async function publishKey(context: FlowContext, actor: Actor): Promise<Prepared<PublishedKey>> {
    const index = await nextKeyIndex(context, actor.wallet.address);
    const secret = await actor.keys.encryptionSecret(context.ledger.deployment, index);
    return await publishGivenKey(context, actor, index, secret.publicKey);
}

/**
 * As {@link publishKey}, for a key whose secret is kept elsewhere, and kept already: from the moment that it is published,
 * records are made for it. Without an attestation, the wallet is asked for one.
 *
 * @throws {ClientError} `missing`, `can_not_sign`, `not_the_wallets`: the wallet does not attest the key.
 */
export async function publishGivenKey(
    { ledger }: FlowContext,
    actor: Actor,
    index: number,
    key: PublicKey<'encryption'>,
    given?: ReadonlyUint8Array,
): Promise<Prepared<PublishedKey>> {
    const { deployment } = ledger;
    const { wallet } = actor;
    const encryptionKey = key.toBytes();
    const attested = { wallet: wallet.address, index, key: encryptionKey };
    const attestation = given ? Uint8Array.from(given) : await attestKey(deployment, attested, wallet.signMessage);
    const envelope = verifyKeyAttestation(deployment, attested, attestation);
    const payer = payerOf(actor);
    const instruction = keyInstruction(deployment, {
        wallet: wallet.signer,
        payer,
        user: await userOf({ ledger }, wallet.address),
        keyIndex: index,
        encryptionKey,
        attestation,
    });
    return {
        outcome: { index, key, attestation, envelope },
        instructions: [instruction],
        feePayer: payer,
        newAccounts: index === 0 ? [accountToCreate('user')] : [],
    };
}

/** The instruction that publishes a key. */
export const keyInstruction = (
    { program }: Deployment,
    input: Parameters<typeof getSetEncryptionKeyInstruction>[0],
): Instruction => getSetEncryptionKeyInstruction(input, { programAddress: program });

/**
 * The index that the wallet's next key will have: one more than that of the present one, which the wallet must have attested,
 * or two operators agree on. If a node made up an index, and the wallet attested the next one, everybody would refuse all its
 * other keys.
 *
 * @throws {ClientError} As {@link findRecipient}, but for `no_key`.
 */
export async function nextKeyIndex(context: FlowContext, wallet: Address): Promise<number> {
    try {
        return (await findRecipient(context, wallet)).index + 1;
    } catch (error) {
        if (error instanceof ClientError && error.code === 'no_key') return 0;
        throw error;
    }
}

/**
 * Compares the key on the ledger with the wallet's own keys.
 *
 * @throws {ClientError} Those of the source of keys, but for `foreign_key`; `no_node`, `nodes_disagree`, `wrong_cluster`.
 */
export async function ownKey(context: FlowContext, keys: KeySource): Promise<OwnKey> {
    const { ledger } = context;
    const { state } = await ledger.find('user', await userOf(context, keys.wallet));
    if (!state) return { key: 'none' };
    const index = state.keyIndex;
    try {
        const { index: own } = await keys.secretBehind(ledger.deployment, state.encryptionKey, index);
        return own === index ? { key: 'present', index } : { key: 'other_index', index, own };
    } catch (error) {
        if (error instanceof ClientError && error.code === 'foreign_key') return { key: 'foreign', index };
        throw error;
    }
}

/**
 * The secret behind a key on the ledger. The index that a node says it has is a hint.
 *
 * @throws {ClientError} `foreign_key`; those of the source of keys.
 */
export async function secretFor(
    { ledger, onNotice }: Pick<FlowContext, 'ledger' | 'onNotice'>,
    keys: KeySource,
    key: ReadonlyUint8Array,
    index: number,
): Promise<SecretKey<'encryption'>> {
    const { index: own, secret } = await keys.secretBehind(ledger.deployment, key, index);
    if (own !== index) onNotice?.({ notice: 'other_index', wallet: keys.wallet, index, own });
    return secret;
}
