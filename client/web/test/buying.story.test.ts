// A buyer at a browser: from the market to the documents, on a real ledger and store. The seller uses the Rust command line,
// and what was paid is read back from the ledger.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { buyerAt, Seller } from './support/market.js';
import type { Person, WINDOWS } from './support/person.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';

const PRICE = 250_000_000n;
const FEE = 5_000n;

const rate = { currency: 'EUR', price: 141.5, date: '2026-11-02' };
const { browser, site, town } = await stageInTown(({ gatewayUrl, networks }) =>
    networks.map((network) => ({ ...network, gateway: gatewayUrl, rate })),
);
const seller = await Seller.in(town);

/** Puts bytes into a file. */
async function save(bytes: Buffer, name: string): Promise<string> {
    const file = join(town.folder, name);
    await writeFile(file, bytes);
    return file;
}

/** Saves what a button saves, and returns its name and bytes. */
async function saves(person: Person, button: string): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([person.page.waitForEvent('download'), person.taps(button)]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

for (const size of ['phone', 'desktop'] as (keyof typeof WINDOWS)[]) {
    test(`records are bought, delivered, opened and saved, on a ${size}`, async () => {
        const observation = fixture('Observation-blood-pressure.json');
        const condition = fixture('Condition-stroke.json');
        const records = [await seller.gets(observation), await seller.gets(condition)];
        const label = `Blood pressure and stroke, ${size}`;
        await seller.offers({ label, records });
        const buyer = await buyerAt(town, browser, site.url, 'buying', size);
        const { address, keypair, person } = buyer;
        await person.page.getByRole('link', { name: label, exact: true }).waitFor();
        await person.look();
        const [before, sellerBefore] = [await town.lamports(address), await town.lamports(seller.address)];

        const steps = person.steps;
        await person.taps(label);
        await person.page.getByText('The seller says that it is right').first().waitFor();
        await person.sees(label);
        await person.taps('Buy for 0.25 SOL');
        await person.page
            .getByText('You pay 0.25 SOL (zero point two five SOL). A further 0.00342432 SOL is set aside')
            .waitFor();
        await person.sees('Check before you pay');
        await person.page.getByText('Details').nth(2).click();
        await person.page.getByText('About €35.38, at the rate of November 2, 2026').waitFor();
        await person.look();
        await person.taps('Pay 0.25 SOL into escrow');
        await person.page.getByText('Waiting for delivery').waitFor();
        assert.ok(person.steps - steps <= 4, `${person.steps - steps} steps`);
        await person.sees(label);
        const paid = before - (await town.lamports(address));
        const [purchase = ''] = await person.reads('.purchase-address');
        const setAside = paid - PRICE - FEE;
        assert.equal(await town.lamports(purchase), PRICE + setAside);
        const receipt = await saves(person, 'Save the receipt');
        assert.equal(receipt.name, `${purchase}.json`);

        await seller.delivers();
        assert.ok((await town.lamports(seller.address)) > sellerBefore + PRICE - 1_000_000n);
        await person.taps('Look again');
        await person.page.getByText('Ready to open').waitFor();
        await person.page.getByRole('link', { name: 'Diagnosis (' }).waitFor();
        await person.look();
        await person.page.getByRole('link', { name: 'Measurement (' }).click();
        await person.page.getByText('107 mmHg').waitFor();
        await person.look();
        const document = await saves(person, 'Save the document');
        assert.match(document.name, /^\w{32,44}\.json$/);
        assert.deepEqual(document.bytes, readFileSync(observation));

        // The command line opens the same purchase with the receipt of the app.
        const data = join(town.folder, address, 'data');
        mkdirSync(join(data, 'localnet', 'receipts'), { recursive: true });
        cpSync(await save(receipt.bytes, receipt.name), join(data, 'localnet', 'receipts', receipt.name));
        const opened = join(town.folder, address, 'opened');
        await town.doesWith(keypair, data, 'purchase', 'open', purchase, '--to', opened);
        const documents = readdirSync(opened).map((name) => readFileSync(join(opened, name), 'utf8'));
        assert.deepEqual(new Set(documents), new Set([observation, condition].map((one) => readFileSync(one, 'utf8'))));

        await person.taps('Back to the purchase');
        await person.taps('Close the purchase');
        await person.page.getByText('What you had set aside is back').waitFor();
        await person.page.getByText('Closed: the keys are on this device').waitFor();
        await person.look();
        assert.equal(await town.lamports(address), before - PRICE - 2n * FEE);
        assert.equal(await town.lamports(purchase), 0n);
        await person.page.getByRole('link', { name: 'Diagnosis (' }).click();
        await person.sees('Diagnosis');
        await person.leaves();
    });
}
