// Deletion by nodes that lie: a document is erased for good, so no node alone decides that.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '@solana/kit';
import { secureRandom } from '../src/crypto/group.js';
import { seal } from '../src/crypto/sealed-box.js';
import {
    deleteRecord,
    encodeLocator,
    eraseSavedDocuments,
    type FlowContext,
    GENERION_ERROR__WRONG_RECORD,
    openRecord,
    savedErasures,
    sendPrepared,
} from '../src/index.js';
import { saveErasure } from '../src/saved/erasures.js';
import { deployment, FakeMarket, walletOf } from './support/fake-market.js';
import type { FakeNode } from './support/fake-node.js';
import { assertCode, assertProgramError } from './support/refusals.js';

const DOCUMENT = { stores: ['https://store.example.org'], sha256: new Uint8Array(32).fill(9) };
const REFUSED = GENERION_ERROR__WRONG_RECORD;

/** A record that its owner deletes, and what is asked of its store. */
async function world() {
    const market = await FakeMarket.open({ records: 1 });
    const record = market.records[0]?.address as Address;
    const [first, other] = market.nodes as [FakeNode, FakeNode];
    const asked: string[] = [];
    const fetch = (_: unknown, { method }: RequestInit = {}) => {
        asked.push(String(method));
        return Promise.resolve(new Response(null, { status: 204 }));
    };
    const context: FlowContext = { ...market.context(), storeOptions: { fetch: fetch as typeof globalThis.fetch } };
    const wallet = market.seller;
    const saved = async () =>
        (await savedErasures(market.saved, deployment, wallet.address)).map((erasure) => erasure.record);
    const save = async () =>
        await saveErasure(market.saved, deployment, { record, authority: wallet.address, document: DOCUMENT });
    return { actor: { wallet, keys: market.keys }, asked, context, first, market, other, record, save, saved, wallet };
}

test('a document is erased only if two operators show at finalized that its record is gone', async () => {
    const { asked, context, first, market, other, record, save, saved, wallet } = await world();
    await save();
    const data = other.accounts.get(record);
    assert.ok(data);
    first.accounts.delete(record);
    // Whatever slot the liar invents, and however silent the other one is.
    await assertCode(eraseSavedDocuments(context, wallet), 'nodes_disagree');
    first.slot = 10 ** 12;
    await assert.rejects(eraseSavedDocuments(context, wallet));
    first.slot = 100;
    other.isDown = true;
    await assertCode(eraseSavedDocuments(context, wallet), 'too_few_nodes');
    other.isDown = false;
    assert.deepEqual([asked, await saved()], [[], [record]]);

    market.forget();
    other.accounts.delete(record);
    const [done] = await eraseSavedDocuments(context, wallet);
    assert.deepEqual(
        [done?.erasures, asked, await saved()],
        [[{ store: DOCUMENT.stores[0], result: 'erased' }], ['DELETE'], []],
    );
    for (const { commitments } of market.nodes) assert.deepEqual(commitments, ['finalized']);
});

test('a deletion of which nothing was sent is forgotten, and one that was sent before is not', async () => {
    const { actor, asked, context, first, market, other, record, save, saved, wallet } = await world();
    const err = { InstructionError: [0, { Custom: REFUSED }] };
    for (const node of market.nodes) node.simulation = { err, logs: [], unitsConsumed: 1 };
    await assertProgramError(sendPrepared(context, await deleteRecord(context, actor, record)), REFUSED);
    assert.deepEqual(await saved(), []);

    // Saved by an earlier run, which may have sent it.
    await save();
    await assertProgramError(sendPrepared(context, await deleteRecord(context, actor, record)), REFUSED);
    assert.deepEqual(await saved(), [record]);
    await eraseSavedDocuments(context, wallet);
    assert.deepEqual([asked, first.sent, other.sent], [[], [], []]);
});

test('a record is deleted whatever version its locator has', async () => {
    const { actor, context, market } = await world();
    const state = market.records[0]?.state;
    assert.ok(state);
    const { locator } = openRecord(state, state.capsule, market.ownerSecret);
    for (const version of [1, 255]) {
        const bytes = encodeLocator(locator);
        bytes[0] = version;
        const sealed = seal(bytes, Uint8Array.from(state.dataPublicKey), secureRandom);
        await market.showRecord({ ...state, locator: sealed }, async (address) => {
            const { instructions, outcome } = await deleteRecord(context, actor, address);
            assert.deepEqual([instructions.length, outcome.document], [1, undefined]);
        });
    }
});

test('only the wallet that can erase a document is asked to', async () => {
    const { context, market, record, save, saved } = await world();
    await save();
    for (const node of market.nodes) node.accounts.delete(record);
    assert.deepEqual(await eraseSavedDocuments(context, await walletOf(9)), []);
    assert.deepEqual(await saved(), [record]);
});
