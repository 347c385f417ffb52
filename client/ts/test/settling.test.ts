// Settling: what has to be true before the secret is shown, and how it is sent afterwards.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    type FlowContext,
    hasMarker,
    MemoryState,
    markerOf,
    readSale,
    resumeSettlements,
    type SettleEvent,
    savedMarkers,
    settle,
} from '../src/index.js';
import { saveMarker } from '../src/saved/markers.js';
import { deployment, FakeMarket } from './support/fake-market.js';
import type { FakeNode, ShownStatus } from './support/fake-node.js';
import { assertCode } from './support/refusals.js';

/** As in the protocol, a thousand times faster. */
const timing = { sign: 60, send: 15, ask: 1, secondWord: 60 };

/** A locked sale, and what settles it. */
async function locked() {
    const market = await FakeMarket.open();
    market.showPurchase(market.locked);
    const context = market.context();
    const sale = await readSale(context, market.keys, market.purchase);
    const settler = { payer: market.seller, timing };
    market.forget();
    return { market, context, sale, settler, marker: markerOf(context, sale) };
}

const final: ShownStatus = { slot: 90, err: null, confirmationStatus: 'finalized' };

/** Runs when a node gets a transaction, with the number of those that it got before. */
function onSending(node: FakeNode, run: (before: number) => void): void {
    node.before = (method) => {
        if (method === 'sendTransaction') run(node.sent.length);
    };
}

test('the secret goes to all nodes in nothing but transactions that no node simulates, behind a marker', async () => {
    const { context, marker, market, sale, settler } = await locked();
    const { saved } = context;
    const [one, other] = market.nodes;
    assert.ok(one && other);
    let isMarked: Promise<boolean> | undefined;
    onSending(one, () => {
        isMarked ??= hasMarker(saved, marker);
        market.showPurchase(market.settled);
    });
    const events: SettleEvent[] = [];
    const end = await settle(context, market.keys, sale, settler, (event) => events.push(event));
    assert.deepEqual(end, { end: 'settled', confirmed: undefined });
    assert.equal(await isMarked, true);
    assert.deepEqual(await savedMarkers(saved, deployment, market.seller.address), []);
    assert.deepEqual(one.sent, other.sent);
    assert.equal(one.sent.length, 1);
    const secret = market.settleSecret.toBytes();
    assert.ok(Buffer.from(one.sent[0] ?? '', 'base64').includes(Buffer.from(secret)));
    for (const node of market.nodes) assert.ok(!node.asked.includes('simulateTransaction'));
    assert.deepEqual(new Set(one.commitments), new Set(['finalized']));
    assert.deepEqual(
        events.map(({ event }) => event),
        ['sent'],
    );
});

test('nothing is shown unless the purchase can be settled in time, as two operators agree', async () => {
    const cases: [string, (made: Awaited<ReturnType<typeof locked>>) => void, Parameters<typeof assertCode>[1]][] = [
        [
            'less than an hour is left',
            ({ market }) => {
                for (const node of market.nodes) node.time = Number(market.deadline + 82_800n + 300n - 3_599n);
            },
            'settle_too_late',
        ],
        [
            'one node is silent',
            ({ market }) => {
                for (const node of market.nodes.slice(1)) node.isDown = true;
            },
            'too_few_nodes',
        ],
        [
            'one node shows it as locked alone',
            ({ market }) => market.showPurchase(market.withDelivered(0), market.nodes.slice(1)),
            'nodes_disagree',
        ],
        [
            'it is locked and incomplete',
            ({ market }) => market.showPurchase({ ...market.locked, deliveredCount: 1 }),
            'purchase_state',
        ],
        [
            'it has another price',
            ({ market }) => market.showPurchase({ ...market.locked, price: 1n }),
            'other_settle_key',
        ],
        [
            'it has another settle key',
            ({ market }) => market.showPurchase({ ...market.locked, settleKey: market.pending.buyerKey }),
            'other_settle_key',
        ],
        ['the order has other terms', ({ market }) => market.showOrder({ price: 5n }), 'other_terms'],
        [
            'no block hash is valid',
            ({ market }) => {
                for (const node of market.nodes.slice(1)) node.holdsValid = false;
            },
            'too_few_nodes',
        ],
    ];
    for (const [name, change, code] of cases) {
        const made = await locked();
        change(made);
        await assertCode(settle(made.context, made.market.keys, made.sale, made.settler), code, name);
        for (const { sent } of made.market.nodes) assert.deepEqual(sent, [], name);
        assert.deepEqual(await savedMarkers(made.context.saved, deployment, made.market.seller.address), [], name);
    }
    const { context, market, sale } = await locked();
    const payer = { ...market.seller, isInteractive: true };
    await assertCode(settle(context, market.keys, sale, { payer }), 'interactive_payer');
});

test('without its marker on the disk the secret is not shown', async () => {
    const { context, market, sale, settler } = await locked();
    const saved = new MemoryState();
    saved.update = async () => {
        throw new Error('the disk is full');
    };
    await assert.rejects(settle({ ...context, saved }, market.keys, sale, settler), { message: 'the disk is full' });
    for (const { sent } of market.nodes) assert.deepEqual(sent, []);
});

test('what was settled already is paid, and is not shown again', async () => {
    const { context, market, sale, settler } = await locked();
    market.showPurchase(market.settled);
    const end = await settle(context, market.keys, sale, settler);
    assert.deepEqual(end, { end: 'settled', confirmed: undefined });
    for (const { sent } of market.nodes) assert.deepEqual(sent, []);
});

test('it is sent again and signed anew at a higher price until two operators show the end, whatever one says', async () => {
    const { context, market, sale, settler } = await locked();
    const [honest, liar] = market.nodes;
    assert.ok(honest && liar);
    const prices: bigint[] = [];
    onSending(honest, (before) => {
        // The transaction did not land, and one node says that it did.
        if (before === 0) market.showPurchase(market.settled, [liar]);
        if (prices.length >= 3) market.showPurchase(market.settled, [honest]);
    });
    const end = await settle(context, market.keys, sale, settler, (event) => {
        if (event.event === 'sent') prices.push(event.price);
    });
    assert.equal(end.end, 'settled');
    // The other one gets nothing more from then on, and the price is not raised for its word.
    assert.equal(liar.sent.length, 1);
    assert.ok(honest.sent.length > prices.length, 'the same bytes are sent again in between');
    assert.deepEqual(prices.slice(0, 3), [0n, 10_000n, 10_000n]);
});

test('the price doubles while the ledger does not take it', async () => {
    const { context, market, sale, settler } = await locked();
    const prices: bigint[] = [];
    const end = await settle(context, market.keys, sale, settler, (event) => {
        if (event.event === 'sent' && prices.push(event.price) === 4) market.showPurchase(market.settled);
    });
    assert.equal(end.end, 'settled');
    assert.deepEqual(prices, [0n, 10_000n, 20_000n, 40_000n]);
});

test('a silent node and one that names a false block hash do not keep it from the honest one', async () => {
    const { context, market, sale, settler } = await locked();
    const [honest, other] = market.nodes;
    assert.ok(honest && other);
    onSending(honest, (before) => {
        other.holdsValid = false;
        other.isDown = before < 4;
        if (before >= 5) market.showPurchase(market.settled);
    });
    const end = await settle(context, market.keys, sale, settler);
    assert.equal(end.end, 'settled');
    assert.ok(new Set(honest.sent).size > 1, 'it was signed anew for this node');
});

test('an interrupted settlement leaves its marker, and the next page continues without asking', async () => {
    const { context, marker, market, sale, settler } = await locked();
    const page = new AbortController();
    onSending(market.nodes[0] as FakeNode, () => page.abort(new Error('the page was closed')));
    const closing: FlowContext = { ...context, signal: page.signal };
    await assert.rejects(settle(closing, market.keys, sale, settler), { message: 'the page was closed' });
    assert.deepEqual(await savedMarkers(context.saved, deployment, market.seller.address), [marker]);

    // The secret may be known: it is shown although too little time is left, and by the marker alone.
    const [one] = market.nodes;
    assert.ok(one);
    for (const node of market.nodes) node.time = Number(market.deadline + 82_800n);
    market.forget();
    onSending(one, () => market.showPurchase(market.settled));
    const again = await settle(context, market.keys, sale, settler);
    assert.equal(again.end, 'settled');

    // The purchase is refunded meanwhile, or bought again.
    for (const [state, end] of [
        [undefined, 'gone'],
        [{ ...market.pending, deadline: market.deadline + 7n }, 'replaced'],
    ] as const) {
        await saveMarker(context.saved, marker);
        if (state) market.showPurchase(state);
        else for (const node of market.nodes) node.accounts.delete(market.purchase);
        const [resumed] = await resumeSettlements(context, market.keys, settler);
        assert.deepEqual(resumed, { marker, end: { end, confirmed: undefined } });
    }
    // A marker of which this wallet does not have the secret stays.
    const foreign = { ...marker, settleKey: market.pending.buyerKey };
    await saveMarker(context.saved, foreign);
    const [resumed] = await resumeSettlements(context, market.keys, settler);
    assert.ok(resumed && 'error' in resumed);
    await assertCode(Promise.reject(resumed.error), 'other_settle_key');
    assert.deepEqual(await savedMarkers(context.saved, deployment, market.seller.address), [foreign]);
});

test('a purchase that is gone was settled by a transaction only if two operators show that as final', async () => {
    const cases: [string, (node: FakeNode, index: number) => ShownStatus | undefined, boolean][] = [
        ['both', () => final, true],
        ['one', (_, index) => (index === 0 ? final : undefined), false],
        ['one more, at another slot', (_, index) => ({ ...final, slot: 90 + index }), false],
        ['one, and it failed for the other', (_, index) => ({ ...final, err: index === 0 ? null : 'x' }), false],
        ['both, but it is not final', () => ({ ...final, confirmationStatus: 'confirmed' }), false],
        ['what is no status', () => 7 as never, false],
    ];
    for (const [name, statusOf, isConfirmed] of cases) {
        const { context, market, sale, settler } = await locked();
        let signature: string | undefined;
        const end = await settle(context, market.keys, sale, settler, (event) => {
            if (event.event !== 'sent') return;
            ({ signature } = event);
            for (const [index, node] of market.nodes.entries()) {
                const status = statusOf(node, index);
                if (status) node.statuses.set(event.signature, status);
                node.accounts.delete(market.purchase);
            }
        });
        assert.deepEqual(end, { end: 'gone', confirmed: isConfirmed ? { signature, slot: 90n } : undefined }, name);
    }
});

test('a listener that fails does not end it once the secret is shown', async (context) => {
    const told = context.mock.method(console, 'error', () => undefined);
    const { context: flow, market, sale, settler } = await locked();
    const [honest] = market.nodes;
    assert.ok(honest);
    onSending(honest, (before) => {
        if (before >= 2) market.showPurchase(market.settled);
        else honest.holdsValid = false;
    });
    const end = await settle(flow, market.keys, sale, settler, async ({ event }) => {
        throw new Error(`a mistake of the page at ${event}`);
    });
    assert.equal(end.end, 'settled');
    assert.deepEqual(await savedMarkers(flow.saved, deployment, market.seller.address), []);
    const messages = told.mock.calls.map(({ arguments: [error] }) => (error as Error).message);
    assert.ok(messages.includes('a mistake of the page at sent'));
});
