// What nodes of two operators agree on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '@solana/kit';
import {
    type ClientErrorCode,
    deploymentOn,
    GENESIS,
    Ledger,
    type LedgerNode,
    nodeAt,
    type RecordState,
    suffice,
    witnessed,
} from '../src/index.js';
import { FakeNode } from './support/fake-node.js';
import { bytes, vectors } from './support/vectors.js';

type Case = { account: string; address: Address; data: string };
const { cases, program_id: owner } = vectors<{ cases: Case[]; program_id: Address }>('accounts');
const deployment = deploymentOn(GENESIS.devnet, owner);
const withCode = (code: ClientErrorCode) => ({ name: 'ClientError', code });

const record = cases.find(({ account }) => account === 'Record');
assert.ok(record);
const { address } = record;
const data = bytes(record.data);
const turned = Uint8Array.from(data);
turned[10] = (turned[10] ?? 0) ^ 1;

const OPTIONS = { rounds: 4, pause: 2 };

function nodesOf(count: number, genesis: string = GENESIS.devnet): FakeNode[] {
    return Array.from({ length: count }, (_, index) => {
        const node = new FakeNode(`node ${index}`);
        node.genesis = genesis;
        node.accounts.set(address, { owner, data });
        return node;
    });
}

const ask = (nodes: readonly LedgerNode[], project: (state?: RecordState) => unknown = (state) => state?.verified) =>
    witnessed(new Ledger(deployment, nodes), 'record', address, project, OPTIONS);

test('two operators decide, from a slot that both have reached, in what is final', async () => {
    const [one, other] = nodesOf(2);
    assert.ok(one && other);
    one.slot = 110;
    other.before = (method) => {
        if (method === 'getMultipleAccounts') other.slot += 5;
    };
    const { nodes, slot, value } = await ask([one, other]);
    assert.deepEqual([nodes, slot, value], [['node 0', 'node 1'], 110n, data[10]]);
    assert.deepEqual(one.commitments, ['finalized', 'finalized']);
});

test('fewer than two operators decide nothing, unless the user trusts the node or it is the user’s own', async () => {
    const [one, other] = nodesOf(2);
    assert.ok(one && other);
    await assert.rejects(ask([one]), withCode('too_few_nodes'));
    const same = [one, other].map(({ name, rpc }) => ({ name, rpc, operator: 'example.com' }));
    await assert.rejects(ask(same), withCode('too_few_nodes'));
    other.isDown = true;
    await assert.rejects(ask([one, other]), withCode('too_few_nodes'));
    const { name, rpc } = one;
    assert.deepEqual((await ask([{ name, rpc, isTrusted: true }])).nodes, ['node 0']);
    // On a public cluster, an address of this machine may be a tunnel to anybody.
    await assert.rejects(ask([{ name, rpc, isOnThisMachine: true }]), withCode('too_few_nodes'));
    const own = [{ name, rpc, isOnThisMachine: true }];
    assert.ok(suffice(new Ledger(deploymentOn(GENESIS.localnet, owner), own), own));
});

test('who says something else stops everything, however many say the same', async () => {
    const nodes = nodesOf(3);
    nodes[2]?.accounts.set(address, { owner, data: turned });
    await assert.rejects(ask(nodes), (error: Error) => {
        assert.match(error.message, /node 0 says at slot 100: 1; .*node 2 says at slot 100: 0/);
        return (error as { code?: string }).code === 'nodes_disagree';
    });
    // What is not asked for may differ.
    assert.equal((await ask(nodes, (state) => state?.keyIndex)).nodes.length, 3);
    // A difference at other slots is waited out.
    const [one, other, late] = nodes;
    assert.ok(one && other && late);
    late.slot += 1;
    let reads = 0;
    late.before = (method) => {
        if (method !== 'getMultipleAccounts') return;
        for (const node of nodes) node.slot += 1;
        reads += 1;
        if (reads === 3) late.accounts.set(address, { owner, data });
    };
    assert.deepEqual(await ask(nodes).then(({ nodes: { length } }) => [length, reads]), [3, 3]);
});

test('a stale node, one without a clock, and one that shows what can’t be are no witnesses', async () => {
    const nodes = nodesOf(3);
    const [one, other] = nodes;
    assert.ok(one && other);
    one.time = Math.floor(Date.now() / 1000) - 121;
    assert.deepEqual((await ask(nodes)).nodes, ['node 1', 'node 2']);
    other.accounts.set(address, { owner, data: data.slice(1) });
    await assert.rejects(ask(nodes), (error: Error) => {
        assert.match(error.message, /node 0: its state is 12[0-9] s old .*; node 1: .*; node 2 answers/);
        return (error as { code?: string }).code === 'too_few_nodes';
    });
});

test('clocks that are far apart are a contradiction', async () => {
    const nodes = nodesOf(2);
    const [one] = nodes;
    assert.ok(one);
    const now = Math.floor(Date.now() / 1000);
    one.time = now + 20;
    assert.deepEqual((await ask(nodes)).time.latest, BigInt(now + 20));
    one.time = now + 60;
    await assert.rejects(ask(nodes), withCode('nodes_disagree'));
});

test('a slot that nobody else reaches keeps nobody from agreeing', async () => {
    const nodes = nodesOf(3);
    const [ahead, lost] = nodes;
    assert.ok(ahead && lost);
    ahead.slot = 1_000_000;
    assert.deepEqual((await ask(nodes)).nodes, ['node 1', 'node 2']);
    lost.isDown = true;
    await assert.rejects(ask(nodes), withCode('too_few_nodes'));
});

test('a node of another cluster stops everything', async () => {
    const nodes = [...nodesOf(2), ...nodesOf(1, GENESIS.testnet)];
    await assert.rejects(ask(nodes), withCode('wrong_cluster'));
});

test('lamports at an address are no account', async () => {
    const nodes = nodesOf(2);
    for (const node of nodes) {
        node.accounts.set(address, { owner: '11111111111111111111111111111111', data: new Uint8Array() });
    }
    assert.equal((await ask(nodes, (state) => typeof state)).value, 'undefined');
});

test('operators are told from addresses', () => {
    for (const [url, operator] of [
        ['https://a.rpc.example.com/KEY', 'example.com'],
        ['https://rpc.example.co.uk', 'example.co.uk'],
        ['https://192.0.2.7:8899', '192.0.2.7'],
        ['https://[2001:db8::1]', '[2001:db8::1]'],
        ['http://localhost:8899', 'this machine'],
        ['http://127.0.0.1:8899', 'this machine'],
        ['http://[::1]:8899', 'this machine'],
    ] as const) {
        const node = nodeAt(url);
        assert.equal(node.operator, operator);
        assert.equal(node.isOnThisMachine, operator === 'this machine');
    }
});
