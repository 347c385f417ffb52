// The passphrase is asked for again, and the app locks, in a browser with one or two tabs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person } from './support/person.js';
import { stage } from './support/stage.js';

const PASSPHRASE = 'kettle orbit maple nine';
const MINUTE = 60_000;

const { browser, site } = await stage();

async function makesAnAccount(person: Person): Promise<void> {
    await person.taps('Create an account');
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Create my account');
    await person.sees('Your records');
}

async function unlocks(person: Person): Promise<void> {
    await person.sees('Welcome back');
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Unlock');
    await person.sees('Your records');
}

test('the words are shown once after an account was made, and from then on for its passphrase alone', async () => {
    const person = await Person.at(browser, site.url, 'words-again', 'phone');
    await makesAnAccount(person);
    await person.taps('Back up now');
    await person.sees('Write these 12 words down');
    const words = await person.reads('.words li');
    await person.taps('Do this later');
    await person.sees('Your records');
    await person.taps('Back up now');
    await person.sees('Enter your passphrase');
    assert.equal(await person.page.locator('.words').count(), 0);
    await person.fills('Passphrase', 'not the passphrase');
    await person.taps('Show my words');
    await person.page.getByText('This is not the passphrase of this account').waitFor();
    await person.look();
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Show my words');
    await person.sees('Write these 12 words down');
    assert.deepEqual(await person.reads('.words li'), words);
    // An unlocked device alone shows none.
    await person.page.reload();
    await unlocks(person);
    await person.taps('Back up now');
    await person.sees('Enter your passphrase');
    await person.leaves();
});

test('two tabs work with one account, and locking one locks both', async () => {
    const person = await Person.at(browser, site.url, 'two-tabs', 'desktop');
    await makesAnAccount(person);
    const other = await person.opensAnotherTab(site.url);
    await unlocks(other);
    assert.deepEqual(await other.reads('.own-address'), await person.reads('.own-address'));
    await other.taps('Settings');
    await other.taps('Lock now');
    await other.sees('Welcome back');
    await person.sees('Welcome back');
    // Neither has the secrets any more, whatever its address says.
    await person.page.goto(`${site.url}#/backup`);
    await person.sees('Welcome back');
    await person.leaves();
});

test('ten minutes without use lock the app, and use in another tab keeps it open', async () => {
    const person = await Person.at(browser, site.url, 'idle', 'desktop');
    await person.page.clock.install();
    await person.page.reload();
    await makesAnAccount(person);
    const other = await person.opensAnotherTab(site.url);
    await unlocks(other);
    await person.page.clock.fastForward(9 * MINUTE);
    await other.page.mouse.move(5, 5);
    await other.page.evaluate(() => new Promise((told) => setTimeout(told)));
    await person.page.clock.fastForward(2 * MINUTE);
    await person.sees('Your records');
    await person.page.clock.fastForward(7 * MINUTE);
    await person.sees('Your records');
    await person.page.clock.fastForward(2 * MINUTE);
    await person.sees('Welcome back');
    await other.sees('Welcome back');
    await person.leaves();
});

test('what waits keeps the focus, and the heading takes it when it is gone', async () => {
    const person = await Person.at(browser, site.url, 'focus', 'desktop');
    const focused = () => person.page.evaluate(() => document.activeElement?.textContent?.trim());
    await person.taps('Create an account');
    await person.fills('Passphrase', 'hallo hallo hallo');
    await person.page.getByRole('button', { name: 'Create my account' }).focus();
    await person.page.keyboard.press('Enter');
    await person.page.getByText('This passphrase is easy to guess').waitFor();
    assert.equal(await focused(), 'Create my account');
    await person.fills('Passphrase', PASSPHRASE);
    await person.page.getByRole('button', { name: 'Create my account' }).focus();
    await person.page.keyboard.press('Enter');
    await person.sees('Your records');
    assert.equal(await focused(), 'Your records');
    await person.leaves();
});
