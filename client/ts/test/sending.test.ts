// Sending by nodes that lose, delay, refuse or keep silent.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import {
    type Address,
    generateKeyPairSigner,
    getBase64Encoder,
    getCompiledTransactionMessageDecoder,
    getTransactionDecoder,
    type Instruction,
} from '@solana/kit';
import {
    type ClientErrorCode,
    deploymentOn,
    followTransaction,
    GENERION_ERROR__ALREADY_VERIFIED,
    GENESIS,
    Ledger,
    RefusedTransaction,
    sendTransaction,
    signTransaction,
} from '../src/index.js';
import { FakeNode } from './support/fake-node.js';

const deployment = deploymentOn(GENESIS.localnet);
const withCode = (code: ClientErrorCode) => ({ name: 'ClientError', code });
const instruction: Instruction = { programAddress: deployment.program, data: Uint8Array.of(1) };
const foreign: Instruction = { programAddress: '11111111111111111111111111111111' as Address };
const custom = (index: number, code: number) => ({ InstructionError: [index, { Custom: code }] });

function ledgerOf(count: number) {
    const nodes = Array.from({ length: count }, (_, index) => new FakeNode(`node ${index}`));
    const [first] = nodes;
    assert.ok(first);
    return { nodes, first, ledger: new Ledger(deployment, nodes, { pause: 5 }) };
}

test('the same bytes go to all nodes until one of them has them confirmed', async () => {
    const { nodes, first, ledger } = ledgerOf(2);
    const payer = await generateKeyPairSigner();
    const signed = await signTransaction(ledger, payer, [instruction]);
    assert.equal(nodes.flatMap(({ sent }) => sent).length, 0);
    let rounds = 0;
    first.before = (method) => {
        rounds += method === 'getSignatureStatuses' ? 1 : 0;
        const confirmationStatus = rounds === 2 ? 'processed' : 'confirmed';
        if (rounds >= 2) first.statuses.set(signed.signature, { slot: 123, err: null, confirmationStatus });
    };
    assert.deepEqual(await followTransaction(ledger, signed), { signature: signed.signature, slot: 123n });
    assert.deepEqual(
        nodes.map((node) => ledger.minContextSlotOf(node)),
        [123n, 0n],
    );
    for (const { sent } of nodes) assert.deepEqual(sent, [signed.wire, signed.wire, signed.wire]);
    // Once more, as after a restart: it is found, and nothing else is made.
    assert.equal((await followTransaction(ledger, signed)).slot, 123n);
});

test('what has not landed when its last block has passed has expired, if all nodes say so', async () => {
    const { nodes, first, ledger } = ledgerOf(2);
    const signed = await signTransaction(ledger, await generateKeyPairSigner(), [instruction]);
    first.height = Number(signed.lastValidBlockHeight) + 1;
    const other = nodes[1] as FakeNode;
    let rounds = 0;
    other.before = (method) => {
        rounds += method === 'getBlockHeight' ? 1 : 0;
        if (rounds === 3) other.height = first.height;
    };
    await assert.rejects(followTransaction(ledger, signed), withCode('expired'));
    assert.equal(rounds, 3);
    // One that landed in its last block is found.
    other.statuses.set(signed.signature, { slot: 99, err: null, confirmationStatus: 'finalized' });
    assert.equal((await followTransaction(ledger, signed)).slot, 99n);
});

test('a refusal has the program’s error, and only the program’s', async () => {
    const { first, ledger } = ledgerOf(1);
    const payer = await generateKeyPairSigner();
    const code = GENERION_ERROR__ALREADY_VERIFIED;
    const refusal = async (instructions: Instruction[], err: unknown) => {
        const signed = await signTransaction(ledger, payer, instructions);
        first.statuses.set(signed.signature, { slot: 5, err, confirmationStatus: 'confirmed' });
        const error = await followTransaction(ledger, signed).catch((error: unknown) => error);
        assert.ok(error instanceof RefusedTransaction && error.code === 'refused' && error.signature);
        return error.programError;
    };
    assert.equal(await refusal([instruction], custom(0, code)), code);
    assert.equal(await refusal([foreign, instruction], custom(1, code)), code);
    assert.equal(await refusal([foreign, instruction], custom(0, code)), undefined);
    assert.equal(await refusal([instruction], custom(0, 1)), undefined);
    assert.equal(await refusal([instruction], 'AccountInUse'), undefined);
});

test('a simulation that fails sends nothing, unless another node lets it pass', async () => {
    const { nodes, first, ledger } = ledgerOf(2);
    const payer = await generateKeyPairSigner();
    first.simulation = { err: custom(0, GENERION_ERROR__ALREADY_VERIFIED), logs: ['a log'], unitsConsumed: 1 };
    assert.ok(await signTransaction(ledger, payer, [instruction]));
    (nodes[1] as FakeNode).simulation = first.simulation;
    const error = await sendTransaction(ledger, payer, [instruction]).catch((error: unknown) => error);
    assert.ok(error instanceof RefusedTransaction && error.signature === undefined);
    assert.deepEqual([error.programError, error.logs], [GENERION_ERROR__ALREADY_VERIFIED, ['a log']]);
    assert.deepEqual(
        nodes.flatMap(({ sent }) => sent),
        [],
    );
});

test('no number of compute units that a node makes up keeps a transaction from being made', async () => {
    const { first, ledger } = ledgerOf(1);
    for (const unitsConsumed of [2 ** 40, -1]) {
        first.simulation = { err: null, logs: [], unitsConsumed };
        assert.ok(await signTransaction(ledger, await generateKeyPairSigner(), [instruction]));
    }
});

test('with a limit of compute units, no node sees the transaction before it is sent', async () => {
    const { first, ledger } = ledgerOf(1);
    await signTransaction(ledger, await generateKeyPairSigner(), [instruction], { computeUnitLimit: 5_000 });
    assert.ok(!first.asked.includes('simulateTransaction'));
});

test('a cancelled wait does not claim to know what became of the transaction', async () => {
    const { first, ledger } = ledgerOf(1);
    const signed = await signTransaction(ledger, await generateKeyPairSigner(), [instruction]);
    const abort = new AbortController();
    first.before = (method) => {
        if (method === 'getSignatureStatuses') abort.abort(new Error('the page was closed'));
    };
    await assert.rejects(followTransaction(ledger, signed, abort.signal), withCode('unknown'));
    assert.equal(first.sent.length, 1);
});

test('nodes that fail for a while are asked until they answer', async () => {
    const { first, ledger } = ledgerOf(1);
    const signed = await signTransaction(ledger, await generateKeyPairSigner(), [instruction]);
    let asked = 0;
    first.before = () => {
        asked += 1;
        first.isDown = asked < 5;
        if (!first.isDown)
            first.statuses.set(signed.signature, { slot: 7, err: null, confirmationStatus: 'confirmed' });
    };
    assert.equal((await followTransaction(ledger, signed)).slot, 7n);
});

/** The block hash of a transaction. */
function blockhashOf(wire: string): string {
    const { messageBytes } = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
    return getCompiledTransactionMessageDecoder().decode(messageBytes).lifetimeToken;
}

test('a block hash that no other node knows is not taken, nor one with a height that can’t be', async () => {
    const payer = await generateKeyPairSigner();
    for (const lie of [10 ** 12, 0]) {
        const { nodes, first: liar, ledger } = ledgerOf(2);
        const honest = nodes[1] as FakeNode;
        liar.height = lie;
        liar.blockhash = GENESIS.testnet;
        honest.knows = new Set([honest.blockhash]);
        liar.knows = new Set([liar.blockhash, honest.blockhash]);
        // Asked for the honest node's height, the liar tells what suits.
        liar.before = (method) => {
            liar.height = method === 'getBlockHeight' ? honest.height : lie;
        };
        const signed = await signTransaction(ledger, payer, [instruction]);
        assert.deepEqual([blockhashOf(signed.wire), signed.lastValidBlockHeight], [honest.blockhash, 250n]);
        // The hash is true, and the height is not.
        liar.blockhash = honest.blockhash;
        assert.equal((await signTransaction(ledger, payer, [instruction])).lastValidBlockHeight, 250n);
    }
    // Of one node alone there is no other word.
    const { first, ledger } = ledgerOf(1);
    assert.equal(blockhashOf((await signTransaction(ledger, payer, [instruction])).wire), first.blockhash);
});

test('a wait whose end no node tells ends after ten minutes, and claims nothing', async () => {
    const { first, ledger } = ledgerOf(1);
    first.height = 10 ** 12;
    const signed = await signTransaction(ledger, await generateKeyPairSigner(), [instruction]);
    first.height = 100;
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    try {
        first.before = (method) =>
            void (method === 'getSignatureStatuses' && mock.timers.setTime(Date.now() + 301_000));
        await assert.rejects(followTransaction(ledger, signed), withCode('unknown'));
        assert.equal(first.sent.length, 2);
    } finally {
        mock.timers.reset();
    }
});

test('a failure that another node contradicts is not believed', async () => {
    const { nodes, first: liar, ledger } = ledgerOf(2);
    const honest = nodes[1] as FakeNode;
    const signed = await signTransaction(ledger, await generateKeyPairSigner(), [instruction]);
    const err = custom(0, GENERION_ERROR__ALREADY_VERIFIED);
    liar.statuses.set(signed.signature, { slot: 10 ** 12, err, confirmationStatus: 'finalized' });
    let rounds = 0;
    honest.before = (method) => {
        rounds += method === 'getSignatureStatuses' ? 1 : 0;
        if (rounds === 2)
            honest.statuses.set(signed.signature, { slot: 123, err: null, confirmationStatus: 'confirmed' });
    };
    assert.equal((await followTransaction(ledger, signed)).slot, 123n);
    // The liar's slot is none for the other node.
    assert.equal(ledger.minContextSlotOf(honest), 123n);
    // What both say is believed.
    honest.before = () => undefined;
    honest.statuses.set(signed.signature, { slot: 123, err, confirmationStatus: 'confirmed' });
    await assert.rejects(followTransaction(ledger, signed), RefusedTransaction);
});
