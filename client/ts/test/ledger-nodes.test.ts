// Reads from several nodes, some of which lag, lie or are silent.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, getAddressDecoder } from '@solana/kit';
import {
    type ClientErrorCode,
    deploymentOn,
    findUserPda,
    GENESIS,
    getUserDecoder,
    getUserEncoder,
    Ledger,
    list,
} from '../src/index.js';
import { FakeNode } from './support/fake-node.js';
import { bytes, vectors } from './support/vectors.js';

type Case = { account: string; address: Address; data: string; fields: { [name: string]: string } };
const { cases, program_id: owner } = vectors<{ cases: Case[]; program_id: Address }>('accounts');
const deployment = deploymentOn(GENESIS.localnet, owner);
const withCode = (code: ClientErrorCode) => ({ name: 'ClientError', code });

const records = cases.filter(({ account }) => account === 'Record');
const [record] = records;
assert.ok(record);
const data = bytes(record.data);
const address = record.address;
/** The record, with the byte that says whether its owner verified it turned over. */
const turned = Uint8Array.from(data);
turned[10] = (turned[10] ?? 0) ^ 1;

function ledgerOf(count: number) {
    const nodes = Array.from({ length: count }, (_, index) => new FakeNode(`node ${index}`));
    for (const node of nodes) node.accounts.set(address, { owner, data });
    return { nodes, ledger: new Ledger(deployment, nodes, { pause: 5 }) };
}

const nodeOf = (nodes: FakeNode[], index: number) => {
    const node = nodes[index];
    assert.ok(node);
    return node;
};

test('what all nodes show is agreed, and the lowest slot is told', async () => {
    const { nodes, ledger } = ledgerOf(3);
    nodeOf(nodes, 1).slot = 90;
    const { state, nodes: agreeing, slot } = await ledger.get('record', address);
    assert.equal(state.owner, record.fields.owner);
    assert.deepEqual([agreeing, slot], [3, 90n]);
    const [other] = cases.filter(({ account }) => account === 'User');
    assert.deepEqual(await ledger.find('user', other?.address as Address), { state: undefined, nodes: 3, slot: 90n });
    await assert.rejects(ledger.get('user', other?.address as Address), withCode('not_found'));
});

test('a node that is down, or shows what can’t be, counts as silent', async () => {
    const { nodes, ledger } = ledgerOf(3);
    nodeOf(nodes, 0).isDown = true;
    const changed = Uint8Array.from(data);
    // The creator, which the address depends on.
    changed[70] = (changed[70] ?? 0) ^ 1;
    nodeOf(nodes, 1).accounts.set(address, { owner, data: changed });
    assert.equal((await ledger.get('record', address)).nodes, 1);
    nodeOf(nodes, 2).isDown = true;
    await assert.rejects(ledger.find('record', address), (error: Error) => {
        assert.match(error.message, /node 0: fetch failed; node 1: .* belongs to address .*; node 2: fetch failed/);
        return withCode('no_node').code === (error as { code?: string }).code;
    });
});

test('nodes that differ are asked again, at the slot of the furthest', async () => {
    const { nodes, ledger } = ledgerOf(2);
    const [ahead, behind] = [nodeOf(nodes, 0), nodeOf(nodes, 1)];
    ahead.accounts.set(address, { owner, data: turned });
    ahead.slot = 110;
    let asked = 0;
    behind.before = (method) => {
        asked += method === 'getAccountInfo' ? 1 : 0;
        if (asked < 3) return;
        behind.slot = 111;
        behind.accounts.set(address, { owner, data: turned });
    };
    const { nodes: agreeing, state } = await ledger.get('record', address);
    assert.deepEqual([agreeing, state.verified, asked], [2, turned[10], 3]);
});

test('nodes that keep differing are no fact, and a node that stays behind is left out', async () => {
    const { nodes, ledger } = ledgerOf(2);
    nodeOf(nodes, 1).accounts.set(address, { owner, data: turned });
    await assert.rejects(ledger.find('record', address), /the nodes node 0, node 1 show different accounts/);

    const late = ledgerOf(2);
    nodeOf(late.nodes, 1).slot = 50;
    late.ledger.noteSlot(80n);
    assert.equal((await late.ledger.get('record', address)).nodes, 1);
});

test('a node that invents a slot in the future does not silence those that contradict it', async () => {
    for (const shown of [turned, undefined]) {
        const { nodes, ledger } = ledgerOf(2);
        const liar = nodeOf(nodes, 0);
        liar.slot = 10 ** 12;
        if (shown) liar.accounts.set(address, { owner, data: shown });
        else liar.accounts.delete(address);
        await assert.rejects(ledger.find('record', address), withCode('nodes_disagree'));
    }
});

test('a node that contradicted another stays a contradiction once it is silent', async () => {
    const { nodes, ledger } = ledgerOf(2);
    const [liar, honest] = [nodeOf(nodes, 0), nodeOf(nodes, 1)];
    liar.accounts.set(address, { owner, data: turned });
    let asked = 0;
    honest.before = (method) => {
        asked += method === 'getAccountInfo' ? 1 : 0;
        honest.isDown = asked > 1;
    };
    await assert.rejects(ledger.find('record', address), withCode('nodes_disagree'));
});

test('a slot that one node told of is a minimum for that node alone', async () => {
    const { nodes, ledger } = ledgerOf(2);
    const liar = nodeOf(nodes, 0);
    liar.slot = 10 ** 12;
    liar.accounts.delete(address);
    ledger.noteSlotOf(liar, 10n ** 12n);
    await assert.rejects(ledger.find('record', address), withCode('nodes_disagree'));
    const { doubts } = await list(ledger, 'record', { owner: record.fields.owner as Address });
    assert.ok(doubts.some(({ code, message }) => code === 'nodes_disagree' && message.includes(address)));
    // One that is behind what it told of itself is asked again, and left out.
    liar.slot = 10;
    assert.equal((await ledger.get('record', address)).nodes, 1);
});

test('no answer is older than what this client knows of', async () => {
    const { nodes, ledger } = ledgerOf(1);
    ledger.noteSlot(101n);
    ledger.noteSlot(7n);
    assert.equal(ledger.minContextSlotOf(nodeOf(nodes, 0)), 101n);
    await assert.rejects(ledger.find('record', address), withCode('no_node'));
    nodeOf(nodes, 0).slot = 101;
    assert.equal((await ledger.get('record', address)).slot, 101n);
});

test('a node of another cluster stops everything, until it is no longer there', async () => {
    const { nodes, ledger } = ledgerOf(2);
    const stray = nodeOf(nodes, 1);
    stray.genesis = GENESIS.devnet;
    await assert.rejects(ledger.find('record', address), withCode('wrong_cluster'));
    await assert.rejects(list(ledger, 'record', {}), withCode('wrong_cluster'));
    assert.ok(nodes.every(({ asked }) => asked.every((method) => method === 'getGenesisHash')));
    stray.genesis = GENESIS.localnet;
    assert.equal((await ledger.get('record', address)).nodes, 2);
});

test('a list has what any node shows, if it matches, and doubts name the node', async () => {
    const { nodes, ledger } = ledgerOf(2);
    const [one, other] = [nodeOf(nodes, 0), nodeOf(nodes, 1)];
    for (const { address, data } of records) one.accounts.set(address, { owner, data: bytes(data) });
    const changed = Uint8Array.from(data);
    // The creator, which the address depends on.
    changed[70] = (changed[70] ?? 0) ^ 1;
    other.accounts.set(address, { owner, data: changed });
    const wanted = record.fields.owner as Address;
    const { accounts, doubts } = await list(ledger, 'record', { owner: wanted });
    // The other node does not show the others: they are disputed, and so they are doubts.
    assert.deepEqual(
        accounts.map(({ address }) => address),
        [address],
    );
    const matching = records.filter(({ fields }) => fields.owner === wanted).map(({ address }) => address);
    assert.ok(doubts.some(({ code, message }) => code === 'wrong_address' && message.startsWith('node node 1 shows')));
    for (const hidden of matching.filter((one) => one !== address)) {
        assert.ok(doubts.some(({ code, message }) => code === 'nodes_disagree' && message.includes(hidden)));
    }
    const unasked = records.filter(({ fields }) => fields.owner !== wanted).length;
    assert.equal(doubts.filter(({ code }) => code === 'not_asked_for').length, unasked);
    await assert.rejects(list(ledger, 'record', { nonsense: wanted } as never), RangeError);
});

test('a node that invents many accounts neither makes a list endless nor hides those of others', async () => {
    const { nodes } = ledgerOf(2);
    const [liar, honest] = [nodeOf(nodes, 0), nodeOf(nodes, 1)];
    const users = await Promise.all(
        Array.from({ length: 151 }, async (_, index) => {
            const wallet = getAddressDecoder().decode(new Uint8Array(32).fill(index + 1));
            const [user] = await findUserPda({ wallet }, { programAddress: owner });
            const zeros = getUserDecoder().decode(new Uint8Array(getUserEncoder().fixedSize));
            return { user, data: Uint8Array.from(getUserEncoder().encode({ ...zeros, wallet, version: 1 })) };
        }),
    );
    for (const node of nodes) node.accounts.clear();
    for (const { data, user } of users) liar.accounts.set(user, { owner, data });
    // The last one is true, and the liar does not list it.
    const [last] = users.splice(-1);
    assert.ok(last);
    honest.accounts.set(last.user, { owner, data: last.data });
    liar.before = (method) => {
        liar.accounts.delete(last.user);
        if (method === 'getAccountInfo') liar.accounts.set(last.user, { owner, data: last.data });
    };
    const ledger = new Ledger(deployment, nodes, { pause: 1, rounds: 2 });
    const { accounts, doubts } = await list(ledger, 'user', {});
    assert.deepEqual(
        accounts.map(({ address }) => address),
        [last.user],
    );
    const asked = new Set(doubts.map(({ message }) => message)).size;
    assert.equal(asked, 100);
    assert.ok(doubts.some(({ message }) => message === 'the nodes show 51 further accounts differently'));
    assert.ok(liar.asked.filter((method) => method === 'getAccountInfo').length <= 200);
});
