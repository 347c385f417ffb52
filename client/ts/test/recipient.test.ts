// Whose key it is that nodes show, some of which lie.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, createKeyPairSignerFromPrivateKeyBytes, getAddressDecoder, signBytes } from '@solana/kit';
import {
    cardOf,
    cardText,
    deploymentOn,
    type Envelope,
    type FlowContext,
    findRecipient,
    findUserPda,
    GENERION_PROGRAM_ADDRESS,
    GENESIS,
    getUserEncoder,
    keyAttestationLine,
    keyPairWallet,
    Ledger,
    MemoryState,
    type Notice,
    nextKeyIndex,
    ownKey,
    PublicKey,
    publishGivenKey,
    publishKey,
    recipientOfCard,
    type User,
    WalletKeys,
    wrapLine,
} from '../src/index.js';
import { FakeNode } from './support/fake-node.js';
import { assertCode } from './support/refusals.js';

// A public cluster, where no single node decides.
const deployment = deploymentOn(GENESIS.devnet);
const signer = await createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(1));
const wallet = keyPairWallet(signer);
const keys = new WalletKeys(wallet);
const actor = { wallet, keys };
const NO_ATTESTATION = new Uint8Array(64);

/** The wallet's signature over the line for a key, in an envelope. */
async function attestationOf(index: number, key: Uint8Array, envelope: Envelope = 'plain') {
    const line = keyAttestationLine(deployment, { wallet: wallet.address, index, key });
    return await signBytes(signer.keyPair.privateKey, wrapLine(envelope, line, wallet.address, deployment.program));
}

type Shown = Pick<User, 'keyIndex' | 'encryptionKey' | 'attestation'>;

/** The wallet's own key with an index, attested. */
async function ownShown(index: number, envelope: Envelope = 'plain'): Promise<Shown> {
    const encryptionKey = (await keys.encryptionSecret(deployment, index)).publicKey.toBytes();
    return { keyIndex: index, encryptionKey, attestation: await attestationOf(index, encryptionKey, envelope) };
}

/** Has a node show a user. */
async function show(node: FakeNode, shown: Shown, of: Address = wallet.address): Promise<void> {
    const [address, bump] = await findUserPda({ wallet: of });
    const state = { version: 1, bump, nextOrderId: 0n, nextStudyId: 0n, recordCount: 0n, wallet: of, ...shown };
    const data = Uint8Array.from(getUserEncoder().encode({ reserved: new Uint8Array(2), ...state } as never));
    node.accounts.set(address, { owner: GENERION_PROGRAM_ADDRESS, data });
}

/** Nodes of two operators, or of so many, that show the same; and what a device has to ask them. */
async function world(shown: Shown | undefined, count = 2, of?: Address) {
    const nodes = Array.from({ length: count }, (_, index) => new FakeNode(`node ${index}`));
    for (const node of nodes) {
        node.genesis = GENESIS.devnet;
        if (shown) await show(node, shown, of);
    }
    const notices: Notice[] = [];
    const ledger = new Ledger(deployment, nodes, { rounds: 2, pause: 1 });
    const context: FlowContext = { ledger, saved: new MemoryState(), onNotice: (notice) => notices.push(notice) };
    return { context, notices, nodes, first: nodes[0] as FakeNode };
}

test('an attested key needs one node, if no other contradicts', async () => {
    const shown = await ownShown(3);
    for (const count of [1, 2]) {
        const { context } = await world(shown, count);
        const found = await findRecipient(context, wallet.address);
        assert.deepEqual(found.evidence, { evidence: 'attested', envelope: 'plain', nodes: count });
        assert.deepEqual([found.index, found.key.toBytes()], [3, shown.encryptionKey]);
    }
    const { context, first } = await world(shown);
    await show(first, await ownShown(4));
    await assertCode(findRecipient(context, wallet.address), 'nodes_disagree');
    await assertCode(findRecipient((await world(undefined)).context, wallet.address), 'no_key');
});

test('a key that its wallet did not attest is refused, however many nodes show it', async () => {
    const own = await ownShown(0);
    const theirs = PublicKey.of('encryption', 7n).toBytes();
    for (const [shown, code] of [
        [{ ...own, attestation: NO_ATTESTATION }, 'missing'],
        [{ ...own, encryptionKey: theirs }, 'not_the_wallets'],
        [{ ...own, keyIndex: 1 }, 'not_the_wallets'],
        [{ ...own, encryptionKey: new Uint8Array(32) }, 'not_the_wallets'],
    ] as const) {
        const { context } = await world(shown, 3);
        await assertCode(findRecipient(context, wallet.address), code);
        await assertCode(cardOf(context, wallet.address), code);
        // Nothing is signed for the next index, which a node made up.
        await assertCode(publishKey(context, { ...actor, keys: refusing }), code);
        assert.deepEqual(await context.saved.names('keys-seen'), []);
        assert.equal(await context.saved.read('keys-seen'), undefined);
    }
    // The wallet itself may attest what is no key.
    const none = new Uint8Array(32);
    const attestation = await attestationOf(0, none);
    const { context } = await world({ keyIndex: 0, encryptionKey: none, attestation });
    await assertCode(findRecipient(context, wallet.address), 'no_key');
});

/** Keys of a wallet that must not be asked. */
const refusing = {
    wallet: wallet.address,
    encryptionSecret: async () => assert.fail('the wallet was asked'),
    secretBehind: async () => assert.fail('the wallet was asked'),
};

test('an older key than this device has seen is refused, from nodes and from a card', async () => {
    const { context, nodes } = await world(await ownShown(2));
    assert.equal((await findRecipient(context, wallet.address)).index, 2);
    for (const node of nodes) await show(node, await ownShown(1));
    await assertCode(findRecipient(context, wallet.address), 'older_key');
    await assertCode(nextKeyIndex(context, wallet.address), 'older_key');
    await assertCode(cardOf(context, wallet.address), 'older_key');
    const { attestation, encryptionKey: key } = await ownShown(1);
    const card = cardText({ deployment, key: { wallet: wallet.address, index: 1, key }, attestation });
    await assertCode(recipientOfCard(context, card), 'older_key');
    const elsewhere = { ...context, saved: new MemoryState() };
    const { evidence, index } = await recipientOfCard(elsewhere, card);
    assert.deepEqual([index, evidence], [1, { evidence: 'card', envelope: 'plain' }]);
});

test('a memo is believed if two operators agree on the key', async () => {
    const shown = await ownShown(0, 'memo');
    const alone = await world(shown, 1);
    await assertCode(findRecipient(alone.context, wallet.address), 'too_few_nodes');
    const { context } = await world(shown);
    const { evidence } = await findRecipient(context, wallet.address);
    assert.deepEqual(evidence, { evidence: 'attested_by_memo', witnesses: ['node 0', 'node 1'] });
    // Neither is a card with it.
    const { attestation, encryptionKey: key } = shown;
    const card = cardText({ deployment, key: { wallet: wallet.address, index: 0, key }, attestation });
    await assertCode(recipientOfCard(context, card), 'unusable_card');
    for (const envelope of ['version_1', 'version_0', 'legacy'] as const) {
        const other = await world(await ownShown(0, envelope), 1);
        assert.equal((await findRecipient(other.context, wallet.address)).evidence.evidence, 'attested');
    }
});

test('an address that can’t sign needs two operators', async () => {
    // No point of the curve, as that of a multisig vault.
    const [vault] = await findUserPda({ wallet: wallet.address });
    const shown = { ...(await ownShown(0)), attestation: NO_ATTESTATION };
    const alone = await world(shown, 1, vault);
    await assertCode(findRecipient(alone.context, vault), 'too_few_nodes');
    const { context, first } = await world(shown, 2, vault);
    const { evidence } = await findRecipient(context, vault);
    assert.deepEqual(evidence, { evidence: 'witnesses', witnesses: ['node 0', 'node 1'] });
    await assertCode(cardOf(context, vault), 'can_not_sign');
    await show(first, { ...shown, encryptionKey: PublicKey.of('encryption', 7n).toBytes() }, vault);
    await assertCode(findRecipient(context, vault), 'nodes_disagree');
    // Zeros decode to a point of small order, which is refused as an address that could sign.
    const zeros = getAddressDecoder().decode(new Uint8Array(32));
    const weak = await world(shown, 2, zeros);
    await assertCode(findRecipient(weak.context, zeros), 'missing');
});

test('a card for another deployment is refused, and so is what is no card', async () => {
    const { context } = await world(await ownShown(0));
    const card = await cardOf(context, wallet.address);
    assert.equal((await recipientOfCard(context, `  ${card}\n`)).wallet, wallet.address);
    const there = { ...context, ledger: new Ledger(deploymentOn(GENESIS.testnet), context.ledger.nodes) };
    await assertCode(recipientOfCard(there, card), 'unusable_card');
    await assertCode(recipientOfCard(context, card.slice(0, -3)), 'malformed');
    await assertCode(recipientOfCard(context, wallet.address), 'malformed');
});

test('the key on the ledger is compared with the wallet’s own', async () => {
    const foreign = { ...(await ownShown(0)), encryptionKey: PublicKey.of('encryption', 7n).toBytes() };
    for (const [shown, expected] of [
        [undefined, { key: 'none' }],
        [await ownShown(4), { key: 'present', index: 4 }],
        [
            { ...(await ownShown(1)), keyIndex: 3 },
            { key: 'other_index', index: 3, own: 1 },
        ],
        [foreign, { key: 'foreign', index: 0 }],
    ] as const) {
        assert.deepEqual(await ownKey((await world(shown)).context, keys), expected);
    }
});

test('a key from elsewhere is published with the attestation of its wallet alone', async () => {
    const { context } = await world(await ownShown(0));
    assert.equal(await nextKeyIndex(context, wallet.address), 1);
    const key = PublicKey.of('encryption', 7n);
    const prepared = await publishGivenKey(context, actor, 1, key, await attestationOf(1, key.toBytes(), 'version_1'));
    assert.deepEqual([prepared.outcome.envelope, prepared.newAccounts], ['version_1', []]);
    const wrong = await attestationOf(2, key.toBytes());
    await assertCode(publishGivenKey(context, actor, 1, key, wrong), 'not_the_wallets');
    const liar = { ...wallet, signMessage: async () => wrong };
    await assertCode(publishGivenKey(context, { wallet: liar, keys }, 1, key), 'not_the_wallets');
});
