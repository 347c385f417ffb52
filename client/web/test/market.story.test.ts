// The market in a browser: filters, German, what sellers wrote themselves, nodes that hide and invent orders, receipts on
// another device.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
    findOrderPda,
    GENERION_PROGRAM_ADDRESS,
    getOrderDecoder,
    getOrderDiscriminatorBytes,
    getOrderEncoder,
} from '@generion/client';
import type { Address } from '@solana/kit';
import type { Browser } from 'playwright-core';
import { GoBetween } from './support/go-between.js';
import { buyerAt, buys, restores, Seller } from './support/market.js';
import { type Person, startBrowser } from './support/person.js';
import { type Site, startSite } from './support/site.js';
import { fixture, Town } from './support/town.js';

const PRICE = 250_000_000n;

let town: Town;
let browser: Browser;
let seller: Seller;
let liar: GoBetween;
/** A gateway that answers nobody. */
let deaf: GoBetween;
/** An app that asks one node, and one that asks two. */
let [site, doubting]: Site[] = [];
/** A record that a clinic wrote. */
let record: string;
before(async () => {
    [town, browser] = await Promise.all([Town.found(), startBrowser()]);
    [liar, deaf] = (await Promise.all([town.rpcUrl, town.gatewayUrl].map((url) => GoBetween.before(url)))) as [
        GoBetween,
        GoBetween,
    ];
    deaf.isAway = true;
    const [network] = town.networks;
    [site, doubting, seller] = await Promise.all([
        startSite([network]),
        startSite([{ ...network, nodes: [town.rpcUrl, liar.url], gateway: deaf.url }]),
        Seller.in(town),
    ]);
    record = await seller.gets(fixture('Observation-blood-pressure.json'));
});
after(async () => {
    await browser?.close();
    site?.stop();
    doubting?.stop();
    await town?.close();
});

const isOrder = (bytes: Uint8Array) => getOrderDiscriminatorBytes().every((byte, index) => byte === bytes[index]);

/** The orders that the screen shows. */
async function shown({ page }: Person, ...labels: string[]): Promise<void> {
    await page.getByText('Looking for orders…').waitFor({ state: 'hidden' });
    assert.deepEqual(await page.locator('.cards h2').allTextContents(), labels);
}

test('orders are found by words, price, number, writer and seller; what sellers wrote is marked, and accepted first', async () => {
    assert.ok(site);
    const own = await seller.gets(fixture('Observation-bmi.json'), 'patient');
    await seller.offers({ label: 'Blutdruck, einmal', records: [record] });
    await town.moveClock('1min');
    await seller.offers({ label: 'Größe & Gewicht', records: [record, own], price: '0.5SOL' });
    const { person, address } = await buyerAt(town, browser, site.url, 'market', 'desktop');
    const { page } = person;
    await page.getByText('These are all.').waitFor();
    await shown(person, 'Größe & Gewicht', 'Blutdruck, einmal');
    await page.getByText('The seller wrote 1 record without a clinic').waitFor();
    await person.fills('Words in the description', 'grösse');
    await person.taps('Search');
    await page.getByText('Blutdruck, einmal').waitFor({ state: 'hidden' });
    await shown(person, 'Größe & Gewicht');
    await person.fills('Words in the description', '');
    await page.getByText('More filters').click();
    await person.fills('Price up to, in SOL', 'much');
    await person.fills('At least this many records', '25');
    await person.fills("The seller's address", 'somebody');
    await person.taps('Search');
    await page.getByText('Enter an amount such as 0.25').waitFor();
    await page.getByText('Enter a whole number from 1 to 24').waitFor();
    await page.getByText('Enter an address of 32 to 44 letters and digits').waitFor();
    await person.look();
    await person.fills('Price up to, in SOL', '0,3');
    await person.fills('At least this many records', '1');
    await person.fills("The seller's address", seller.address);
    await person.taps('Search');
    await page.getByText('Größe & Gewicht').waitFor({ state: 'hidden' });
    await shown(person, 'Blutdruck, einmal');
    await person.fills('Price up to, in SOL', '');
    await person.fills('At least this many records', '2');
    await person.fills('Address of the clinic or person that wrote a record', seller.address);
    await person.taps('Search');
    await page.getByText('Größe & Gewicht').waitFor();
    await shown(person, 'Größe & Gewicht');
    await page.getByLabel('Leave out what sellers wrote themselves').check();
    await person.taps('Search');
    await page.getByText('No order is like this.').waitFor();
    await page.getByLabel('Leave out what sellers wrote themselves').uncheck();
    await person.chooses('Show first', 'cheapest');
    await person.fills('At least this many records', '');
    await person.fills('Address of the clinic or person that wrote a record', '');
    await person.taps('Search');
    await page.getByText('Blutdruck, einmal').waitFor();
    await shown(person, 'Blutdruck, einmal', 'Größe & Gewicht');

    const steps = person.steps;
    await person.taps('Größe & Gewicht');
    await page.getByText('The seller wrote it: nobody else vouches for it').waitFor();
    await person.look();
    await person.taps('Buy for 0.5 SOL');
    await person.taps('Pay 0.5 SOL into escrow');
    await page.getByText('Tick this first').waitFor();
    await person.look();
    assert.equal(await town.lamports(address), 1_000_000_000n);
    await page.getByLabel('I accept that the seller wrote 1 of the records').check();
    await person.taps('Pay 0.5 SOL into escrow');
    await page.getByText('Waiting for delivery').waitFor();
    // The ticked box is a step, and the tap without it was one too many.
    assert.ok(person.steps - steps <= 4, `${person.steps - steps} steps`);
    await person.leaves();
});

test('a buyer reads German', async () => {
    assert.ok(site);
    await seller.offers({ label: 'Auf Deutsch', records: [record] });
    const { person } = await buyerAt(town, browser, site.url, 'deutsch', 'phone');
    await person.taps('Settings');
    await person.chooses('Language', 'de');
    await person.taps('Markt');
    await person.page.getByText('Weitere Filter').click();
    await person.sees('Markt');
    await person.taps('Auf Deutsch');
    await person.page.getByText('1 Stunde nach der Zahlung').waitFor();
    await person.sees('Auf Deutsch');
    await person.taps('Für 0,25 SOL kaufen');
    await person.page.getByText('Sie zahlen 0,25 SOL (null Komma zwei fünf SOL).').waitFor();
    await person.sees('Prüfen Sie, bevor Sie bezahlen');
    await person.taps('0,25 SOL hinterlegen');
    await person.page.getByText('Wartet auf die Lieferung').waitFor();
    await person.look();
    await person.taps('Zurück zu meinen Käufen');
    await person.page.getByText('Wartet auf die Lieferung').waitFor();
    await person.sees('Meine Käufe');
    await person.leaves();
});

test('of two nodes, one that hides an order or invents one is found out', async () => {
    assert.ok(doubting);
    const hidden = await seller.offers({ label: 'Hidden by one node', records: [record] });
    await seller.offers({ label: 'Shown by both', records: [record] });
    const [invented] = await findOrderPda(
        { seller: seller.address as Address, id: 99n },
        { programAddress: GENERION_PROGRAM_ADDRESS },
    );
    type Shown = { pubkey: string; account: { data: [string, 'base64'] } };
    let copy: Shown['account'] | undefined;
    liar.lie = ({ method, params }, result) => {
        if (method === 'getProgramAccounts') {
            const shown = result as Shown[];
            const [first] = shown;
            const bytes = Buffer.from(first?.account.data[0] ?? '', 'base64');
            if (!first || !isOrder(bytes)) return result;
            const data = getOrderEncoder().encode({ ...getOrderDecoder().decode(bytes), id: 99n, price: 1_000_000n });
            copy = { ...first.account, data: [Buffer.from(data).toString('base64'), 'base64'] };
            const rest = shown.filter(({ pubkey }) => pubkey !== hidden);
            return [...rest, { pubkey: invented, account: copy }];
        }
        const answer = result as { context: unknown; value: unknown };
        if (method === 'getAccountInfo' && params[0] === hidden) return { ...answer, value: null };
        if (method === 'getAccountInfo' && params[0] === invented) return { ...answer, value: copy ?? null };
        return result;
    };
    const { person } = await buyerAt(town, browser, doubting.url, 'two-nodes', 'phone');
    await person.page.getByText('2 orders are left out').waitFor();
    await person.page.getByText('The list comes from the network itself.').waitFor();
    await person.page.getByRole('link', { name: 'Shown by both' }).waitFor();
    assert.equal(await person.page.getByRole('link', { name: 'Hidden by one node' }).count(), 0);
    await person.look();
    // Somebody sent a link to the invented order.
    await person.page.goto(`${doubting.url}#/order/${invented}`);
    assert.match(await person.isTold(), /The computers of the network contradict each other/);
    await person.look();
    assert.equal(await person.page.getByRole('link', { name: /^Buy for/ }).count(), 0);
    liar.lie = (_, result) => result;
    await person.leavesComplaining(/Failed to load resource/);
});

test('a purchase is opened on another device, before and after it is closed, with its receipt', async () => {
    assert.ok(site);
    await seller.offers({ label: 'Two devices', records: [record] });
    const buyer = await buyerAt(town, browser, site.url, 'first-device', 'desktop');
    const { person } = buyer;
    await buys(buyer, 'Two devices');
    const [purchase = ''] = await person.reads('.purchase-address');
    await seller.delivers();

    // Without the receipt, as long as the seller keeps the order.
    const other = await restores(browser, site.url, buyer.words, 'second-device', 'phone');
    await other.taps('Market');
    await other.taps('My purchases');
    await other.taps('Two devices');
    await other.page.getByText('This device has no receipt').waitFor();
    await other.page.getByRole('link', { name: 'Measurement (1)' }).waitFor();
    await other.look();

    await person.taps('Look again');
    await person.taps('Close the purchase');
    await person.page.getByText('What you had set aside is back').waitFor();
    const [download] = await Promise.all([
        person.page.waitForEvent('download'),
        person.page.getByRole('link', { name: 'Save the receipt' }).click(),
    ]);
    const text = await readFile(await download.path(), 'utf8');
    await other.taps('Back to my purchases');
    await other.page.getByText('You have bought nothing yet.').waitFor();
    const choose = other.page.getByLabel('Import a receipt from a file');
    const damaged = join(town.folder, 'damaged.json');
    writeFileSync(damaged, text.replace('"price": 250000000', '"price": 250000001'));
    await choose.setInputFiles(damaged);
    assert.match(await other.isTold(), /no receipt that this app can read, or it is damaged/);
    await other.look();
    const whole = join(town.folder, 'receipt.json');
    writeFileSync(whole, text);
    await choose.setInputFiles(whole);
    await other.page.getByText('The receipt was saved.').waitFor();
    await other.page.getByText('Closed: the keys are on this device').waitFor();
    await choose.setInputFiles(whole);
    await other.page.getByText('This device has this receipt already.').waitFor();
    await other.look();
    await other.taps('Two devices');
    await other.page.getByRole('link', { name: 'Measurement (1)' }).click();
    await other.page.getByText('107 mmHg').waitFor();

    // Somebody else's receipt is refused, since it opens nothing here.
    const stranger = await buyerAt(town, browser, site.url, 'stranger', 'phone', 0);
    await stranger.person.taps('My purchases');
    await stranger.person.page.getByLabel('Import a receipt from a file').setInputFiles(whole);
    assert.match(await stranger.person.isTold(), /belongs to somebody else/);
    assert.equal(await town.lamports(purchase), 0n);
    for (const one of [person, other, stranger.person]) await one.leaves();
});

test('keys that are delivered and never released: the money comes back after the time for that', async () => {
    assert.ok(site);
    await seller.offers({ label: 'Never released', records: [record] });
    const buyer = await buyerAt(town, browser, site.url, 'never-released', 'phone');
    const { person } = buyer;
    const before = await town.lamports(buyer.address);
    await buys(buyer, 'Never released');
    const [purchase = ''] = await person.reads('.purchase-address');
    await seller.locks(purchase);
    await person.taps('Look again');
    await person.page.getByText('Delivered and proven: waiting for the release').waitFor();
    await person.page.getByText('1 of 1 records').waitFor();
    await person.look();
    await town.moveClock('25h');
    await person.taps('Look again');
    await person.page.getByText('the seller may still release the keys').waitFor();
    await person.taps('Take 0.25 SOL back');
    await person.page.getByText('is back in your account').waitFor();
    const fees = before - (await town.lamports(buyer.address));
    assert.ok(fees > 0n && fees < PRICE / 1_000n, `${fees} lamports of fees`);
    await person.leaves();
});
