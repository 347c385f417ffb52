// What a gateway's operator pays for: an honest gateway, and those that build, say or send something else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64 } from '@scure/base';
import {
    AccountRole,
    type Address,
    appendTransactionMessageInstructions,
    type Blockhash,
    compileTransaction,
    createKeyPairSignerFromPrivateKeyBytes,
    createNoopSigner,
    createTransactionMessage,
    getTransactionDecoder,
    getTransactionEncoder,
    type Instruction,
    partiallySignTransaction,
    pipe,
    setTransactionMessageFeePayer,
    setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import {
    attestKey,
    type ClientErrorCode,
    deploymentOn,
    findUserPda,
    Gateway,
    GENESIS,
    getSetEncryptionKeyInstruction,
    getUserEncoder,
    keyPairWallet,
    Ledger,
    publishKeySponsored,
    WalletKeys,
} from '../src/index.js';
import { FakeNode } from './support/fake-node.js';

const deployment = deploymentOn(GENESIS.localnet);
const keyPair = (seed: number) => createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(seed));
const [patient, operator, thief] = await Promise.all([keyPair(1), keyPair(2), keyPair(3)]);
const wallet = keyPairWallet(patient);
const key = (await new WalletKeys(wallet).encryptionSecret(deployment, 0)).publicKey;
const attested = { wallet: patient.address, index: 0, key: key.toBytes() };
const attestation = await attestKey(deployment, attested, wallet.signMessage);
const published = { index: 0, key, attestation };
const [user, bump] = await findUserPda({ wallet: patient.address }, { programAddress: deployment.program });
const withCode = (code: ClientErrorCode) => ({ name: 'ClientError', code });

/** The instruction that publishes a key of the patient's, or what a liar makes of it. */
const keyInstruction = (change: { payer?: Address; key?: Uint8Array; user?: Address } = {}): Instruction =>
    getSetEncryptionKeyInstruction({
        wallet: createNoopSigner(patient.address),
        payer: createNoopSigner(change.payer ?? operator.address),
        user: change.user ?? user,
        keyIndex: 0,
        encryptionKey: change.key ?? key.toBytes(),
        attestation,
    });

/** A transfer of a SOL from the patient. */
const THEFT: Instruction = {
    programAddress: '11111111111111111111111111111111' as Address,
    accounts: [
        { address: patient.address, role: AccountRole.WRITABLE_SIGNER },
        { address: thief.address, role: AccountRole.WRITABLE },
    ],
    data: Uint8Array.from([2, 0, 0, 0, 0, 0xca, 0x9a, 0x3b, 0, 0, 0, 0]),
};

const transactionOf = (payer: Address, instructions: readonly Instruction[]) =>
    compileTransaction(
        pipe(
            createTransactionMessage({ version: 'legacy' }),
            (empty) => setTransactionMessageFeePayer(payer, empty),
            (paid) =>
                setTransactionMessageLifetimeUsingBlockhash(
                    { blockhash: GENESIS.devnet as Blockhash, lastValidBlockHeight: 250n },
                    paid,
                ),
            (timed) => appendTransactionMessageInstructions(instructions, timed),
        ),
    );

type Behaviour = {
    payer?: Address;
    /** The payer that it names beside the transaction. */
    named?: Address;
    instructions?: readonly Instruction[];
    isSigned?: boolean;
    /** What sending answers. */
    send?: () => Response;
    /** Whether what was sent lands. */
    lands?: boolean;
    height?: number;
};

/** A gateway, and a node that shows the key once it has landed. */
function world(behaviour: Behaviour = {}) {
    const node = new FakeNode('node');
    const sent: Uint8Array[] = [];
    const asked: unknown[] = [];
    const payer = behaviour.payer ?? operator.address;
    const answer = async (url: string | URL | Request, init: RequestInit = {}) => {
        const body = JSON.parse(String(init.body));
        asked.push(body);
        if (String(url).endsWith('/v1/transactions')) {
            sent.push(base64.decode(body.transaction));
            node.height = behaviour.height ?? node.height;
            if (behaviour.lands ?? true) {
                const data = getUserEncoder().encode({
                    ...{
                        reserved: new Uint8Array(2),
                        version: 1,
                        bump,
                        nextOrderId: 0n,
                        nextStudyId: 0n,
                        recordCount: 0n,
                    },
                    ...{ wallet: patient.address, keyIndex: 0, encryptionKey: key.toBytes(), attestation },
                } as never);
                node.accounts.set(user, { owner: deployment.program, data: Uint8Array.from(data) });
            }
            return behaviour.send?.() ?? Response.json({ signature: 'x', status: 'confirmed' });
        }
        let built = transactionOf(payer, behaviour.instructions ?? [keyInstruction({ payer })]);
        if (behaviour.isSigned) built = (await partiallySignTransaction([operator.keyPair], built as never)) as never;
        const transaction = base64.encode(Uint8Array.from(getTransactionEncoder().encode(built)));
        return Response.json({
            transaction,
            fee_payer: behaviour.named ?? payer,
            last_valid_block_height: '250',
            sponsored: true,
        });
    };
    const gateway = new Gateway('https://gateway.example', { fetch: answer as typeof fetch });
    const context = { gateway, ledger: new Ledger(deployment, [node], { rounds: 1, pause: 0 }) };
    return { sent, asked, publish: () => publishKeySponsored(context, wallet, published) };
}

test('a patient without SOL publishes a key: the operator pays, and the patient signs that alone', async () => {
    const { asked, publish, sent } = world();
    await publish();
    assert.deepEqual((asked[0] as { fee: unknown }).fee, { sponsored: true });
    assert.equal(sent.length, 1);
    const { signatures } = getTransactionDecoder().decode(sent[0] ?? new Uint8Array());
    assert.deepEqual(Object.keys(signatures), [operator.address, patient.address]);
    assert.equal(signatures[operator.address], null);
    assert.ok(signatures[patient.address]);
});

test('what a gateway builds otherwise is refused before the wallet signs', async () => {
    const own = keyInstruction();
    const lies: [string, Behaviour][] = [
        ['lets the patient pay', { payer: patient.address }],
        ['names another payer than it builds', { named: thief.address }],
        ['adds a transfer of the patient', { instructions: [own, THEFT] }],
        ['puts a transfer in its place', { instructions: [THEFT] }],
        ['publishes another key', { instructions: [keyInstruction({ key: new Uint8Array(32).fill(7) })] }],
        ['publishes it at another account', { instructions: [keyInstruction({ user: thief.address })] }],
        ['lets somebody else pay the rent', { instructions: [keyInstruction({ payer: thief.address })] }],
        ['does nothing', { instructions: [] }],
        ['does it twice', { instructions: [own, own] }],
        ['has it signed already', { isSigned: true }],
    ];
    for (const [name, behaviour] of lies) {
        const { publish, sent } = world(behaviour);
        await assert.rejects(publish(), withCode('not_asked_for'), name);
        assert.equal(sent.length, 0, name);
    }
});

test('whether it landed is read from the ledger, whatever the gateway says', async () => {
    const silence = () => new Response('<html>', { status: 502 });
    // It is on its way although the gateway did not answer.
    await world({ send: silence }).publish();
    // It is not, although the gateway says so.
    await assert.rejects(world({ lands: false, height: 251 }).publish(), withCode('expired'));
    await assert.rejects(world({ send: silence, lands: false, height: 251 }).publish(), withCode('expired'));
    const failed = () => Response.json({ signature: 'x', status: 'failed', code: 'KeyIndexInvalid' });
    await assert.rejects(world({ send: failed, lands: false }).publish(), withCode('refused'));
});

test("a gateway's refusal is passed on with its code", async () => {
    const refusal = { code: 'sponsor_refused', detail: 'wallet-budget: 0 left' };
    const send = () => Response.json(refusal, { status: 403 });
    await assert.rejects(world({ send, lands: false }).publish(), { name: 'GatewayError', code: 'sponsor_refused' });
});
