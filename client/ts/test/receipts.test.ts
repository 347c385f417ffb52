// What buyers and sellers save: receipts, offers and markers, in the form of the Rust client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactJson, parseExactJson } from '../src/base/exact-json.js';
import {
    ClientError,
    type ClientErrorCode,
    type DeliveredKeys,
    deliveredKeys,
    deploymentOn,
    GENESIS,
    hasMarker,
    type Marker,
    MemoryState,
    makeReceipt,
    markerName,
    nextReceiptName,
    type Offer,
    offerTerms,
    type PurchaseReceipt,
    purchasesWithReceipts,
    readReceipt,
    receiptText,
    savedMarkers,
    savedOffer,
    savedOffers,
    savedReceipts,
    saveOffer,
    saveReceipt,
} from '../src/index.js';
import { removeMarker, saveMarker } from '../src/saved/markers.js';
import { deployment, FakeMarket } from './support/fake-market.js';
import { assertCode } from './support/refusals.js';

const elsewhere = deploymentOn(GENESIS.testnet);

/** A receipt, without and with keys. */
async function receipts(): Promise<{ market: FakeMarket; first: PurchaseReceipt; withKeys: PurchaseReceipt }> {
    const market = await FakeMarket.open();
    const first = await makeReceipt(deployment, market.buyer.address, market.offer, market.records);
    const delivered = deliveredKeys(market.purchase, market.settled);
    return { market, first, withKeys: { ...first, delivered } };
}

test('whole numbers of 64 bits pass through JSON as they are', () => {
    const text = '{\n  "price": 18446744073709551615,\n  "deadline": -6,\n  "label": "a \\"price\\": 5 é"\n}\n';
    const value = parseExactJson(text);
    assert.deepEqual(value, { price: 18446744073709551615n, deadline: -6n, label: 'a "price": 5 é' });
    assert.equal(exactJson(value), text);
    assert.deepEqual(parseExactJson('[1.5, 1e3, "7", 0]'), [1.5, 1000, '7', 0n]);
    for (const wrong of ['', '{', '{"a": 01}', '["\\u0000x"]', '{"a" 1}', '1 2']) {
        assert.throws(() => parseExactJson(wrong), SyntaxError, wrong);
    }
});

test('a receipt is read back and never overwritten', async () => {
    const { first, market, withKeys } = await receipts();
    const saved = new MemoryState();
    const { purchase } = market;
    assert.deepEqual(await savedReceipts(saved, deployment, purchase), []);
    const names: string[] = [];
    for (const receipt of [first, first, withKeys]) {
        const name = await nextReceiptName(saved, deployment, purchase);
        await saveReceipt(saved, name, receipt);
        names.push(name);
    }
    const place = `devnet/receipts/${purchase}`;
    assert.deepEqual(names, [place, `${place}.2`, `${place}.3`]);
    assert.deepEqual(await purchasesWithReceipts(saved, deployment), [purchase]);
    assert.deepEqual(await purchasesWithReceipts(saved, elsewhere), []);
    assert.deepEqual(await savedReceipts(saved, deployment, purchase), [
        { name: `${place}.3`, receipt: withKeys },
        { name: `${place}.2`, receipt: first },
        { name: place, receipt: first },
    ]);
    // The same once more is fine, for a transaction that is sent again; something else is not.
    await saveReceipt(saved, place, first);
    await assertCode(saveReceipt(saved, place, withKeys), 'receipt');
    assert.equal(await saved.read(place), receiptText(first));
});

test('what does not belong together is refused', async () => {
    const { first, market, withKeys } = await receipts();
    const text = receiptText(withKeys);
    const [record] = first.records;
    const other = market.seller.address;
    assert.ok(record && withKeys.delivered);
    const hex = (bytes: ArrayLike<number>) => Buffer.from(Array.from(bytes)).toString('hex');
    const changes: [string, string][] = [
        [hex(record.factsRoot), hex(new Uint8Array(32).fill(90))],
        [hex(record.locator), hex(new Uint8Array(record.locator.length))],
        [record.creator, other],
        [record.address, other],
        [`"purchase": "${first.purchase}"`, `"purchase": "${other}"`],
        [`"buyer": "${first.buyer}"`, `"buyer": "${other}"`],
        ['"price": 1000000', '"price": 1'],
        [hex(withKeys.delivered.settleSecret), 'abcd'],
        ['"version": 2', '"version": 3'],
        ['"version": 2', '"version": 1'],
        ['"label": "records"', '"label": "records", "another": 1'],
    ];
    for (const [from, to] of changes) {
        assert.ok(text.includes(from), from);
        await assertCode(readReceipt(text.replace(from, to)), 'receipt', to);
    }
    await assertCode(readReceipt(text.slice(0, text.length / 2)), 'receipt');
    // Fewer capsules than records would open less than was paid for.
    const capsules: DeliveredKeys['capsules'] = withKeys.delivered.capsules.slice(1);
    const fewer = { ...withKeys, delivered: { ...withKeys.delivered, capsules } };
    await assertCode(readReceipt(receiptText(fewer)), 'receipt');
    assert.deepEqual(await readReceipt(text), withKeys);
});

test('a receipt is found beside damaged ones, and not one of another ledger', async () => {
    const { first, market, withKeys } = await receipts();
    const saved = new MemoryState();
    const { purchase } = market;
    const place = `devnet/receipts/${purchase}`;
    await saveReceipt(saved, `${place}.2`, withKeys);
    await saved.update(`${place}.3`, () => 'damaged');
    await saveReceipt(saved, `${place}.4`, { ...first, deployment: elsewhere });
    const found = await savedReceipts(saved, deployment, purchase);
    assert.deepEqual(
        found.map((one) => ('error' in one ? one.error.code : one.receipt)),
        ['receipt', 'receipt', withKeys],
    );
    assert.equal(await nextReceiptName(saved, deployment, purchase), `${place}.5`);
});

test('offers are kept by order', async () => {
    const { offer } = await FakeMarket.open();
    const other: Offer = { ...offer, order: offer.seller, onlyBuyer: offer.seller, price: 2n ** 64n - 1n };
    const saved = new MemoryState();
    assert.deepEqual(await savedOffers(saved, deployment), []);
    for (const one of [offer, other, { ...offer, price: 6n }]) await saveOffer(saved, deployment, one);
    assert.deepEqual(await savedOffers(saved, deployment), [{ ...offer, price: 6n }, other]);
    // A new order does not replace the offer of another one, whose id a node may have named.
    await saveOffer(saved, deployment, offer, true);
    assert.deepEqual(await savedOffer(saved, deployment, offer.order), { ...offer, price: 6n });
    await assertCode(savedOffer(saved, elsewhere, offer.order), 'not_offered');
    // Both are kept then, until one is confirmed.
    assert.deepEqual(await savedOffer(saved, deployment, offer.order, offerTerms(offer)), offer);
    await saved.update('devnet/offers-unconfirmed', () => 'damaged');
    await assertCode(saveOffer(saved, deployment, other), 'offers');
    await saved.update('devnet/offers-unconfirmed', () => undefined);
});

test('offers that are not right are refused and left alone', async () => {
    const { offer } = await FakeMarket.open();
    const saved = new MemoryState();
    const name = 'devnet/offers';
    await saveOffer(saved, deployment, offer);
    const text = (await saved.read(name)) ?? '';
    for (const [from, to] of [
        ['"price": 1000000', '"price": 4'],
        ['"version": 1', '"version": 2'],
        [deployment.genesis, elsewhere.genesis],
        ['"seller"', '"buyer"'],
        ['{', '['],
    ] as const) {
        const changed = text.replace(from, to);
        assert.notEqual(changed, text);
        await saved.update(name, () => changed);
        await assertCode(saveOffer(saved, deployment, offer), 'offers', to);
        assert.equal(await saved.read(name), changed);
    }
});

test('a marker is of one purchase, one secret and one ledger, and one that can not be read is not passed over', async () => {
    const { market } = await receipts();
    const saved = new MemoryState();
    const marker: Marker = {
        deployment,
        order: market.offer.order,
        seller: market.seller.address,
        purchase: market.purchase,
        deadline: -6n,
        buyerKey: new Uint8Array(32).fill(7),
        terms: new Uint8Array(32).fill(8),
        ownerKey: new Uint8Array(32).fill(9),
        settleKey: new Uint8Array(32).fill(10),
    };
    const list = () => savedMarkers(saved, deployment, marker.seller);
    assert.deepEqual([await list(), await hasMarker(saved, marker)], [[], false]);
    await saveMarker(saved, marker);
    await saveMarker(saved, marker);
    assert.deepEqual([await list(), await hasMarker(saved, marker)], [[marker], true]);
    for (const other of [
        { deployment: elsewhere },
        { purchase: marker.seller },
        { deadline: 99n },
        { settleKey: marker.terms },
    ]) {
        assert.equal(await hasMarker(saved, { ...marker, ...other }), false);
    }
    assert.deepEqual(await savedMarkers(saved, elsewhere, marker.seller), []);
    assert.deepEqual(await savedMarkers(saved, deployment, marker.purchase), []);
    const name = markerName(marker);
    const text = (await saved.read(name)) ?? '';
    for (const changed of ['{}', text.replace('"version": 1', '"version": 2'), text.replace('0707', '07')]) {
        await saved.update(name, () => changed);
        await assert.rejects(
            list(),
            (error) => error instanceof ClientError && error.code === ('marker' as ClientErrorCode),
        );
    }
    await removeMarker(saved, marker);
    await removeMarker(saved, marker);
    assert.deepEqual(await list(), []);
});
