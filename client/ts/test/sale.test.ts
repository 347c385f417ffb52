// What a seller's client compares before it delivers, and asks witnesses for before it locks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf, checkLock, deliver, MemoryState, type Purchase, readSale, WalletKeys } from '../src/index.js';
import { FakeMarket, walletOf } from './support/fake-market.js';
import { assertCode } from './support/refusals.js';

test('a sale is what the seller offered, and its settle key follows from that', async () => {
    const market = await FakeMarket.open();
    const sale = await readSale(market.context(), market.keys, market.purchase);
    assert.deepEqual(sale.offer, market.offer);
    assert.deepEqual(sale.settleKey, market.settleSecret.publicKey.toBytes());
    assert.deepEqual(
        sale.records.map(({ address }) => address),
        market.offer.records,
    );
});

test('what was not offered on this device is sold only if the user goes by the ledger', async () => {
    const market = await FakeMarket.open();
    const context = { ...market.context(), saved: new MemoryState() };
    await assertCode(readSale(context, market.keys, market.purchase), 'not_offered');
    const sale = await readSale(context, market.keys, market.purchase, 'ledger');
    assert.deepEqual(sale.offer, market.offer);
});

test('a purchase on other terms is not served', async () => {
    const market = await FakeMarket.open();
    const { locked, pending } = market;
    const [stranger] = [await walletOf(9)];
    const others: [Partial<Purchase>, Parameters<typeof assertCode>[1]][] = [
        [{ price: pending.price - 1n }, 'other_terms'],
        [{ terms: new Uint8Array(32).fill(1) }, 'other_terms'],
        [{ recordCount: 1 }, 'other_terms'],
        [{ settleKey: pending.buyerKey }, 'other_settle_key'],
        [{ ...locked, settleKey: pending.buyerKey }, 'other_settle_key'],
        [{ deadline: pending.deadline + 1n, settleKey: locked.settleKey }, 'other_settle_key'],
        [{ seller: stranger.address }, 'other_seller'],
    ];
    for (const [changed, code] of others) {
        market.showPurchase({ ...pending, ...changed });
        await assertCode(
            readSale(market.context(), market.keys, market.purchase),
            code,
            JSON.stringify(Object.keys(changed)),
        );
    }
    // More than the price is welcome.
    market.showPurchase({ ...pending, price: pending.price + 1n });
    await readSale(market.context(), market.keys, market.purchase);
});

test('a node that lies about the price is found out, and is not believed alone', async () => {
    const market = await FakeMarket.open();
    const [honest, liar] = market.nodes;
    assert.ok(honest && liar);
    market.showPurchase({ ...market.pending, price: 1n }, [liar]);
    await assertCode(readSale(market.context(), market.keys, market.purchase), 'nodes_disagree');
    // The other one is silent: what one node says is no reason to give the sale up.
    honest.isDown = true;
    await assertCode(readSale(market.context(), market.keys, market.purchase), 'too_few_nodes');
});

test('the keys of another wallet deliver nothing', async () => {
    const market = await FakeMarket.open();
    const keys = new WalletKeys(await walletOf(9));
    await assertCode(readSale(market.context(), keys, market.purchase), 'other_seller');
    const own = market.seller.address;
    const foreign = {
        wallet: own,
        secretBehind: keys.secretBehind.bind(keys),
        encryptionSecret: keys.encryptionSecret.bind(keys),
    };
    await assertCode(readSale(market.context(), foreign, market.purchase), 'foreign_key');
});

test('what is missing is delivered in batches of up to eight', async () => {
    const market = await FakeMarket.open({ records: 10 });
    const shape = async () =>
        batchesOf(await readSale(market.context(), market.keys, market.purchase)).map(({ first, isLast, records }) => [
            first,
            records.length,
            isLast,
        ]);
    assert.deepEqual(await shape(), [
        [0, 8, false],
        [8, 2, true],
    ]);
    market.showPurchase(market.withDelivered(3));
    assert.deepEqual(await shape(), [
        [0, 3, false],
        [4, 6, true],
    ]);
    market.showPurchase(market.locked);
    assert.deepEqual(await shape(), []);
});

/** A market, its sale, and a context in which everything that is sent is confirmed. */
async function begun(records = 2) {
    const market = await FakeMarket.open({ records });
    for (const node of market.nodes) node.confirmsAll = true;
    const sale = await readSale(market.context(), market.keys, market.purchase);
    const seller = { keys: market.keys, payer: market.seller.signer };
    market.forget();
    return { market, sale, seller, context: market.context() };
}

test('before the batch that locks, and not before the others, two operators have to agree on what is final', async () => {
    const { context, market, sale, seller } = await begun(10);
    const [node] = market.nodes;
    assert.ok(node);
    const batches = await deliver(context, seller, sale);
    assert.deepEqual(
        batches.map(({ count, first }) => [first, count]),
        [
            [0, 8],
            [8, 2],
        ],
    );
    const reads = node.asked.flatMap((method, index) => (method === 'getMultipleAccounts' ? [index] : []));
    const sends = node.asked.flatMap((method, index) => (method === 'sendTransaction' ? [index] : []));
    const [first = 0, second = 0] = sends;
    assert.ok(reads.length >= 2 && reads.every((read) => read > first && read < second), node.asked.join());
    assert.deepEqual(new Set(node.commitments), new Set(['finalized']));
});

test('what can not be settled is not locked', async () => {
    const cases: [string, (made: Awaited<ReturnType<typeof begun>>) => void, Parameters<typeof assertCode>[1]][] = [
        [
            'one node is silent',
            ({ market: { nodes } }) => {
                for (const node of nodes.slice(1)) node.isDown = true;
            },
            'too_few_nodes',
        ],
        [
            'one node shows another price',
            ({ market }) => market.showPurchase({ ...market.pending, price: 2_000_000n }, market.nodes.slice(1)),
            'nodes_disagree',
        ],
        ['the order has other terms', ({ market }) => market.showOrder({ price: 5n }), 'other_terms'],
        [
            'another purchase is there',
            ({ market }) => market.showPurchase({ ...market.pending, deadline: market.deadline + 1n }),
            'other_terms',
        ],
        [
            'somebody else delivered',
            ({ market }) => market.showPurchase({ ...market.withDelivered(0), settleKey: market.pending.buyerKey }),
            'other_settle_key',
        ],
        [
            'the payer is poor',
            ({ market }) => {
                for (const node of market.nodes) node.accounts.delete(market.seller.address);
            },
            'settle_reserve',
        ],
        [
            'a clock is past the deadline',
            ({ market }) => {
                for (const node of market.nodes) node.time = Number(market.deadline + 300n);
            },
            'too_late',
        ],
        [
            'a node stands still',
            ({ market: { nodes } }) => {
                for (const node of nodes.slice(1)) node.time = Math.floor(Date.now() / 1000) - 121;
            },
            'too_few_nodes',
        ],
    ];
    for (const [name, change, code] of cases) {
        const made = await begun();
        change(made);
        await assertCode(checkLock(made.context, made.sale, made.seller.payer.address), code, name);
        made.market.forget();
        await assertCode(deliver(made.context, made.seller, made.sale), code, name);
        assert.deepEqual(
            made.market.nodes.flatMap(({ sent }) => sent),
            [],
            name,
        );
    }
});

test('what is delivered already, or can not be in time, is not begun', async () => {
    const { context, market, sale, seller } = await begun(10);
    for (const state of [market.locked, market.settled]) {
        await assertCode(deliver(context, seller, { ...sale, state }), 'purchase_state');
    }
    // Two transactions take two minutes.
    for (const node of market.nodes) node.time = Number(market.deadline + 300n - 100n);
    await assertCode(deliver(context, seller, sale), 'too_late');
    assert.deepEqual(
        market.nodes.flatMap(({ sent }) => sent),
        [],
    );
});

test('a delivery that expires is not signed anew once the ledger would refuse it', async () => {
    const { context, market, sale, seller } = await begun();
    const sent = new Set<string>();
    for (const node of market.nodes) {
        node.confirmsAll = false;
        node.hold = (method, [wire]) => {
            if (method !== 'sendTransaction') return undefined;
            sent.add(String(wire));
            for (const other of market.nodes) {
                other.height += 1_000;
                other.time = Number(market.deadline + 300n);
            }
            return undefined;
        };
    }
    await assertCode(deliver(context, seller, sale), 'too_late');
    assert.equal(sent.size, 1);
});
