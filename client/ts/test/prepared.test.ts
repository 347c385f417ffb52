// Prepared transactions: what is saved, shown, signed and sent, and in which order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    createKeyPairSignerFromPrivateKeyBytes,
    getBase64Encoder,
    getCompiledTransactionMessageDecoder,
    getTransactionDecoder,
    type Instruction,
} from '@solana/kit';
import {
    checkPrepared,
    deploymentOn,
    GENERION_ERROR__NOT_VERIFIED,
    GENESIS,
    Ledger,
    MemoryState,
    type Prepared,
    RefusedTransaction,
    type SignedTransaction,
    sendPrepared,
} from '../src/index.js';
import { FakeNode } from './support/fake-node.js';
import { assertCode } from './support/refusals.js';

const deployment = deploymentOn(GENESIS.localnet);
const feePayer = await createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(1));
const [SECRET, RANDOM] = [0x5e, 0x7a];
const instruction = (data: number): Instruction => ({
    programAddress: deployment.program,
    data: new Uint8Array(40).fill(data),
});

function world() {
    const node = new FakeNode('node');
    node.confirmsAll = true;
    const context = { ledger: new Ledger(deployment, [node]), saved: new MemoryState() };
    return { node, context };
}

const prepared = (more: Partial<Prepared<string>> = {}): Prepared<string> => ({
    outcome: 'done',
    instructions: [instruction(SECRET)],
    feePayer,
    newAccounts: [],
    ...more,
});

/** The data of the program's instruction in a transaction. */
function dataOf(wire: string): number | undefined {
    const { messageBytes } = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
    const message = getCompiledTransactionMessageDecoder().decode(messageBytes);
    assert.ok('instructions' in message);
    return message.instructions[0]?.data?.[0];
}

test('a secret is shown to no node before it is sent, and its placeholder is', async () => {
    const { context, node } = world();
    const secret = { computeUnitLimit: 5_000, placeholder: [instruction(RANDOM)] };
    assert.equal((await sendPrepared(context, prepared({ secret }))).outcome, 'done');
    assert.deepEqual(node.simulated.map(dataOf), [RANDOM]);
    assert.deepEqual([...new Set(node.sent.map(dataOf))], [SECRET]);

    // Without a placeholder, nothing is shown at all.
    const other = world();
    await sendPrepared(other.context, prepared({ secret: { computeUnitLimit: 5_000 } }));
    await checkPrepared(other.context, prepared({ secret: { computeUnitLimit: 5_000 } }));
    assert.deepEqual(other.node.simulated, []);

    // What carries none is shown.
    const open = world();
    await sendPrepared(open.context, prepared());
    assert.deepEqual(open.node.simulated.map(dataOf), [SECRET]);
});

test('what the ledger would refuse is neither saved nor sent, and its secret stays hidden', async () => {
    const { context, node } = world();
    const err = { InstructionError: [0, { Custom: GENERION_ERROR__NOT_VERIFIED }] };
    node.simulation = { err, logs: [], unitsConsumed: 1 };
    const secret = { computeUnitLimit: 5_000, placeholder: [instruction(RANDOM)] };
    const saveFirst = async () => assert.fail('it was saved');
    const refused = sendPrepared(context, prepared({ secret, saveFirst }));
    await assert.rejects(
        refused,
        (error: Error) => error instanceof RefusedTransaction && error.programError === GENERION_ERROR__NOT_VERIFIED,
    );
    assert.deepEqual([node.simulated.map(dataOf), node.sent], [[RANDOM], []]);
});

test('what comes first is saved before anything is sent, and a failure to save sends nothing', async () => {
    const { context, node } = world();
    const order: string[] = [];
    node.before = (method) => void (method === 'sendTransaction' && order.push('sent'));
    await sendPrepared(
        context,
        {
            ...prepared(),
            saveFirst: async () => void order.push('saved first'),
            saveAfter: async () => void order.push('saved after'),
        },
        { onSigned: () => void order.push('signed') },
    );
    assert.deepEqual([...new Set(order)], ['saved first', 'signed', 'sent', 'saved after']);

    const full = world();
    const saveFirst = () => Promise.reject(new DOMException('the disk is full', 'QuotaExceededError'));
    await assert.rejects(sendPrepared(full.context, prepared({ saveFirst })), { name: 'QuotaExceededError' });
    assert.deepEqual(full.node.sent, []);
});

test('only what can’t land any more is signed anew, three times at most', async () => {
    const { context, node } = world();
    node.confirmsAll = false;
    const signed: SignedTransaction[] = [];
    let saves = 0;
    const saveFirst = async () => {
        saves += 1;
    };
    const onSigned = (one: SignedTransaction) => {
        signed.push(one);
        // Its last block passes at once.
        node.height = Number(one.lastValidBlockHeight) + 1;
        node.blockhash = [GENESIS.devnet, GENESIS.testnet, GENESIS['mainnet-beta']][signed.length % 3] as string;
    };
    await assertCode(sendPrepared(context, prepared({ saveFirst }), { onSigned }), 'expired');
    assert.deepEqual([signed.length, new Set(signed.map(({ signature }) => signature)).size, saves], [3, 3, 1]);

    // One whose fate is not known is not made anew.
    const lost = world();
    const abort = new AbortController();
    const onlyOne = (one: SignedTransaction) => {
        signed.push(one);
        lost.node.confirmsAll = false;
        abort.abort();
    };
    const before = signed.length;
    const sending = sendPrepared({ ...lost.context, signal: abort.signal }, prepared(), { onSigned: onlyOne });
    await assertCode(sending, 'unknown');
    assert.equal(signed.length, before + 1);
});

test('a flow that was ended before it began does nothing', async () => {
    const { context, node } = world();
    const saveFirst = async () => assert.fail('it was saved');
    const signal = AbortSignal.abort(new Error('the page was closed'));
    await assert.rejects(sendPrepared({ ...context, signal }, prepared({ saveFirst })), /the page was closed/);
    assert.deepEqual(node.asked, []);
});
