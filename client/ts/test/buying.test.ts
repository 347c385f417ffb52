// Buying, and opening what was bought: with nodes that lie, and a device that loses things.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    buy,
    closePurchase,
    exportKeys,
    MemoryState,
    openPurchase,
    savedReceipts,
    sendPrepared,
    showOffer,
} from '../src/index.js';
import { deployment, FakeMarket, walletOf } from './support/fake-market.js';
import { assertCode } from './support/refusals.js';

test('an offer is shown with what a buyer has to accept', async () => {
    const market = await FakeMarket.open({ isSelfIssued: true });
    const { order, price, records } = market.offer;
    const { address } = market.buyer;
    await assertCode(showOffer(market.context(), order, address), 'self_issued');
    const shown = await showOffer(market.context(), order, address, { acceptSelfIssued: true, maxPrice: price });
    assert.deepEqual(shown.offer, market.offer);
    assert.deepEqual([shown.selfIssued, shown.isOpen], [records, true]);
    const cheaper = { acceptSelfIssued: true, maxPrice: price - 1n };
    await assertCode(showOffer(market.context(), order, address, cheaper), 'too_expensive');
    market.showOrder({ onlyBuyer: market.seller.address });
    await assertCode(showOffer(market.context(), order, address), 'only_buyer');
    market.showOrder({ label: new Uint8Array(64).fill(0xff) });
    await assertCode(showOffer(market.context(), order, address), 'malformed');
});

test('a node that shows another price is found out by the other one', async () => {
    const market = await FakeMarket.open();
    market.showOrder({ price: 1n }, market.nodes.slice(1));
    await assertCode(showOffer(market.context(), market.offer.order, market.buyer.address), 'nodes_disagree');
});

/** A purchase that is about to be made, and everything that is sent is confirmed. */
async function shopping() {
    const market = await FakeMarket.open();
    for (const node of market.nodes) node.confirmsAll = true;
    const context = { ...market.context(), saved: new MemoryState() };
    const buyer = { wallet: market.buyer };
    const shown = await showOffer(context, market.offer.order, market.buyer.address);
    market.forget();
    return { market, context, buyer, shown };
}

test('the receipt is saved before anything is paid, and nothing is read again', async () => {
    const { buyer, context, market, shown } = await shopping();
    const prepared = await buy(context, buyer, shown);
    const { purchase, receipt, receiptName } = prepared.outcome;
    assert.deepEqual([purchase, receiptName], [market.purchase, `devnet/receipts/${purchase}`]);
    assert.deepEqual(await savedReceipts(context.saved, deployment, purchase), []);
    const [node] = market.nodes;
    assert.ok(node);
    assert.equal(node.asked.length, 0);
    let saved: Promise<string | undefined> | undefined;
    node.before = (method) => {
        if (method === 'sendTransaction') saved ??= context.saved.read(receiptName);
    };
    await sendPrepared(context, prepared);
    assert.ok(await saved);
    assert.ok(!node.asked.includes('getAccountInfo') && !node.asked.includes('getMultipleAccounts'));
    assert.deepEqual(await savedReceipts(context.saved, deployment, purchase), [{ name: receiptName, receipt }]);
});

test('without its receipt on the disk nothing is paid', async () => {
    const { buyer, context, market, shown } = await shopping();
    context.saved.update = async () => {
        throw new DOMException('the quota is exceeded', 'QuotaExceededError');
    };
    await assert.rejects(sendPrepared(context, await buy(context, buyer, shown)), { name: 'QuotaExceededError' });
    for (const { sent } of market.nodes) assert.deepEqual(sent, []);
});

test('a page that is closed between receipt and payment pays once, and its receipts stay', async () => {
    const { buyer, context, market, shown } = await shopping();
    const closed = await buy(context, buyer, shown);
    await closed.saveFirst?.();
    for (const { sent } of market.nodes) assert.deepEqual(sent, []);
    // The next page buys again, beside the receipt of the purchase that was not made.
    const again = await buy(context, buyer, shown);
    assert.equal(again.outcome.receiptName, `devnet/receipts/${market.purchase}.2`);
    await sendPrepared(context, again);
    // The same prepared purchase may be sent again: its receipt is there already.
    await sendPrepared(context, again);
    assert.equal((await savedReceipts(context.saved, deployment, market.purchase)).length, 2);
});

/** A settled purchase with its receipt. */
async function paid() {
    const made = await shopping();
    const prepared = await buy(made.context, made.buyer, made.shown);
    await prepared.saveFirst?.();
    made.market.showPurchase(made.market.settled);
    return { ...made, purchase: made.market.purchase, wallet: made.market.buyer };
}

test('what was bought opens, by the receipt whatever nodes show of order and records', async () => {
    const { context, market, purchase, wallet } = await paid();
    for (const node of market.nodes) {
        for (const address of [market.offer.order, ...market.offer.records]) node.accounts.delete(address);
    }
    const { receipt, records } = await openPurchase(context, wallet, purchase);
    assert.deepEqual(receipt.offer, market.offer);
    for (const record of records) {
        assert.ok('opened' in record && record.signature === 'plain');
        assert.equal(record.opened.locator.kind, 'fhir:Observation/85354-9');
    }
    await assertCode(openPurchase(context, await walletOf(9), purchase), 'wrong_wallet');
    // The receipt is lost, and the order gone.
    const lost = { ...context, saved: new MemoryState() };
    await assertCode(openPurchase(lost, wallet, purchase), 'receipt');
    market.showOrder({ price: 7n });
    await assertCode(openPurchase(lost, wallet, purchase), 'other_terms');
    for (const [state, code] of [
        [market.pending, 'not_delivered'],
        [market.locked, 'not_settled'],
    ] as const) {
        market.showPurchase(state);
        await assertCode(openPurchase(context, wallet, purchase), code);
    }
});

test('a record that its creator made wrong does not keep the others from being opened', async () => {
    const { context, market, purchase, wallet } = await paid();
    const { settled } = market;
    const [first, second] = settled.capsules;
    assert.ok(first && second);
    market.showPurchase({ ...settled, capsules: [first, first] });
    const { records } = await openPurchase(context, wallet, purchase);
    assert.ok(records[0] && 'opened' in records[0]);
    assert.ok(records[1] && 'error' in records[1]);
    await assertCode(Promise.reject(records[1].error), 'wrong_key');
});

test('keys are saved before a purchase is closed, and false ones of one node are not', async () => {
    const { context, market, purchase, wallet } = await paid();
    const { settled } = market;
    const [honest, liar] = market.nodes;
    const [first] = settled.capsules;
    assert.ok(honest && liar && first);
    const wrong = { ...settled, capsules: [first, first] };
    // One node alone shows keys that don't open the records.
    honest.isDown = true;
    market.showPurchase(wrong, [liar]);
    await assertCode(exportKeys(context, wallet, purchase), 'too_few_nodes');
    await assert.rejects(sendPrepared(context, closePurchase(context, { wallet }, purchase)));
    assert.deepEqual(liar.sent, []);

    honest.isDown = false;
    market.showPurchase(settled);
    const name = await exportKeys(context, wallet, purchase);
    assert.equal(name, `devnet/receipts/${purchase}.2`);
    assert.equal(await exportKeys(context, wallet, purchase), name, 'nothing new is saved');
    await sendPrepared(context, closePurchase(context, { wallet }, purchase));
    for (const node of market.nodes) node.accounts.delete(purchase);
    const { records } = await openPurchase(context, wallet, purchase);
    assert.ok(records.every((record) => 'opened' in record));
    // Bought again and not settled yet: what was paid for opens all the same.
    market.showPurchase({ ...market.pending, deadline: market.deadline + 9n });
    assert.equal((await openPurchase(context, wallet, purchase)).records.length, 2);

    // A creator who cheated, as both nodes show: these are the keys that there are.
    market.showPurchase(wrong);
    assert.equal(await exportKeys(context, wallet, purchase), `devnet/receipts/${purchase}.3`);
});
