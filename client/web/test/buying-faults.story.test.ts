// Faults that a buyer meets: tabs that close, nodes that are away or lie, sellers who stop, change or never deliver. What
// was paid is read back from the ledger.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { GoBetween } from './support/go-between.js';
import { type Buyer, buyerAt, buys, PASSPHRASE, Seller } from './support/market.js';
import { type Person, startBrowser } from './support/person.js';
import { type Site, startSite } from './support/site.js';
import { fixture, Town } from './support/town.js';

const PRICE = 250_000_000n;
const FEE = 5_000n;
/** A browser's complaint about a node that hangs up. */
const HUNG_UP = /Failed to load resource/;

let town: Town;
let browser: Browser;
let site: Site;
let node: GoBetween;
let seller: Seller;
/** A record of the seller, for all orders. */
let record: string;
before(async () => {
    [town, browser] = await Promise.all([Town.found(), startBrowser()]);
    node = await GoBetween.before(town.rpcUrl);
    const [network] = town.networks;
    [site, seller] = await Promise.all([startSite([{ ...network, nodes: [node.url] }]), Seller.in(town)]);
    record = await seller.gets(fixture('Observation-blood-pressure.json'));
});
after(async () => {
    await browser?.close();
    site?.stop();
    await town?.close();
});

/** An order of one record, and its address. */
const offers = (label: string, more: object = {}) => seller.offers({ label, records: [record], ...more });

/** Comes back to the app, in a new tab, and unlocks it. */
async function comesBack({ person }: Buyer): Promise<Person> {
    const again = await person.opensAnotherTab(site.url);
    await again.fills('Passphrase', PASSPHRASE);
    await again.taps('Unlock');
    return again;
}

/** The lamports that a wallet has spent without fees: the price, and the amount that is set aside. */
async function spent({ address }: Buyer, before: bigint): Promise<bigint> {
    return before - (await town.lamports(address));
}

test('a tab that is closed while it pays pays once: the purchase is found again, and opened', async () => {
    await offers('Closed tab');
    const buyer = await buyerAt(town, browser, site.url, 'closed-tab');
    const before = await town.lamports(buyer.address);
    // The node has the payment, and the tab never hears of it.
    const isSent = new Promise<void>((resolve) => {
        node.behind = async ({ method }) => {
            if (method !== 'sendTransaction') return;
            await buyer.person.page.close();
            resolve();
        };
    });
    await buys(buyer, 'Closed tab');
    await isSent;
    node.behind = () => undefined;
    const again = await comesBack(buyer);
    await again.taps('Market');
    await again.taps('My purchases');
    await again.page.getByText('Waiting for delivery').waitFor();
    await again.sees('My purchases');
    await again.taps('Closed tab');
    await again.page.getByText('You need not keep this app open').waitFor();
    assert.ok((await spent(buyer, before)) > PRICE);
    assert.ok((await spent(buyer, before)) < PRICE + 10_000_000n, 'it was paid once');
    await seller.delivers();
    await again.taps('Look again');
    await again.page.getByRole('link', { name: 'Measurement (1)' }).click();
    await again.page.getByText('107 mmHg').waitFor();
    await again.leaves();
});

test('a node that is away in the middle of paying is waited for, and the ledger says what became of it', async () => {
    await offers('Node away');
    const buyer = await buyerAt(town, browser, site.url, 'node-away');
    const before = await town.lamports(buyer.address);
    node.behind = ({ method }) => {
        if (method === 'sendTransaction') node.isAway = true;
    };
    await buys(buyer, 'Node away');
    await buyer.person.page.getByText('The network takes longer than usual').waitFor();
    await buyer.person.look();
    node.behind = () => undefined;
    node.isAway = false;
    await buyer.person.page.getByText('Waiting for delivery').waitFor();
    assert.ok((await spent(buyer, before)) < PRICE + 10_000_000n, 'it was paid once');
    await buyer.person.leavesComplaining(HUNG_UP);
});

test('a node that is away before anything is signed takes nothing', async () => {
    await offers('Away before');
    const buyer = await buyerAt(town, browser, site.url, 'away-before');
    const before = await town.lamports(buyer.address);
    await buyer.person.taps('Away before');
    await buyer.person.taps('Buy for 0.25 SOL');
    await buyer.person.page.getByRole('button', { name: 'Pay 0.25 SOL into escrow' }).waitFor();
    node.isAway = true;
    await buyer.person.taps('Pay 0.25 SOL into escrow');
    assert.match(await buyer.person.isTold(), /The network does not answer/);
    await buyer.person.look();
    node.isAway = false;
    assert.equal(await town.lamports(buyer.address), before);
    await buyer.person.taps('Pay 0.25 SOL into escrow');
    await buyer.person.page.getByText('Waiting for delivery').waitFor();
    await buyer.person.leavesComplaining(HUNG_UP);
});

test('an order that others bought meanwhile can be bought, and one that was closed meanwhile takes nothing', async () => {
    const order = await offers('Bought by another');
    const buyer = await buyerAt(town, browser, site.url, 'meanwhile');
    await buyer.person.taps('Bought by another');
    await buyer.person.taps('Buy for 0.25 SOL');
    const pay = buyer.person.page.getByRole('button', { name: 'Pay 0.25 SOL into escrow' });
    await pay.waitFor();
    await town.does('buyer', 'purchase', 'buy', order);
    await buyer.person.taps('Pay 0.25 SOL into escrow');
    await buyer.person.page.getByText('Waiting for delivery').waitFor();
    await seller.delivers();

    const closed = await offers('Closed meanwhile');
    const before = await town.lamports(buyer.address);
    await buyer.person.taps('Market');
    await buyer.person.taps('Closed meanwhile');
    await buyer.person.taps('Buy for 0.25 SOL');
    await pay.waitFor();
    await town.does('patient', 'order', 'close', closed);
    await buyer.person.taps('Pay 0.25 SOL into escrow');
    assert.match(await buyer.person.isTold(), /The seller has closed this order meanwhile. Nothing was paid/);
    await buyer.person.look();
    assert.equal(await town.lamports(buyer.address), before);

    await buyer.person.page.goto(`${site.url}#/order/${closed}`);
    await buyer.person.page.getByText('This order takes no purchases any more.').waitFor();
    await buyer.person.look();
    // One whose sales were stopped is still there, since a purchase is pending.
    const stopped = await offers('Stopped meanwhile');
    await buyer.person.taps('Back to the market');
    await buyer.person.taps('Stopped meanwhile');
    await buyer.person.taps('Buy for 0.25 SOL');
    await pay.waitFor();
    await town.does('buyer', 'purchase', 'buy', stopped);
    await town.does('patient', 'order', 'close', stopped);
    await buyer.person.taps('Pay 0.25 SOL into escrow');
    assert.match(await buyer.person.isTold(), /The seller has closed this order meanwhile. Nothing was paid/);
    assert.equal(await town.lamports(buyer.address), before);
    await buyer.person.leaves();
});

test('two tabs that buy the same order pay once', async () => {
    await offers('Two tabs');
    const buyer = await buyerAt(town, browser, site.url, 'two-tabs', 'desktop');
    const before = await town.lamports(buyer.address);
    const other = await comesBack(buyer);
    await other.taps('Market');
    for (const person of [buyer.person, other]) {
        await person.taps('Two tabs');
        await person.taps('Buy for 0.25 SOL');
        await person.page.getByRole('button', { name: 'Pay 0.25 SOL into escrow' }).waitFor();
    }
    await Promise.all([buyer.person, other].map((person) => person.taps('Pay 0.25 SOL into escrow')));
    const ends = await Promise.all(
        [buyer.person, other].map(async ({ page }) => {
            const [paid, already] = [page.getByText('Waiting for delivery'), page.getByText('Nothing more was paid')];
            await paid.or(already).waitFor();
            return await already.isVisible();
        }),
    );
    assert.ok(ends.filter((isAlready) => !isAlready).length >= 1, 'one tab has paid');
    assert.ok((await spent(buyer, before)) < PRICE + 10_000_000n, 'it was paid once');
    // A third time, one behind the other.
    await other.page.goto(`${site.url}#/market`);
    await other.taps('Two tabs');
    await other.page.getByText('You bought this order.').waitFor();
    await other.look();
    await other.taps('Go to your purchase');
    await other.page.getByText('Waiting for delivery').waitFor();
    await other.leaves();
});

test('when the seller never delivers, the money comes back', async () => {
    await offers('Never delivered', { window: '10min' });
    const buyer = await buyerAt(town, browser, site.url, 'never-delivered');
    const { person } = buyer;
    const before = await town.lamports(buyer.address);
    await buys(buyer, 'Never delivered');
    await person.page.getByText('Waiting for delivery').waitFor();
    await person.page.getByText('you get the price back').waitFor();
    assert.equal(await person.page.getByRole('button', { name: 'Take 0.25 SOL back' }).count(), 0);
    await town.moveClock('16min');
    await person.taps('Look again');
    await person.page.getByText('Late: you can take your money back').waitFor();
    await person.look();
    await person.taps('Take 0.25 SOL back');
    await person.page.getByText('is back in your account').waitFor();
    await person.look();
    assert.equal(await town.lamports(buyer.address), before - 2n * FEE);
    await person.taps('Back to my purchases');
    await person.page.getByText('Nothing in escrow').waitFor();
    await person.look();
    await person.leaves();
});

test('too little SOL is said before anything is paid', async () => {
    await offers('Too dear');
    const buyer = await buyerAt(town, browser, site.url, 'too-little', 'phone', 0.2);
    const { person } = buyer;
    await person.taps('Too dear');
    await person.taps('Buy for 0.25 SOL');
    await person.page.getByText('and you have 0.2 SOL').waitFor();
    await person.look();
    assert.equal(await person.page.getByRole('button', { name: 'Pay 0.25 SOL into escrow' }).count(), 0);
    await town.fund(buyer.address, 0.2);
    await person.taps('Look again');
    await person.taps('Pay 0.25 SOL into escrow');
    await person.page.getByText('Waiting for delivery').waitFor();
    await person.leaves();
});
