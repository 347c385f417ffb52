// Delivery while the app is open: what is tried again, what is given up, and who may do it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getAddressEncoder } from '@solana/kit';
import {
    ClientError,
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
import { settleReserve } from '../src/settlement/price.js';
import { deployment, FakeMarket, SYSTEM_PROGRAM } from './support/fake-market.js';
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
            if (event.event === last) ending.abort();
            onEvent(event);
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

/** Two markets of a seller on the same nodes, where whatever is sent lands. */
async function twoMarkets(): Promise<[FakeMarket, FakeMarket]> {
    const one = await FakeMarket.open();
    const other = await FakeMarket.open({ beside: one });
    for (const node of one.nodes) {
        node.confirmsAll = true;
        node.hold = (method, [wire]) => {
            for (const market of [one, other]) if (method === 'sendTransaction') land(market, String(wire));
            return undefined;
        };
    }
    return [one, other];
}

/** Shows what a transaction makes of a market's purchase. */
function land(market: FakeMarket, wire: string): void {
    const bytes = Buffer.from(wire, 'base64');
    if (!bytes.includes(Buffer.from(getAddressEncoder().encode(market.purchase)))) return;
    market.showPurchase(bytes.includes(Buffer.from(market.settleSecret.toBytes())) ? market.settled : market.locked);
}

for (const held of ['getMultipleAccounts', 'sendTransaction']) {
    test(`a purchase that waits for an answer to ${held} stops neither others nor the next look`, async () => {
        const [stalled, other] = await twoMarkets();
        // It turns up once the first one waits.
        for (const node of stalled.nodes) node.accounts.delete(other.purchase);
        let release: () => void = () => undefined;
        const released = new Promise<void>((resolve) => {
            release = resolve;
        });
        const bytes = Buffer.from(getAddressEncoder().encode(stalled.purchase));
        for (const node of stalled.nodes) {
            const { hold } = node;
            node.hold = (method, params) => {
                hold(method, params);
                const [asked] = params;
                const isHeld = Array.isArray(asked)
                    ? asked.includes(stalled.purchase)
                    : Buffer.from(String(asked), 'base64').includes(bytes);
                if (method !== held || !isHeld) return undefined;
                setTimeout(() => {
                    if (!node.accounts.has(other.purchase)) other.showPurchase(other.pending, [node]);
                }, 1);
                return released;
            };
        }
        // Without this, a watch that waits would do so for ever.
        const deadline = setTimeout(release, 5_000);
        let isReleased = false;
        released.then(() => {
            isReleased = true;
        });
        const ended: [unknown, boolean][] = [];
        await watchUntil(stalled, 'settled', stalled.context(), (event) => {
            if (event.event !== 'settled') return;
            ended.push([event.purchase, isReleased]);
            release();
        });
        clearTimeout(deadline);
        assert.deepEqual(ended, [[other.purchase, false]]);
    });
}

test('each purchase that is locked needs a reserve of its own, before its settlement begins too', async () => {
    const [one, other] = await twoMarkets();
    for (const node of one.nodes) {
        const lamports = Number(settleReserve(1));
        node.accounts.set(one.seller.address, { owner: SYSTEM_PROGRAM, data: new Uint8Array(), lamports });
    }
    const context = one.context();
    const ending = new AbortController();
    const story: string[] = [];
    const refused: SalesEvent[] = [];
    await watchSales(
        context,
        one.keys,
        { payer: one.seller, timing: { sign: 60, send: 15, ask: 1 } },
        {
            signal: ending.signal,
            interval: 5,
            runAlone: runAloneInProcess,
            onEvent: (event) => {
                if (event.event === 'postponed') refused.push(event);
                if (event.event === 'delivered' || event.event === 'settled') story.push(event.event);
                if (story.filter((name) => name === 'settled').length === 2) ending.abort();
            },
        },
    );
    assert.deepEqual(story, ['delivered', 'settled', 'delivered', 'settled']);
    const [first] = refused;
    assert.ok(first?.event === 'postponed' && first.purchase !== undefined);
    await assertCode(Promise.reject(first.error), 'settle_reserve');
    assert.equal(other.saved, one.saved);
});

test('a settlement that could not be continued is tried again by its marker alone', async () => {
    const market = await FakeMarket.open();
    market.showPurchase(market.locked);
    const marker = markerOf(market.context(), await readSale(market.context(), market.keys, market.purchase));
    // Neither the offer nor the records are there any more.
    const context = { ...market.context(), saved: new MemoryState() };
    await saveMarker(context.saved, marker);
    for (const node of market.nodes) for (const { address } of market.records) node.accounts.delete(address);
    const { keys } = market;
    const secretBehind = keys.secretBehind.bind(keys);
    let tries = 0;
    keys.secretBehind = async (...asked) => {
        tries += 1;
        if (tries < 3) throw new ClientError('wallet_refused', 'not now');
        return await secretBehind(...asked);
    };
    onWire(market);
    const events = await watchUntil(market, 'settled', context, (event) => {
        if (event.event === 'given_up' || tries > 9) assert.fail('it is not tried again');
    });
    assert.equal(tries, 3);
    assert.deepEqual(
        events.map(({ event }) => event),
        ['postponed', 'postponed', 'settling', 'settled'],
    );
    // One of other keys is left to whoever has them.
    const foreign = { ...marker, settleKey: market.pending.buyerKey };
    await saveMarker(context.saved, foreign);
    const given = (await watchUntil(market, 'given_up', context)).at(-1);
    assert.ok(given?.event === 'given_up');
    await assertCode(Promise.reject(given.error), 'other_settle_key');
    assert.deepEqual(await savedMarkers(context.saved, deployment, market.seller.address), [foreign]);
});

/** What is sent lands. */
function onWire(market: FakeMarket): void {
    for (const node of market.nodes) {
        node.hold = (method, [wire]) => {
            if (method === 'sendTransaction') land(market, String(wire));
            return undefined;
        };
    }
}

test('a listener that fails ends nothing, and its errors are not lost', async (context) => {
    const told = context.mock.method(console, 'error', () => undefined);
    const [market] = await twoMarkets();
    const events = await watchUntil(market, 'settled', market.context(), () => {
        throw new Error('a mistake of the page');
    });
    assert.ok(events.length >= 4);
    assert.deepEqual(
        told.mock.calls.map(({ arguments: [error] }) => (error as Error).message),
        events.map(() => 'a mistake of the page'),
    );
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
