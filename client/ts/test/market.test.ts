// The market against a real ledger and store: both sides in TypeScript, then the Rust command line on either of them. Both
// clients keep what they save in one data folder.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Address } from '@solana/kit';
import {
    batchesOf,
    buy,
    checkLock,
    closeOrder,
    closePurchase,
    createOrder,
    deliver,
    GENERION_ERROR__BUYER_NOT_ALLOWED,
    GENERION_ERROR__ORDER_NOT_OPEN,
    GENERION_ERROR__REFUND_TOO_EARLY,
    GENERION_ERROR__TERMS_CHANGED,
    markerOf,
    openPurchase,
    prepareDelivery,
    purchaseStatus,
    readSale,
    receiptText,
    refund,
    resumeSettlements,
    runAloneInProcess,
    type SalesEvent,
    savedMarkers,
    savedOffer,
    savedReceipts,
    saveOffer,
    sendPrepared,
    settle,
    showOffer,
    watchSales,
} from '../src/index.js';
import { FolderState } from '../src/node/index.js';
import { publishKey } from './support/acts.js';
import { type Person, Town } from './support/localnet.js';
import {
    crashBehindMarker,
    deviceKey,
    documentsOf,
    sell,
    serve,
    type Trader,
    traderOf,
    verifiedRecord,
} from './support/market.js';
import { assertCode, assertProgramError } from './support/refusals.js';
import { packageFolder } from './support/vectors.js';

const OBSERVATION = readFileSync(new URL('../../fixtures/fhir/Observation-blood-pressure.json', packageFolder));
const CONDITION = readFileSync(new URL('../../fixtures/fhir/Condition-stroke.json', packageFolder));

let town: Town;
let [seller, buyer, stranger]: Trader[] = [];
let clinic: Person | undefined;
/** The patient's records, and what is in them. */
const documents = new Map<Address, Buffer>();

before(async () => {
    town = await Town.found();
    const [patient, sponsor, friend] = await Promise.all(
        ['patient', 'buyer', 'doctor'].map((role) => town.person(role)),
    );
    assert.ok(patient && sponsor && friend);
    [seller, buyer, stranger] = [patient, sponsor, friend].map((person) => traderOf(town, person));
    clinic = await town.person('clinic');
    await publishKey(town, patient);
    for (const document of [OBSERVATION, CONDITION]) {
        documents.set(await verifiedRecord(town, clinic, patient, document), document);
    }
});

after(async () => await town?.close());

/** Somebody who is there once the town is. */
function known<T>(person: T | undefined): T {
    assert.ok(person);
    return person;
}

const records = () => [...documents.keys()];
const inOrder = (addresses: readonly Address[]) => addresses.map((address) => documents.get(address));

/** Buys an order as it is shown now. */
async function bought({ actor, context, wallet }: Trader, order: Address) {
    const shown = await showOffer(context, order, wallet.address);
    return (await sendPrepared(context, await buy(context, actor, shown))).outcome;
}

test('TypeScript sells to TypeScript: offered, bought, delivered, settled, opened, closed, and opened again', async () => {
    const [patient, sponsor] = [known(seller), known(buyer)];
    const offer = await sell(patient, { records: records() });
    assert.deepEqual(await savedOffer(patient.context.saved, town.deployment, offer.order), offer);

    const shown = await showOffer(sponsor.context, offer.order, sponsor.wallet.address);
    assert.deepEqual(shown.offer, offer);
    assert.deepEqual([shown.isOpen, shown.selfIssued], [true, []]);
    const { purchase, receipt } = await bought(sponsor, offer.order);
    const [saved] = await savedReceipts(sponsor.context.saved, town.deployment, purchase);
    assert.ok(saved && 'receipt' in saved);
    assert.deepEqual(saved.receipt, receipt);
    await assertCode(openPurchase(sponsor.context, sponsor.wallet, purchase), 'not_delivered');

    // Somebody else pays the fees, so that the seller's balance shows the price alone.
    const payer = await deviceKey(town, known(clinic), 100_000_000n);
    const { keys } = patient.actor;
    const before = await town.lamports(patient.wallet.address);
    const sale = await readSale(patient.context, keys, purchase);
    // Nothing is locked: it waits for that, and shows no secret meanwhile.
    const early = { ...patient.context, signal: AbortSignal.timeout(1_000) };
    await assert.rejects(settle(early, keys, sale, { payer }), { name: 'TimeoutError' });
    const batches = await deliver(patient.context, { keys, payer: payer.signer }, sale);
    assert.deepEqual(
        batches.map(({ count, first }) => [first, count]),
        [[0, 2]],
    );
    await assertCode(openPurchase(sponsor.context, sponsor.wallet, purchase), 'not_settled');

    const locked = await readSale(patient.context, keys, purchase);
    assert.deepEqual([purchaseStatus(locked.state), batchesOf(locked)], ['locked', []]);
    await assertCode(deliver(patient.context, { keys, payer: payer.signer }, locked), 'purchase_state');
    const end = await settle(patient.context, keys, locked, { payer });
    assert.equal(end.end, 'settled');
    assert.ok(end.confirmed);
    assert.equal(await town.lamports(patient.wallet.address), before + offer.price);
    assert.deepEqual(await savedMarkers(patient.context.saved, town.deployment, patient.wallet.address), []);
    assert.deepEqual(await settle(patient.context, keys, locked, { payer }), { end: 'settled', confirmed: undefined });

    assert.deepEqual(await documentsOf(sponsor, purchase), inOrder(offer.records));
    const opened = await openPurchase(sponsor.context, sponsor.wallet, purchase);
    for (const record of opened.records) {
        assert.ok('opened' in record && record.signature === 'plain');
        assert.deepEqual([record.creator, record.isSelfIssued], [known(clinic).address, false]);
    }
    const strangers = known(stranger);
    await assertCode(openPurchase(strangers.context, strangers.wallet, purchase), 'wrong_wallet');

    // Its keys are saved before it is closed, and open it afterwards.
    await sendPrepared(sponsor.context, closePurchase(sponsor.context, sponsor.actor, purchase));
    assert.ok(await town.isGone(purchase));
    await sendPrepared(patient.context, await closeOrder(patient.context, patient.actor, offer.order));
    assert.ok(await town.isGone(offer.order));
    assert.deepEqual(await documentsOf(sponsor, purchase), inOrder(offer.records));
    const versions = await savedReceipts(sponsor.context.saved, town.deployment, purchase);
    assert.deepEqual(
        versions.map((one) => [one.name, 'receipt' in one && one.receipt.delivered !== undefined]),
        [
            [`localnet/receipts/${purchase}.2`, true],
            [`localnet/receipts/${purchase}`, false],
        ],
    );
    // The Rust client opens it by the same receipt, though the ledger has nothing of it any more.
    const printed = await sponsor.person.does('purchase', 'open', purchase, '--to', 'closed');
    assert.equal(printed.documents?.length, 2);
});

test('a buyer buys what was shown, and nothing else', async () => {
    const [patient, sponsor, friend] = [known(seller), known(buyer), known(stranger)];
    const [first] = records();
    assert.ok(first);
    const onlyBuyer = sponsor.wallet.address;
    const offer = await sell(patient, { records: [first], onlyBuyer });
    const { context, wallet } = sponsor;
    await assertCode(showOffer(context, offer.order, wallet.address, { maxPrice: offer.price - 1n }), 'too_expensive');
    await assertCode(showOffer(friend.context, offer.order, friend.wallet.address), 'only_buyer');

    // What a lying node would have shown: the program compares the terms.
    const shown = await showOffer(context, offer.order, wallet.address);
    for (const lie of [{ price: offer.price - 1n }, { label: 'another' }, { deliveryWindow: 7200 }]) {
        const cheated = await buy(context, sponsor.actor, { ...shown, offer: { ...offer, ...lie } });
        await assertProgramError(sendPrepared(context, cheated), GENERION_ERROR__TERMS_CHANGED);
    }
    const strangers = await buy(friend.context, friend.actor, shown);
    await assertProgramError(sendPrepared(friend.context, strangers), GENERION_ERROR__BUYER_NOT_ALLOWED);

    // Bought and declined: the next receipt goes beside the first ones.
    const { purchase } = await bought(sponsor, offer.order);
    const early = await refund(context, sponsor.actor, purchase);
    await assertProgramError(sendPrepared(context, early), GENERION_ERROR__REFUND_TOO_EARLY);
    await sendPrepared(patient.context, await refund(patient.context, patient.actor, purchase));
    assert.ok(await town.isGone(purchase));
    const again = await bought(sponsor, offer.order);
    assert.equal(again.purchase, purchase);
    await serve(patient, purchase);
    assert.deepEqual(await documentsOf(sponsor, purchase), inOrder([first]));

    // Sales are stopped while the purchase is there.
    await sendPrepared(patient.context, await closeOrder(patient.context, patient.actor, offer.order));
});

test('sales are stopped while a purchase is pending, and the deadline ends it', async () => {
    const [patient, sponsor, friend] = [known(seller), known(buyer), known(stranger)];
    const offer = await sell(patient, { records: records(), deliveryWindow: 600 });
    const { purchase } = await bought(sponsor, offer.order);
    await sendPrepared(patient.context, await closeOrder(patient.context, patient.actor, offer.order));
    const late = await showOffer(friend.context, offer.order, friend.wallet.address);
    assert.equal(late.isOpen, false);
    const stopped = await buy(friend.context, friend.actor, late);
    await assertProgramError(sendPrepared(friend.context, stopped), GENERION_ERROR__ORDER_NOT_OPEN);

    const { actor, context } = patient;
    const sale = await readSale(context, actor.keys, purchase);
    await town.moveClock('20m');
    const payer = actor.wallet.signer;
    await assertCode(deliver(context, { keys: actor.keys, payer }, sale), 'too_late');
    await assertCode(checkLock(context, sale, payer.address), 'too_late');
    const before = await town.lamports(sponsor.wallet.address);
    await sendPrepared(friend.context, await refund(friend.context, friend.actor, purchase));
    assert.ok((await town.lamports(sponsor.wallet.address)) > before + offer.price - 1n);
    assert.ok(await town.isGone(purchase));
    await assertCode(readSale(context, actor.keys, purchase), 'not_found');
});

test('what was paid for is opened by the receipt alone', async () => {
    const [patient, sponsor] = [known(seller), known(buyer)];
    const [first] = records();
    assert.ok(first);
    const offer = await sell(patient, { records: [first] });
    const { purchase } = await bought(sponsor, offer.order);
    await serve(patient, purchase);
    // On another device, the order still shows what was bought.
    const elsewhere = { ...sponsor.context, saved: new FolderState(join(town.folder, 'elsewhere')) };
    assert.equal((await openPurchase(elsewhere, sponsor.wallet, purchase)).records.length, 1);
    await sendPrepared(patient.context, await closeOrder(patient.context, patient.actor, offer.order));
    await assertCode(openPurchase(elsewhere, sponsor.wallet, purchase), 'receipt');
    assert.deepEqual(await documentsOf(sponsor, purchase), inOrder([first]));
});

test('an order that could not be delivered is not created', async () => {
    const [patient, friend] = [known(seller), known(stranger)];
    const [first] = records();
    assert.ok(first);
    const { actor, context } = patient;
    const order = { records: [first], price: 1_000_000_000n, deliveryWindow: 3600, label: 'one' };
    for (const wrong of [
        { price: 1n },
        { deliveryWindow: 599 },
        { deliveryWindow: 600.5 },
        { records: [] },
        { onlyBuyer: '11111111111111111111111111111111' as Address },
    ]) {
        await assertCode(
            createOrder(context, actor, { ...order, ...wrong }),
            'invalid_order',
            JSON.stringify(wrong.records),
        );
    }
    await assertCode(createOrder(context, actor, { ...order, label: 'x'.repeat(65) }), 'too_long');
    await assertCode(createOrder(friend.context, friend.actor, order), 'invalid_order');
});

test('what is locked is settled: after a crash behind the marker, too, and never by an empty wallet or a wallet app', async () => {
    const [patient, sponsor] = [known(seller), known(buyer)];
    const { actor, context } = patient;
    const { keys, wallet } = actor;
    const offer = await sell(patient, { records: records() });
    const { purchase } = await bought(sponsor, offer.order);
    const sale = await readSale(context, keys, purchase);
    const poor = await deviceKey(town, known(clinic), 0n);
    await assertCode(checkLock(context, sale, poor.address), 'settle_reserve');
    await assertCode(settle(context, keys, sale, { payer: { ...wallet, isInteractive: true } }), 'interactive_payer');

    // One record first: the delivery continues where it ended.
    const [batch] = batchesOf(sale);
    assert.ok(batch);
    const one = { first: 1, records: batch.records.slice(1), isLast: false };
    const payer = actor.wallet.signer;
    await sendPrepared(context, await prepareDelivery(context, { keys, payer }, sale, one));
    const half = await readSale(context, keys, purchase);
    assert.deepEqual(
        batchesOf(half).map(({ first, isLast, records }) => [first, records.length, isLast]),
        [[0, 1, true]],
    );
    await deliver(context, { keys, payer }, half);

    // The page is closed between the marker and the sending.
    const locked = await readSale(context, keys, purchase);
    const marker = markerOf(context, locked);
    await crashBehindMarker(patient, locked);
    assert.deepEqual(await savedMarkers(context.saved, town.deployment, wallet.address), [marker]);
    assert.equal(purchaseStatus((await readSale(context, keys, purchase)).state), 'locked');
    const [resumed] = await resumeSettlements(context, keys, { payer: wallet });
    assert.ok(resumed && 'end' in resumed && resumed.end.end === 'settled');
    assert.deepEqual(await savedMarkers(context.saved, town.deployment, wallet.address), []);
    assert.deepEqual(await documentsOf(sponsor, purchase), inOrder(offer.records));
});

test('while the app is open, what is bought is delivered and settled, by one tab at a time', async () => {
    const [patient, sponsor, friend] = [known(seller), known(buyer), known(stranger)];
    const [first, second] = records();
    assert.ok(first && second);
    const offers = [await sell(patient, { records: [first] }), await sell(patient, { records: [second] })];
    const waiting = await bought(sponsor, known(offers[0]).order);

    const tabs = [new AbortController(), new AbortController()];
    const seen: { tab: number; event: SalesEvent }[] = [];
    const settled = new Map<Address, (event: SalesEvent) => void>();
    const settles = (purchase: Address) =>
        new Promise<SalesEvent>((resolve) => {
            const done = seen.find(({ event }) => event.event === 'settled' && event.purchase === purchase);
            if (done) resolve(done.event);
            else settled.set(purchase, resolve);
        });
    const watching = tabs.map(async ({ signal }, tab) => {
        const onEvent = (event: SalesEvent) => {
            seen.push({ tab, event });
            if (event.event === 'settled') settled.get(event.purchase)?.(event);
        };
        const options = { signal, onEvent, interval: 300, runAlone: runAloneInProcess };
        await watchSales(patient.context, patient.actor.keys, patient.settler, options);
    });
    await settles(waiting.purchase);
    const later = await bought(friend, known(offers[1]).order);
    await settles(later.purchase);
    assert.deepEqual(new Set(seen.map(({ tab }) => tab)), new Set([0]));
    // The second tab takes over.
    tabs[0]?.abort();
    const last = await bought(friend, known(offers[0]).order);
    await settles(last.purchase);
    assert.deepEqual(new Set(seen.map(({ tab }) => tab)), new Set([0, 1]));
    tabs[1]?.abort();
    await Promise.all(watching);
    assert.deepEqual(
        seen.filter(({ event }) => event.event === 'given_up'),
        [],
    );
    assert.deepEqual(await documentsOf(friend, last.purchase), inOrder([first]));
    assert.deepEqual(await documentsOf(friend, later.purchase), inOrder([second]));
    assert.deepEqual(await documentsOf(sponsor, waiting.purchase), inOrder([first]));
});

test('TypeScript sells to Rust, and either reads the other’s offers and receipts', async () => {
    const [patient, sponsor] = [known(seller), known(buyer)];
    const offer = await sell(patient, { records: records() });
    const printed = await sponsor.person.does('purchase', 'buy', offer.order);
    const purchase = String(printed.purchase?.address) as Address;
    const [receipt] = await savedReceipts(sponsor.context.saved, town.deployment, purchase);
    assert.ok(receipt && 'receipt' in receipt, String(receipt && 'error' in receipt && receipt.error));
    assert.deepEqual(receipt.receipt.offer, offer);
    assert.equal(receiptText(receipt.receipt), await sponsor.context.saved.read(receipt.name), 'to the byte');
    // The Rust agent delivers by the offer that TypeScript saved.
    await patient.person.does('deliver', purchase);
    assert.deepEqual(await documentsOf(sponsor, purchase), inOrder(offer.records));
    const opened = await sponsor.person.does('purchase', 'open', purchase, '--to', 'rust-bought');
    assert.equal(opened.documents?.length, 2);

    const [first] = records();
    assert.ok(first);
    const other = await sell(patient, { records: [first], label: 'one' });
    const again = await sponsor.person.does('purchase', 'buy', other.order);
    const bought = String(again.purchase?.address) as Address;
    // A page that is closed behind the marker leaves the settlement to the Rust client.
    const { context, actor } = patient;
    await deliver(
        context,
        { keys: actor.keys, payer: actor.wallet.signer },
        await readSale(context, actor.keys, bought),
    );
    await crashBehindMarker(patient, await readSale(context, actor.keys, bought));
    assert.equal((await savedMarkers(context.saved, town.deployment, actor.wallet.address)).length, 1);
    await patient.person.does('deliver', bought);
    assert.deepEqual(await savedMarkers(context.saved, town.deployment, actor.wallet.address), []);
    const { documents: shown } = await sponsor.person.does('purchase', 'open', bought, '--to', 'rust-bought-2');
    assert.deepEqual(readFileSync(join(town.folder, String(shown?.[0]?.path))), documents.get(first));
});

test('Rust sells to TypeScript: by Rust’s offers TypeScript delivers, and what Rust delivers TypeScript opens', async () => {
    const [patient, sponsor] = [known(seller), known(buyer)];
    const [first, second] = records();
    assert.ok(first && second);
    const terms = ['--price', '0.25SOL', '--window', '1h', '--label', 'from Rust', '--reveal-identifiers'];
    const orders: Address[] = [];
    for (const record of [first, second]) {
        const printed = await patient.person.does('order', 'create', '--record', record, ...terms);
        orders.push(String(printed.order?.address) as Address);
    }
    const [one, other] = orders;
    assert.ok(one && other);
    const { saved } = patient.context;
    const offers = await saved.read('localnet/offers');
    await saveOffer(saved, town.deployment, await savedOffer(saved, town.deployment, one));
    assert.equal(await saved.read('localnet/offers'), offers, 'to the byte');
    const bySeller = await bought(sponsor, one);
    await patient.person.does('deliver', bySeller.purchase);
    assert.deepEqual(await documentsOf(sponsor, bySeller.purchase), inOrder([first]));
    const byTypeScript = await bought(sponsor, other);
    await serve(patient, byTypeScript.purchase);
    // The Rust client opens it by the receipt that TypeScript saved, when the order is gone.
    await patient.person.does('order', 'close', other);
    const opened = await sponsor.person.does('purchase', 'open', byTypeScript.purchase, '--to', 'rust-opened');
    assert.deepEqual(readFileSync(join(town.folder, String(opened.documents?.[0]?.path))), documents.get(second));
});
