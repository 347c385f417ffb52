// A seller publishes with the app and closes it: the Rust command line delivers, by the file of offers that the app saved.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishesKey } from './support/accounts.js';
import { buyerAt } from './support/market.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';

/** Time for what takes several transactions and their finality. */
const PATIENCE = { timeout: 90_000 };

const { browser, site, town } = await stageInTown();

test('a sale is delivered by the command line with the offers that the app saved, and not without them', async () => {
    const { address, keypair, person } = await buyerAt(town, browser, site.url, 'selling-elsewhere');
    await person.taps('Records');
    await publishesKey(person);
    const flags = ['--owner', address, '--store', town.storeUrl];
    await town.does('clinic', 'record', 'create', fixture('Observation-blood-pressure.json'), ...flags);
    await person.taps('Look again');
    await person.page.getByRole('link', { name: 'Measurement' }).click();
    await person.page.getByRole('button', { name: /^Verify for 0\.\d+ SOL$/ }).click();
    await person.page.getByText('Verified by you').waitFor();
    await person.page.goto(`${site.url}#/sell`);
    await person.ticks(/Measurement/);
    await person.taps('See what they tell');
    await person.taps('I have read it: set the price');
    await person.fills('Price in SOL for all records together', '0.25');
    await person.taps('Sell 1 record for 0.25 SOL');
    await person.page.getByText('Your records are for sale.').waitFor(PATIENCE);
    await person.unfolds('What happens when this app is closed?');
    const [download] = await Promise.all([person.page.waitForEvent('download'), person.taps('Save my offers')]);
    const offers = join(town.folder, address, download.suggestedFilename());
    await download.saveAs(offers);
    await person.look();
    // The app is closed: nobody delivers there.
    await person.leaves();

    const { orders } = await town.does('buyer', 'order', 'list', '--seller', address);
    const [order] = orders as unknown as { address: string }[];
    assert.ok(order);
    const bought = await town.does('buyer', 'purchase', 'buy', order.address);
    const purchase = String(bought.purchase?.address);
    const data = join(town.folder, address, 'data');
    const before = await town.lamports(address);
    await assert.rejects(town.doesWith(keypair, data, 'deliver', purchase));
    assert.equal(String((await town.does('buyer', 'purchase', 'show', purchase)).state), 'pending');
    await town.doesWith(keypair, data, 'deliver', purchase, '--orders', offers);
    assert.equal(String((await town.does('buyer', 'purchase', 'show', purchase)).state), 'settled');
    assert.ok((await town.lamports(address)) > before + 249_000_000n);
    // The buyer reads the document that the app's seller had.
    const opened = join(town.folder, address, 'opened');
    await town.does('buyer', 'purchase', 'open', purchase, '--to', opened);
});
