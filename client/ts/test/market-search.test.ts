// The market's list: what a buyer looks for, and a gateway and nodes that hide or invent orders.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64 } from '@scure/base';
import type { Address } from '@solana/kit';
import {
    type FlowContext,
    Gateway,
    GENERION_PROGRAM_ADDRESS,
    MarketSearch,
    type OrderSearch,
    padLabel,
    readMany,
} from '../src/index.js';
import { FakeMarket } from './support/fake-market.js';

/** The orders and doubts of all pages. */
async function search(context: FlowContext, wanted: OrderSearch = {}) {
    const [orders, doubts]: [Address[], string[]] = [[], []];
    const market = new MarketSearch(context, wanted);
    for (let hasMore = true; hasMore; ) {
        const page = await market.next();
        orders.push(...page.orders.map(({ offer }) => offer.order));
        doubts.push(...page.doubts.map(({ code }) => code));
        hasMore = page.hasMore;
    }
    return { orders, doubts };
}

/** Two orders of a seller: the second is newer, dearer, and of records that the seller wrote. */
async function twoOrders() {
    const first = await FakeMarket.open();
    for (const node of first.nodes) node.heedsFilters = true;
    const second = await FakeMarket.open({ beside: first, isSelfIssued: true, records: 3 });
    first.showOrder({ createdAt: 5n, settledPurchases: 7 });
    second.showOrder({ createdAt: 9n, price: 2_000_000n, label: padLabel('Blutdruck & Größe') });
    return { first, second, context: first.context() };
}

test('orders are shown with their records, the newest or the cheapest first', async () => {
    const { context, first, second } = await twoOrders();
    const page = await new MarketSearch(context).next();
    assert.deepEqual(page.doubts, []);
    assert.equal(page.hasMore, false);
    assert.deepEqual(
        page.orders.map(({ offer, sold, records }) => [
            offer.order,
            sold,
            records.map(({ isSelfIssued, isVerified }) => [isSelfIssued, isVerified]),
        ]),
        [
            [second.offer.order, 0, Array(3).fill([true, true])],
            [first.offer.order, 7, Array(2).fill([false, true])],
        ],
    );
    const cheapest = await search(context, { sort: 'cheapest' });
    assert.deepEqual(cheapest.orders, [first.offer.order, second.offer.order]);
});

test('each filter leaves out what is not looked for', async () => {
    const { context, first, second } = await twoOrders();
    const [one, other] = [first.offer.order, second.offer.order];
    const clinic = first.records[0]?.state.creator;
    assert.ok(clinic);
    const buyer = first.buyer.address;
    for (const [wanted, found] of [
        [{ words: 'GRÖSSE' }, [other]],
        [{ words: 'größe BLUT' }, [other]],
        [{ words: 'größe records' }, []],
        [{ priceUpTo: 1_000_000n }, [one]],
        [{ priceFrom: 1_000_001n }, [other]],
        [{ recordsFrom: 3 }, [other]],
        [{ seller: clinic }, []],
        [{ creator: clinic }, [one]],
        [{ withoutSelfIssued: true }, [one]],
        [{ buyer }, [other, one]],
        [{ buyer: first.seller.address }, []],
    ] as const) {
        assert.deepEqual((await search(context, wanted)).orders, found, Object.keys(wanted).join());
    }
    second.showOrder({ onlyBuyer: first.seller.address });
    assert.deepEqual((await search(context, { buyer })).orders, [one]);
    first.showOrder({ open: 0 });
    assert.deepEqual((await search(context, { buyer })).orders, []);
});

test('an order that one node hides, invents or changes is left out, and said', async () => {
    const { first, second } = await twoOrders();
    const [honest, liar] = first.nodes;
    assert.ok(honest && liar);
    const [one, other] = [first.offer.order, second.offer.order];
    const context = first.context();

    liar.accounts.delete(one);
    assert.deepEqual(await search(context), { orders: [other], doubts: ['nodes_disagree'] });
    first.showOrder();

    honest.accounts.delete(one);
    assert.deepEqual(await search(context), { orders: [other], doubts: ['nodes_disagree'] });
    first.showOrder();

    first.showOrder({ price: 1n }, [liar]);
    assert.deepEqual(await search(context), { orders: [other], doubts: ['nodes_disagree'] });
});

/** A gateway that shows these orders; with the number of questions to it. */
function gatewayOf(nodes: FakeMarket['nodes'], ...orders: readonly Address[]) {
    const asked: string[] = [];
    const answer = async (url: string | URL | Request) => {
        asked.push(String(url));
        const items = orders.map((address) => {
            const data = nodes[0]?.accounts.get(address)?.data;
            return { address, lamports: '1', slot: '1', data: base64.encode(data ?? new Uint8Array()) };
        });
        return Response.json({ items });
    };
    const options = { program: GENERION_PROGRAM_ADDRESS, fetch: answer as typeof fetch };
    return { gateway: new Gateway('https://gateway.example', options), asked };
}

test('a gateway says where to look, and the nodes what is there', async () => {
    const { context, first, second } = await twoOrders();
    const [one, other] = [first.offer.order, second.offer.order];
    const { asked, gateway } = gatewayOf(first.nodes, one, other);
    first.forget();
    assert.deepEqual(await search({ ...context, gateway }, { priceUpTo: 5_000_000n }), {
        orders: [one, other],
        doubts: [],
    });
    assert.equal(asked.length, 1);
    assert.match(asked[0] ?? '', /open=true&price_up_to=5000000/);
    assert.ok(first.nodes.every(({ asked }) => !asked.includes('getProgramAccounts')));

    // It shows an order that no node knows, and a price that no node shows.
    const { items } = await gateway.page('order', {});
    const lying = new Gateway('https://gateway.example', {
        program: GENERION_PROGRAM_ADDRESS,
        fetch: (async () => Response.json({ items: items.map(asItem) })) as typeof fetch,
    });
    for (const node of first.nodes) node.accounts.delete(other);
    first.showOrder({ price: 3_000_000n });
    const page = await new MarketSearch({ ...context, gateway: lying }).next();
    assert.deepEqual(
        page.orders.map(({ offer }) => [offer.order, offer.price]),
        [[one, 3_000_000n]],
    );
    assert.deepEqual(
        page.doubts.map(({ code }) => code),
        ['not_found'],
    );
});

test('a gateway that fails or lies in the middle does not end the search', async () => {
    const { context, first, second } = await twoOrders();
    const [one, other] = [first.offer.order, second.offer.order];
    const failing = new Gateway('https://gateway.example', {
        program: GENERION_PROGRAM_ADDRESS,
        fetch: (async () => new Response('proxy', { status: 502 })) as typeof fetch,
    });
    assert.deepEqual(await search({ ...context, gateway: failing }), { orders: [other, one], doubts: ['gateway'] });

    // The first page is right, and the second shows what was not asked for.
    const items = (await gatewayOf(first.nodes, one, other).gateway.page('order', {})).items.map(asItem);
    let page = 0;
    const lying = new Gateway('https://gateway.example', {
        program: GENERION_PROGRAM_ADDRESS,
        fetch: (async () => {
            page += 1;
            return Response.json(page === 1 ? { items: items.slice(0, 1), next: 'more' } : { items: items.slice(1) });
        }) as typeof fetch,
    });
    const found = await search({ ...context, gateway: lying }, { priceUpTo: 1_000_000n });
    assert.deepEqual(found, { orders: [one], doubts: ['gateway'] });
});

const asItem = ({ address, data }: { address: Address; data: Uint8Array }) => ({
    address,
    lamports: '1',
    slot: '1',
    data: base64.encode(data),
});

test('many accounts are read with one question, and what one node alone shows is not taken', async () => {
    const { context, first } = await twoOrders();
    const [honest, liar] = first.nodes;
    assert.ok(honest && liar);
    const addresses = first.offer.records;
    first.forget();
    const all = await readMany(context.ledger, 'record', [...addresses, ...addresses, first.buyer.address]);
    assert.deepEqual(new Set(all.accounts.map(({ address }) => address)), new Set(addresses));
    assert.deepEqual(
        honest.asked.filter((method) => method === 'getMultipleAccounts'),
        ['getMultipleAccounts'],
    );
    const [record, another] = addresses;
    assert.ok(record && another);
    const data = liar.accounts.get(another);
    assert.ok(data);
    liar.accounts.set(record, data);
    const { accounts, doubts } = await readMany(context.ledger, 'record', addresses);
    assert.deepEqual(
        [accounts.map(({ address }) => address), doubts.map(({ code }) => code)],
        [[...addresses], ['wrong_address']],
    );
});
