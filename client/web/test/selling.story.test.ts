// A patient sells records in a browser. The buyer uses the Rust command line, on a real ledger and store.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Person, type WINDOWS } from './support/person.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';

const OBSERVATION = fixture('Observation-blood-pressure.json');
const ALLERGY = fixture('AllergyIntolerance-example.json');
const CONDITION = fixture('Condition-stroke.json');
const SOL = 1_000_000_000;
/** Time for what takes several transactions and their finality. */
const PATIENCE = { timeout: 90_000 };

const { browser, site, town } = await stageInTown();

type Seller = { person: Person; address: string };

/** A person with an account that can receive records. */
async function newSeller(story: string, size: keyof typeof WINDOWS, sol: number): Promise<Seller> {
    const person = await Person.at(browser, site.url, story, size);
    await person.taps('Create an account');
    await person.fills('Passphrase', 'kettle orbit maple nine');
    await person.taps('Create my account');
    await person.page.getByRole('heading', { name: 'Your records' }).waitFor();
    const [address = ''] = await person.reads('.own-address');
    await town.fund(address, sol);
    await person.page.getByText('your account has less').waitFor();
    await person.taps('Look again');
    await person.taps('Publish my key');
    await person.page.getByText('No records yet').waitFor();
    return { person, address };
}

/** The clinic writes a record to somebody. */
async function writes(owner: string, document: string): Promise<string> {
    const written = await town.does('clinic', 'record', 'create', document, '--owner', owner, '--store', town.storeUrl);
    return String(written.record?.address);
}

/** The person verifies a record, by its kind in the timeline. */
async function verifies({ person }: Seller, kind: string): Promise<void> {
    await person.taps(kind);
    const button = person.page.getByRole('button', { name: /^Verify for 0\.\d+ SOL$/ });
    await button.click();
    await person.page.getByText('Verified by you').waitFor();
    await person.taps('Back to your records');
}

/** The balance of an address, as the node says. */
const balanceOf = async (address: string): Promise<number> => Number(await town.lamports(address));

test('two records are for sale in at most 7 steps, having seen what they tell; the app delivers them and collects the price', async () => {
    const seller = await newSeller('selling', 'phone', 0.1);
    const { address, person } = seller;
    await Promise.all([writes(address, OBSERVATION), writes(address, ALLERGY)]);
    await writes(address, CONDITION);
    await person.taps('Look again');
    await verifies(seller, 'Measurement');
    await verifies(seller, 'Allergy');

    const before = person.steps;
    await person.taps('Sell records');
    await person.sees('Choose records to sell');
    // A record that its owner has not verified is not offered.
    assert.equal(await person.page.getByRole('checkbox').count(), 2);
    await person.page.getByRole('link', { name: 'Diagnosis' }).waitFor();
    await person.ticks(/Measurement/);
    await person.ticks(/Allergy/);
    await person.taps('See what they tell');
    await person.page.getByRole('button', { name: 'I have read it: set the price' }).waitFor();
    await person.sees('What these records tell about you');
    // The Rust client reports the same: a reference to the patient, and no name, because these documents have none.
    const told = await person.page.locator('main').innerText();
    assert.match(told, /This record can tell a buyer whose it is/);
    assert.match(told, /Links to other records\s+Patient\/example/);
    assert.match(told, /2012-09-17/);
    await person.taps('I have read it: set the price');
    await person.page.getByLabel('Price in SOL for all records together').waitFor();
    await person.look();
    await person.fills('Price in SOL for all records together', '0.25');
    await person.page.getByText('Each buyer pays you 0.25 SOL (zero point two five SOL).', { exact: true }).waitFor();
    await person.look();
    await person.taps('Sell 2 records for 0.25 SOL');
    await person.page.getByText('Your records are for sale.').waitFor(PATIENCE);
    assert.ok(person.steps - before <= 7, `${person.steps - before} steps`);
    await person.sees('Your sales');
    await person.page.getByText('This app is delivering').waitFor();

    const { orders } = await town.does('buyer', 'order', 'list', '--seller', address);
    const [order] = orders as unknown as {
        address: string;
        price_lamports: number;
        label: string;
        record_addresses: string[];
    }[];
    assert.ok(order);
    assert.equal(order.price_lamports, SOL / 4);
    assert.match(order.label, /^(Measurement, Allergy|Allergy, Measurement)$/);
    assert.equal(order.record_addresses.length, 2);

    const poorer = await balanceOf(address);
    const bought = await town.does('buyer', 'purchase', 'buy', order.address);
    const purchase = String(bought.purchase?.address);
    await person.page.getByText('A sale was paid. The money is in your account.').waitFor(PATIENCE);
    await person.page.getByText('Earned with the offers below: 0.25 SOL').waitFor();
    await person.page.getByText('You have been paid.').waitFor();
    await person.look();
    // The price, less what delivering and settling cost.
    const earned = (await balanceOf(address)) - poorer;
    assert.ok(earned > SOL / 4 - 200_000 && earned < SOL / 4, `${earned} lamports`);
    const shown = await town.does('buyer', 'purchase', 'show', purchase);
    assert.equal(String(shown.state), 'settled');
    const folder = mkdtempSync(join(tmpdir(), 'generion-bought-'));
    try {
        await town.does('buyer', 'purchase', 'open', purchase, '--to', folder);
        const documents = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
        const originals = [OBSERVATION, ALLERGY].map((path) => readFileSync(path, 'utf8'));
        assert.deepEqual(documents.sort(), originals.sort());
    } finally {
        rmSync(folder, { recursive: true });
    }

    const withdraw = person.page.getByRole('button', { name: 'Withdraw this offer' });
    await withdraw.click();
    await person.page.getByRole('heading', { name: 'Withdraw this offer?' }).waitFor();
    await person.look();
    await person.page.getByRole('button', { name: /^Withdraw for 0\.0\d+ SOL$/ }).click();
    await person.page.getByText('The offer is withdrawn.').waitFor(PATIENCE);
    await person.page.getByText('You sell nothing at present.').waitFor();
    await person.look();
    const left = await town.does('buyer', 'order', 'list', '--seller', address);
    assert.deepEqual(left.orders, []);
    await person.leaves();
});

test('a price that is none, too little SOL and a node that is away are told, and nothing is for sale until all is well', async () => {
    const seller = await newSeller('selling-refused', 'desktop', 0.004);
    const { address, person } = seller;
    await writes(address, OBSERVATION);
    await person.taps('Look again');
    await person.page.getByText('New: not checked yet').waitFor();
    await person.taps('Sell records');
    await person.page.getByText('You have no verified record').waitFor();
    await person.sees('Choose records to sell');
    await person.taps('Measurement');
    await person.page.getByRole('button', { name: /^Verify for/ }).click();
    await person.page.getByText('Verified by you').waitFor();
    // Nobody comes to the price around what the records tell.
    await person.page.goto(`${site.url}#/sell/price`);
    await person.page.getByRole('heading', { name: 'Choose records to sell' }).waitFor();
    await person.taps('See what they tell');
    await person.page.getByText('Choose at least one record').waitFor();
    await person.look();
    await person.ticks(/Measurement/);

    // The store is away while the record is read, and comes back.
    await person.page.context().route(`${town.storeUrl}/**`, (route) => route.abort());
    await person.taps('See what they tell');
    assert.match(await person.isTold(), /The store does not answer/);
    assert.equal(await person.page.getByRole('button', { name: /set the price/ }).count(), 0);
    await person.look();
    await person.page.context().unroute(`${town.storeUrl}/**`);
    await person.taps('Try again');
    await person.taps('I have read it: set the price');

    await person.page.getByText(/Your account lacks 0\.0\d+ SOL for this/).waitFor();
    await person.page.getByText(address).waitFor();
    await person.look();
    await town.fund(address);
    await person.taps('Look again');
    const price = 'Price in SOL for all records together';
    await person.page.getByLabel(price, { exact: true }).waitFor();
    for (const [typed, told] of [
        ['', 'Enter a price, such as 0.25'],
        ['0', 'The price must be more than 0'],
        ['a quarter', 'Enter a number with one point or comma at most'],
        ['1,000.5', 'Enter a number with one point or comma at most'],
        ['0.0000000001', 'Enter at most nine digits behind the point'],
        ['0.0001', 'The lowest price is 0.0'],
        ['99999999999', 'This is more SOL than there is'],
    ] as const) {
        await person.fills(price, typed);
        await person.page.getByRole('button', { name: /^Sell 1 record/ }).click();
        await person.page.locator('.error').getByText(told).waitFor();
    }
    await person.look();
    await person.unfolds('Description, time and buyer');
    await person.fills(price, '0,1');
    await person.fills('Public description', 'é'.repeat(33));
    await person.fills('Sell to this address alone (may stay empty)', 'the doctor');
    await person.taps('Sell 1 record for 0.1 SOL');
    await person.page.getByText('The description is too long').waitFor();
    await person.page.getByText('Enter an address of 32 to 44').waitFor();
    await person.look();
    await person.fills('Public description', 'Blood pressure');
    await person.fills('Sell to this address alone (may stay empty)', '');

    // The node is away when the person publishes.
    await person.page.context().route(`${town.rpcUrl}/**`, (route) => route.abort());
    await person.taps('Sell 1 record for 0.1 SOL');
    assert.match(await person.isTold(), /The network does not answer/);
    await person.look();
    await person.page.context().unroute(`${town.rpcUrl}/**`);
    const none = await town.does('buyer', 'order', 'list', '--seller', address);
    assert.deepEqual(none.orders, []);
    await person.taps('Sell 1 record for 0.1 SOL');
    await person.page.getByText('Your records are for sale.').waitFor(PATIENCE);
    await person.sees('Your sales');
    const { orders } = await town.does('buyer', 'order', 'list', '--seller', address);
    assert.deepEqual(
        (orders as unknown as { label: string; price_lamports: number }[]).map(({ label, price_lamports }) => [
            label,
            price_lamports,
        ]),
        [['Blood pressure', SOL / 10]],
    );
    // The same in German.
    await person.taps('Settings');
    await person.page.getByLabel('Language').selectOption('de');
    await person.page.goto(`${site.url}#/sales`);
    await person.page.getByText('Im Angebot').waitFor();
    await person.unfolds('Was geschieht, wenn diese App geschlossen ist?');
    await person.sees('Ihre Verkäufe');
    await person.page.goto(`${site.url}#/sell`);
    await person.ticks(/Messwert/);
    await person.sees('Wählen Sie Befunde zum Verkaufen');
    await person.taps('Ansehen, was sie verraten');
    await person.page.getByText('Ich habe es gelesen: weiter zum Preis').waitFor();
    await person.sees('Was diese Befunde über Sie verraten');
    await person.taps('Ich habe es gelesen: weiter zum Preis');
    await person.fills('Preis in SOL für alle Befunde zusammen', '0,5');
    await person.page.getByText('Jeder Käufer zahlt Ihnen 0,5 SOL (null Komma fünf SOL).', { exact: true }).waitFor();
    await person.sees('Preis festlegen und veröffentlichen');
    // The browser itself complains of requests that got no answer.
    await person.leavesComplaining(/Failed to load resource: net::ERR_FAILED/);
});
