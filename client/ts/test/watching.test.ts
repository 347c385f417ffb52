// Delivery while the app is open: what is tried again, what is given up, and who may do it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    type FlowContext,
    MemoryState,
    markerOf,
    readSale,
    runAloneInBrowser,
    runAloneInProcess,
    type SalesEvent,
    savedMarkers,
    saveOffer,
    watchSales,
} from '../src/index.js';
import { saveMarker } from '../src/saved/markers.js';
import { deployment, FakeMarket } from './support/fake-market.js';
import { assertCode } from './support/refusals.js';

/** Watches until an event, and returns the events up to it. */
async function watchUntil(
    market: FakeMarket,
    last: SalesEvent['event'],
    context: FlowContext = market.context(),
    onEvent: (event: SalesEvent) => void = () => undefined,
): Promise<SalesEvent[]> {
    const ending = new AbortController();
    const events: SalesEvent[] = [];
    const settler = { payer: market.seller, timing: { sign: 60, send: 15, ask: 1 } };
    await watchSales(context, market.keys, settler, {
        signal: ending.signal,
        interval: 5,
        runAlone: runAloneInProcess,
        onEvent: (event) => {
            events.push(event);
            onEvent(event);
            if (event.event === last) ending.abort();
        },
    });
    return events;
}

test('a purchase on other terms, or too late, is given up', async () => {
    const market = await FakeMarket.open();
    market.showPurchase({ ...market.pending, price: 1n });
    const [found, given] = await watchUntil(market, 'given_up');
    assert.deepEqual(found, { event: 'found', purchase: market.purchase });
    assert.ok(given?.event === 'given_up');
    await assertCode(Promise.reject(given.error), 'other_terms');

    market.showPurchase();
    for (const node of market.nodes) node.time = Number(market.deadline + 300n);
    const late = (await watchUntil(market, 'given_up')).at(-1);
    assert.ok(late?.event === 'given_up');
    await assertCode(Promise.reject(late.error), 'too_late');
    for (const { sent } of market.nodes) assert.deepEqual(sent, []);
});

test('what may come right is tried again, less and less often, until it is paid', async () => {
    const market = await FakeMarket.open();
    for (const node of market.nodes) node.confirmsAll = true;
    const context = { ...market.context(), saved: new MemoryState() };
    const [node] = market.nodes;
    assert.ok(node);
    node.before = (method) => {
        // The first transaction delivers, the second one settles.
        if (method === 'sendTransaction') market.showPurchase(node.sent.length === 0 ? market.locked : market.settled);
    };
    const events = await watchUntil(market, 'settled', context, (event) => {
        // The offer comes to this device, from a backup for example.
        if (event.event === 'postponed') saveOffer(context.saved, deployment, market.offer);
    });
    const postponed = events.filter(({ event }) => event === 'postponed');
    assert.ok(postponed[0]?.event === 'postponed' && postponed[0].retryIn === 500);
    await assertCode(Promise.reject(postponed[0].error), 'not_offered');
    assert.deepEqual(
        [...new Set(events.map(({ event }) => event))],
        ['found', 'postponed', 'delivered', 'settling', 'settled'],
    );
    assert.deepEqual(await savedMarkers(context.saved, deployment, market.seller.address), []);
});

test('a settlement that an earlier page began is continued, and stays begun if this page is closed', async () => {
    const market = await FakeMarket.open();
    market.showPurchase(market.locked);
    const context = market.context();
    const marker = markerOf(context, await readSale(context, market.keys, market.purchase));
    await saveMarker(context.saved, marker);
    const events = await watchUntil(market, 'settling', context);
    assert.deepEqual(
        events.map(({ event }) => event),
        ['settling'],
    );
    assert.deepEqual(await savedMarkers(context.saved, deployment, market.seller.address), [marker]);
    market.showPurchase(market.settled);
    const end = (await watchUntil(market, 'settled', context)).at(-1);
    assert.ok(end?.event === 'settled' && end.end.end === 'settled');
    assert.deepEqual(await savedMarkers(context.saved, deployment, market.seller.address), []);
});

test('a wallet app does not pay for settlements, and markers that can not be read end it', async () => {
    const market = await FakeMarket.open();
    const { signal } = new AbortController();
    const payer = { ...market.seller, isInteractive: true };
    await assertCode(watchSales(market.context(), market.keys, { payer }, { signal }), 'interactive_payer');
    await market.saved.update('settlements/damaged.settling', () => '{}');
    await assertCode(watchUntil(market, 'found'), 'marker');
});

test('work of one name is done by one at a time, in the order in which it came', async () => {
    const order: string[] = [];
    let finish: () => void = () => undefined;
    const first = runAloneInProcess('a', async () => {
        order.push('first');
        await new Promise<void>((resolve) => {
            finish = resolve;
        });
        throw new Error('it failed');
    });
    const leaving = new AbortController();
    const impatient = runAloneInProcess('a', async () => order.push('impatient'), leaving.signal);
    const second = runAloneInProcess('a', async () => order.push('second'));
    const elsewhere = runAloneInProcess('b', async () => order.push('elsewhere'));
    await elsewhere;
    leaving.abort(new Error('no time'));
    await assert.rejects(impatient, { message: 'no time' });
    assert.deepEqual(order, ['first', 'elsewhere']);
    finish();
    await assert.rejects(first, { message: 'it failed' });
    await second;
    assert.deepEqual(order, ['first', 'elsewhere', 'second']);
});

test('in a browser, Web Locks keep tabs apart', async () => {
    const asked: unknown[] = [];
    const locks = {
        request: async (name: string, options: LockOptions, work: () => Promise<unknown>) => {
            asked.push([name, options]);
            return await work();
        },
    } as unknown as LockManager;
    const { signal } = new AbortController();
    assert.equal(await runAloneInBrowser(locks)('a', async () => 7, signal), 7);
    await runAloneInBrowser(locks)('b', async () => 8);
    assert.deepEqual(asked, [
        ['a', { signal }],
        ['b', {}],
    ]);
});
