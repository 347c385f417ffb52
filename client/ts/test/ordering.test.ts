// Putting records up for sale: what is refused before anything is signed, and when the offer is saved.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    createOrder,
    MemoryState,
    type NewOrder,
    offerTerms,
    readSale,
    savedOffer,
    savedOffers,
    saveOffer,
    sendPrepared,
} from '../src/index.js';
import { deployment, FakeMarket, walletOf } from './support/fake-market.js';
import { assertCode } from './support/refusals.js';

/** A seller who has records, and the terms of an order of them. */
async function selling(records = 2) {
    const market = await FakeMarket.open({ records });
    await market.showUser(0n);
    for (const node of market.nodes) node.confirmsAll = true;
    const context = { ...market.context(), saved: new MemoryState() };
    const { deliveryWindow, label, price } = market.offer;
    const order: NewOrder = { records: [...market.offer.records].reverse(), price, deliveryWindow, label };
    const seller = { wallet: market.seller, keys: market.keys };
    return { market, context, seller, order };
}

test('the offer is saved before the order is sent, with its records in order', async () => {
    const { context, market, order, seller } = await selling();
    const prepared = await createOrder(context, seller, order);
    assert.deepEqual(prepared.outcome, market.offer);
    await assertCode(savedOffer(context.saved, deployment, market.offer.order), 'not_offered');
    const [node] = market.nodes;
    assert.ok(node);
    let saved: Promise<unknown> | undefined;
    node.before = (method) => {
        if (method === 'sendTransaction') saved ??= savedOffer(context.saved, deployment, market.offer.order);
    };
    await sendPrepared(context, prepared);
    assert.deepEqual(await saved, market.offer);
});

test('an offer that is there is replaced once the order is confirmed, and not on a node’s word', async () => {
    const { context, market, order, seller } = await selling();
    const earlier = { ...market.offer, price: 7n };
    await saveOffer(context.saved, deployment, earlier);
    const prepared = await createOrder(context, seller, order);
    for (const node of market.nodes) node.simulation = { err: 'AccountInUse', logs: [], unitsConsumed: 0 };
    await assertCode(sendPrepared(context, prepared), 'refused');
    assert.deepEqual(await savedOffer(context.saved, deployment, market.offer.order), earlier);
    for (const node of market.nodes) node.simulation = { err: null, logs: [], unitsConsumed: 5_000 };
    await sendPrepared(context, prepared);
    assert.deepEqual(await savedOffer(context.saved, deployment, market.offer.order), market.offer);
});

test('what was sold by an order is delivered, even if the page was closed before its offer took an earlier one’s place', async () => {
    const { context, market, order, seller } = await selling();
    const { saved } = context;
    const earlier = { ...market.offer, price: 7n };
    await saveOffer(saved, deployment, earlier);
    const page = new AbortController();
    const [node] = market.nodes;
    assert.ok(node);
    node.before = (method) => {
        if (method === 'sendTransaction') page.abort(new Error('the page was closed'));
    };
    for (const one of market.nodes) one.confirmsAll = false;
    const prepared = await createOrder(context, seller, order);
    await assertCode(sendPrepared({ ...context, signal: page.signal }, prepared), 'unknown');
    // It landed all the same, and was bought.
    const sale = await readSale(context, market.keys, market.purchase);
    assert.deepEqual(sale.offer, market.offer);
    // A purchase on the earlier terms is one of the earlier offer, and one on others is none.
    const bought = { ...market.pending, price: 9n };
    market.showPurchase({ ...bought, terms: offerTerms(earlier) });
    assert.deepEqual((await readSale(context, market.keys, market.purchase)).offer, earlier);
    market.showPurchase({ ...bought, terms: offerTerms({ ...earlier, price: 8n }) });
    await assertCode(readSale(context, market.keys, market.purchase), 'other_terms');
    market.showPurchase({ ...market.pending, price: 9n });
    await assertCode(readSale(context, market.keys, market.purchase), 'other_terms');
    // Once it is confirmed, there is one offer.
    for (const one of market.nodes) [one.confirmsAll, one.before] = [true, () => undefined];
    await sendPrepared(context, prepared);
    assert.deepEqual(await savedOffers(saved, deployment), [market.offer]);
    market.showPurchase({ ...bought, terms: offerTerms(earlier) });
    await assertCode(readSale(context, market.keys, market.purchase), 'other_terms');
});

test('more records than fit a transaction are refused before it is signed', async () => {
    const { context, order, seller } = await selling(24);
    await createOrder(context, seller, { ...order, records: order.records.slice(0, 20) });
    const payer = (await walletOf(7)).signer;
    const whole = { ...order, label: 'x'.repeat(64), onlyBuyer: payer.address };
    await assertCode(createOrder(context, { ...seller, payer }, whole), 'invalid_order');
});

test('a record that its buyer could not open is not offered', async () => {
    const { context, market, order, seller } = await selling();
    const [first] = market.records;
    const stranger = await walletOf(9);
    assert.ok(first);
    await market.showRecord({ ...first.state, dataPublicKey: new Uint8Array(32).fill(9) }, async (address) => {
        const records = [address];
        await assertCode(createOrder(context, seller, { ...order, records }), 'wrong_key');
    });
    await market.showRecord({ ...first.state, ownerKey: market.pending.buyerKey }, async (address) => {
        await assertCode(createOrder(context, seller, { ...order, records: [address] }), 'foreign_key');
        const records = [address, ...order.records];
        await assertCode(createOrder(context, seller, { ...order, records }), 'invalid_order');
    });
    await market.showRecord({ ...first.state, owner: stranger.address }, async (address) => {
        await assertCode(createOrder(context, seller, { ...order, records: [address] }), 'invalid_order');
    });
    await assertCode(createOrder(context, seller, { ...order, records: [stranger.address] }), 'not_found');
});
