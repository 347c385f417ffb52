// Sending by nodes that lose, delay, refuse or keep silent.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, generateKeyPairSigner, type Instruction } from '@solana/kit';
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
    return { nodes, first, ledger: new Ledger(deployment, nodes) };
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
    assert.equal(ledger.minContextSlot, 123n);
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
