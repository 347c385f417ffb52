// The recipients of encrypted data, and the evidence that a key belongs to its wallet (docs/PROTOCOL.md, section 2). Every
// flow that encrypts for a wallet takes a `Recipient`.

import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { addressBytes, isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { verifyKeyAttestation } from '../crypto/attestation.js';
import { cardText, readCard } from '../crypto/card.js';
import { isOnCurve } from '../crypto/ed25519.js';
import type { Envelope } from '../crypto/envelopes.js';
import { PublicKey } from '../crypto/keys.js';
import { findUserPda, type User } from '../generated/index.js';
import { witnessed } from '../ledger/witnesses.js';
import { seeKeyIndex } from '../saved/key-memory.js';
import type { FlowContext } from './context.js';

/** A wallet's encryption key, and the evidence that the key is the wallet's. */
export type Recipient = {
    /** The wallet. */
    wallet: Address;
    /** Index of the key. */
    index: number;
    /** The key. */
    key: PublicKey<'encryption'>;
    /** The evidence that the key is the wallet's. */
    evidence: Evidence;
};

/** Evidence that a key belongs to a wallet. */
export type Evidence =
    /** The wallet attested the key. So many nodes claim that there is no newer one. */
    | { evidence: 'attested'; envelope: Envelope; nodes: number }
    /** The wallet attested the key by a memo, which its user may not have seen, and these nodes agree on the key. */
    | { evidence: 'attested_by_memo'; witnesses: readonly string[] }
    /** The wallet can't sign, and these nodes agree on the key. */
    | { evidence: 'witnesses'; witnesses: readonly string[] }
    /** The wallet's owner handed out a card with the wallet's signature. */
    | { evidence: 'card'; envelope: Envelope };

/** What matters here of a User account. The other fields are counters. */
type Published = Pick<User, 'keyIndex' | 'encryptionKey' | 'attestation'>;

/**
 * The key that a wallet has published, with evidence that the key is the wallet's: the wallet's attestation, and all nodes
 * that answer agree on the key. If the wallet can't sign (a multisig vault, for example), or attested the key by a memo, two
 * nodes of different operators must agree.
 *
 * @throws {ClientError} `no_key`: the wallet has published none; `missing`, `not_the_wallets`: the key is not attested;
 * `older_key`: this client has seen a newer one; `nodes_disagree`, `too_few_nodes`, `no_node`, `wrong_cluster`.
 */
export async function findRecipient(context: FlowContext, wallet: Address): Promise<Recipient> {
    const { ledger } = context;
    context.onProgress?.({ activity: 'reading', done: 0, total: undefined });
    if (!isOnCurve(addressBytes(wallet))) {
        const { nodes, published } = await witnessedKey(context, wallet);
        return await seen(context, wallet, published, { evidence: 'witnesses', witnesses: nodes });
    }
    const { nodes, state } = await ledger.find('user', await userOf(context, wallet));
    if (!state) throw noKey(wallet);
    const envelope = verify(context, wallet, state);
    if (envelope !== 'memo') return await seen(context, wallet, state, { evidence: 'attested', envelope, nodes });
    const { nodes: witnesses, published } = await witnessedKey(context, wallet);
    if (!isSameKey(published, state)) {
        throw new ClientError('no_key', `wallet ${wallet} replaced its key while it was read: try again`);
    }
    return await seen(context, wallet, published, { evidence: 'attested_by_memo', witnesses });
}

/**
 * The key on a card, a line of text. No node is asked.
 *
 * @throws {ClientError} `malformed`, `unknown_version`, `missing`, `can_not_sign`, `not_the_wallets`: it is no card of the
 * wallet; `unusable_card`: it is for another deployment, or its key is attested by a memo, for which nodes would have to
 * agree; `older_key`.
 */
export async function recipientOfCard(context: FlowContext, card: string): Promise<Recipient> {
    const { attestation, deployment, envelope, key } = readCard(card);
    const { genesis, program } = context.ledger.deployment;
    if (deployment.genesis !== genesis || deployment.program !== program) {
        throw new ClientError(
            'unusable_card',
            `the card is for program ${deployment.program} on the cluster with genesis hash ${deployment.genesis}, ` +
                `not for ${program} on ${genesis}`,
        );
    }
    if (envelope === 'memo') {
        throw new ClientError('unusable_card', "the card's wallet attested the key by a memo, which is not enough");
    }
    const published = { keyIndex: key.index, encryptionKey: key.key, attestation };
    return await seen(context, key.wallet, published, { evidence: 'card', envelope });
}

/**
 * A wallet's card, from the key that the nodes show.
 *
 * @throws {ClientError} As {@link findRecipient}. A wallet that can't sign has no card: `can_not_sign`.
 */
export async function cardOf(context: FlowContext, wallet: Address): Promise<string> {
    const { state } = await context.ledger.find('user', await userOf(context, wallet));
    if (!state) throw noKey(wallet);
    const envelope = verify(context, wallet, state);
    const { index, key } = await seen(context, wallet, state, { evidence: 'card', envelope });
    return cardText({
        deployment: context.ledger.deployment,
        key: { wallet, index, key: key.toBytes() },
        attestation: state.attestation,
    });
}

/** The address of a wallet's User account. */
export async function userOf({ ledger }: Pick<FlowContext, 'ledger'>, wallet: Address): Promise<Address> {
    const [user] = await findUserPda({ wallet }, { programAddress: ledger.deployment.program });
    return user;
}

const noKey = (wallet: Address) =>
    new ClientError('no_key', `wallet ${wallet} has published no key: ask its owner to do that first`);

const verify = ({ ledger }: FlowContext, wallet: Address, { attestation, encryptionKey, keyIndex }: Published) =>
    verifyKeyAttestation(ledger.deployment, { wallet, index: keyIndex, key: encryptionKey }, attestation);

async function witnessedKey(
    context: FlowContext,
    wallet: Address,
): Promise<{ published: Published; nodes: readonly string[] }> {
    const project = (user: User | undefined): Published | undefined =>
        user && {
            keyIndex: user.keyIndex,
            encryptionKey: user.encryptionKey,
            attestation: user.attestation,
        };
    const address = await userOf(context, wallet);
    const { nodes, value } = await witnessed(context.ledger, 'user', address, project, { signal: context.signal });
    if (!value) throw noKey(wallet);
    return { published: value, nodes };
}

const isSameKey = (one: Published, other: Published) =>
    one.keyIndex === other.keyIndex &&
    isSame(one.encryptionKey, other.encryptionKey) &&
    isSame(one.attestation, other.attestation);

/** Compares a key with the newest one that this client has seen, and remembers it. */
async function seen(
    { ledger, saved }: FlowContext,
    wallet: Address,
    { encryptionKey, keyIndex: index }: { encryptionKey: ReadonlyUint8Array; keyIndex: number },
    evidence: Evidence,
): Promise<Recipient> {
    const key = PublicKey.fromBytes('encryption', encryptionKey);
    if (!key) throw new ClientError('no_key', `wallet ${wallet} has published a key that is none`);
    const newer = await seeKeyIndex(saved, ledger.deployment, wallet, index);
    if (newer !== undefined) {
        const from = evidence.evidence === 'card' ? 'the card has' : 'the nodes show';
        throw new ClientError(
            'older_key',
            `${from} key ${index} of wallet ${wallet}, and this device has seen key ${newer}: others may know the ` +
                'secret of the older one. Ask other nodes, or its owner for a new card',
        );
    }
    return { wallet, index, key, evidence };
}
