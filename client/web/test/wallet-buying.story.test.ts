// A buyer whose wallet is an app: from the market to the documents.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Seller } from './support/market.js';
import { Person } from './support/person.js';
import { stageInTown } from './support/stage.js';
import { WalletApp } from './support/wallet-app.js';

const PRICE = 250_000_000n;
const { browser, site, town } = await stageInTown();
const seller = await Seller.in(town);

/** The wallet's windows since the last call: the first words of a text, or a transaction. */
function windowsOf(wallet: WalletApp): () => string[] {
    let before = 0;
    return () => {
        const windows = wallet.asked.slice(before).map(({ bytes, kind }) => {
            return kind === 'message' ? (Buffer.from(bytes, 'hex').toString().split(/ v1/)[0] ?? '') : kind;
        });
        before = wallet.asked.length;
        return windows;
    };
}

test('a wallet app buys records and opens them, and the app says before what its windows show', async () => {
    await seller.offers({ label: 'For a wallet app' });
    const wallet = await WalletApp.of(90);
    const shown = windowsOf(wallet);
    const person = await Person.at(browser, site.url, 'wallet-buying', 'phone');
    await wallet.installIn(person.page);
    await person.page.reload();
    await person.taps('Use a wallet app');
    await person.taps('Connect Test wallet');
    await person.taps('Sign in Test wallet');
    await person.reads('.own-address');
    await town.fund(wallet.address, 1);
    shown();
    await person.taps('Market');
    await person.page.getByRole('link', { name: 'For a wallet app', exact: true }).waitFor();
    const steps = person.steps;
    await person.taps('For a wallet app');
    await person.taps('Buy for 0.25 SOL');
    await person.page.getByText('Test wallet opens three windows').waitFor();
    await person.sees('Check before you pay');
    // Looking and reading opens no window.
    assert.deepEqual(shown(), []);
    const before = await town.lamports(wallet.address);
    await person.taps('Pay 0.25 SOL into escrow');
    await person.page.getByText('Waiting for delivery').waitFor();
    assert.ok(person.steps - steps <= 4, `${person.steps - steps} steps`);
    assert.deepEqual(shown(), ['Generion purchase key', 'Generion purchase key', 'transaction']);
    assert.ok(before - (await town.lamports(wallet.address)) > PRICE);
    await seller.delivers();
    await person.taps('Look again');
    await person.page.getByText('Ready to open').waitFor();
    // Another visit: what the wallet signed before is forgotten.
    await person.page.reload();
    await person.taps('Use a wallet app');
    await person.taps('Connect Test wallet');
    await person.taps('Sign in Test wallet');
    await person.reads('.own-address');
    await person.taps('Market');
    await person.taps('My purchases');
    await person.taps('For a wallet app');
    await person.page.getByText('Test wallet opens two windows with the same text').waitFor();
    await person.look();
    shown();
    await person.taps('Open the records');
    await person.page.getByRole('link', { name: /^Measurement/ }).click();
    await person.page.getByText('107 mmHg').waitFor();
    // No window for each document.
    assert.deepEqual(shown(), ['Generion purchase key', 'Generion purchase key']);
    await person.taps('Back to the purchase');
    await person.taps('Close the purchase');
    await person.page.getByText('What you had set aside is back').waitFor();
    await person.leaves();
});

test('a wallet app that refuses to pay pays nothing, and the same order can be bought after that', async () => {
    await seller.offers({ label: 'Refused at first' });
    const wallet = await WalletApp.of(100);
    const person = await Person.at(browser, site.url, 'wallet-buying-refused', 'desktop', 'en-GB');
    await wallet.installIn(person.page);
    await person.page.reload();
    await person.taps('Use a wallet app');
    await person.taps('Connect Test wallet');
    await person.taps('Sign in Test wallet');
    await person.reads('.own-address');
    await town.fund(wallet.address, 1);
    const before = await town.lamports(wallet.address);
    await person.taps('Market');
    await person.taps('Refused at first');
    await person.taps('Buy for 0.25 SOL');
    await person.page.getByRole('button', { name: 'Pay 0.25 SOL into escrow' }).waitFor();
    wallet.manners.refusesFrom = wallet.asked.length + 1;
    await person.taps('Pay 0.25 SOL into escrow');
    assert.match(await person.isTold(), /wallet/i);
    await person.look();
    assert.equal(await town.lamports(wallet.address), before);
    delete wallet.manners.refusesFrom;
    await person.taps('Pay 0.25 SOL into escrow');
    await person.page.getByText('Waiting for delivery').waitFor();
    await person.leaves();
});
