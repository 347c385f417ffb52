// Wallet apps in a browser, on a real ledger: a good one, and those that refuse, change, or sign otherwise.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person, type WINDOWS } from './support/person.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';
import { type Manners, WalletApp } from './support/wallet-app.js';

const OBSERVATION = fixture('Observation-blood-pressure.json');
const PASSPHRASE = 'kettle orbit maple nine';

const { browser, site, town } = await stageInTown();

let seeds = 10;

type Told = { size?: keyof typeof WINDOWS; locale?: string; seed?: number };

/** A person whose browser has a wallet app, with some SOL. */
async function person(story: string, manners: Manners = {}, { size = 'phone', locale, seed }: Told = {}) {
    seeds += 10;
    const wallet = await WalletApp.of(seed ?? seeds, manners);
    const one = await Person.at(browser, site.url, story, size, locale);
    await wallet.installIn(one.page);
    await one.page.reload();
    return { one, wallet };
}

/** Connects a wallet, and signs. */
async function opens({ one }: { one: Person }): Promise<void> {
    await one.taps('Use a wallet app');
    await one.sees('Connect a wallet');
    await one.taps('Connect Test wallet');
    await one.sees('Open your records');
    await one.taps('Sign in Test wallet');
}

for (const size of ['phone', 'desktop'] as const) {
    test(`a wallet is connected, publishes its key, and its records are read, verified and shared (${size})`, async () => {
        const patient = await person('wallet', {}, { size });
        const { one, wallet } = patient;
        await opens(patient);
        await one.sees('Your records');
        // One tap connected, another one signed, the same line twice.
        assert.deepEqual(
            wallet.asked.map(({ kind }) => kind),
            ['connect', 'message', 'message'],
        );
        assert.equal(wallet.asked[1]?.bytes, wallet.asked[2]?.bytes);
        assert.match(
            Buffer.from(wallet.asked[1]?.bytes ?? '', 'hex').toString(),
            /^Generion encryption key v1\. WARNING/,
        );
        await town.fund(wallet.address);
        await one.taps('Look again');
        await one.page.getByText('Test wallet opens two windows').waitFor();
        await one.look();
        // Looking opens no window.
        assert.equal(wallet.asked.length, 3);
        await one.taps('Publish my key');
        await one.page.getByText('No records yet').waitFor();
        assert.deepEqual(
            wallet.asked.slice(3).map(({ kind }) => kind),
            ['message', 'transaction'],
        );
        const flags = ['--owner', wallet.address, '--store', town.storeUrl];
        const written = await town.does('clinic', 'record', 'create', OBSERVATION, ...flags);
        await one.taps('Look again');
        await one.taps('Measurement');
        await one.page.getByText('107 mmHg').waitFor();
        await one.page.getByText('Test wallet opens a window with this transaction').waitFor();
        await one.look();
        const button = one.page.getByRole('button', { name: /^Verify for 0\.\d+ SOL$/ });
        await one.taps((await button.innerText()).trim());
        await one.page.getByText('Verified by you').waitFor();
        assert.equal(wallet.asked.length, 6);
        const doctor = await person('wallet-doctor');
        await opens(doctor);
        await town.fund(doctor.wallet.address);
        await doctor.one.taps('Look again');
        await doctor.one.taps('Publish my key');
        await doctor.one.page.getByText('No records yet').waitFor();
        await one.fills("The doctor's address", doctor.wallet.address);
        await one.taps('Continue');
        const confirm = one.page.getByRole('button', { name: /^Share for 0\.\d+ SOL$/ });
        await one.taps((await confirm.innerText()).trim());
        await one.page.getByRole('button', { name: 'End access' }).waitFor();
        await doctor.one.taps('Shared with you');
        await doctor.one.page.getByRole('heading', { name: `Records of ${wallet.address}` }).waitFor();
        await doctor.one.taps('Shared record 1');
        await doctor.one.page.getByText('107 mmHg').waitFor();
        const shown = await town.does('clinic', 'record', 'show', String(written.record?.address));
        assert.equal(String(shown.verified), 'true');
        await doctor.one.leaves();
        await one.leaves();
    });
}

test('a wallet that refuses is told, and nothing happens until it agrees', async () => {
    const { one, wallet } = await person('wallet-refuses', { refusesFrom: 1 });
    await one.taps('Use a wallet app');
    await one.taps('Connect Test wallet');
    assert.match(await one.isTold(), /Test wallet did not connect, so the app knows no address/);
    await one.look();
    wallet.manners.refusesFrom = 3;
    await one.taps('Connect Test wallet');
    await one.sees('Open your records');
    await one.taps('Sign in Test wallet');
    assert.match(await one.isTold(), /The wallet did not sign. Nothing was changed./);
    await one.look();
    delete wallet.manners.refusesFrom;
    await one.taps('Sign in Test wallet');
    await one.sees('Your records');
    await one.leaves();
});

test('a wallet that shows another account in mid-flow signs nothing more', async () => {
    const { one, wallet } = await person('wallet-changes', { changesAt: 4 });
    await opens({ one });
    await one.sees('Your records');
    await town.fund(wallet.address);
    await one.taps('Look again');
    await one.taps('Publish my key');
    assert.match(await one.isTold(), /The wallet shows another address now/);
    await one.look();
    const before = wallet.asked.length;
    await one.taps('Publish my key');
    assert.match(await one.isTold(), /The wallet shows another address now/);
    // The account was compared first, and the wallet was not asked.
    assert.equal(wallet.asked.length, before);
    await one.leaves();
});

/** Makes a key file, publishes its key, and opens it again after a reload. */
async function usesAKeyFile({ one, wallet }: { one: Person; wallet: WalletApp }): Promise<void> {
    await one.sees('Use a key file');
    // Whoever has a file and forgets to choose it gets no new key.
    await one.taps('I have a key file');
    await one.fills('The passphrase of the key file', PASSPHRASE);
    await one.taps('Open the key file');
    await one.page.getByText('Choose your key file', { exact: true }).waitFor();
    assert.equal(await one.page.getByRole('heading', { name: 'Save your key file' }).count(), 0);
    await one.look();
    await one.taps('Back');
    await one.taps('I need a new key file');
    await one.fills('A passphrase for the key file', 'hallo hallo hallo');
    await one.taps('Make a key file');
    await one.page.getByText('This passphrase is easy to guess').waitFor();
    await one.fills('A passphrase for the key file', PASSPHRASE);
    await one.taps('Make a key file');
    await one.sees('Save your key file');
    const download = one.page.waitForEvent('download');
    await one.taps('Save the key file');
    assert.ok(await (await download).path());
    await one.taps('I saved it');
    await one.sees('Your records');
    await town.fund(wallet.address);
    await one.taps('Look again');
    await one.taps('Publish my key');
    await one.page.getByText('No records yet').waitFor();
    const flags = ['--owner', wallet.address, '--store', town.storeUrl];
    await town.does('clinic', 'record', 'create', OBSERVATION, ...flags);
    // Another day: the wallet connects, and the passphrase opens the key.
    await one.page.reload();
    await one.taps('Use a wallet app');
    await one.taps('Connect Test wallet');
    await one.page.getByText('This device has a key file for your address').waitFor();
    await one.fills('The passphrase of the key file', 'not the passphrase');
    await one.taps('Open the key file');
    await one.page.getByText('This is not the passphrase of this file').waitFor();
    await one.look();
    await one.fills('The passphrase of the key file', PASSPHRASE);
    await one.taps('Open the key file');
    await one.sees('Your records');
    await one.taps('Measurement');
    await one.page.getByText('107 mmHg').waitFor();
}

test('a wallet that signs differently each time gets a key file, which the app explains', async () => {
    const patient = await person('wallet-random', { isRandom: true });
    await opens(patient);
    await patient.one.page.getByText('signed the same text in two different ways').waitFor();
    await usesAKeyFile(patient);
    await patient.one.leaves();
});

test('a wallet that signs an envelope gets a key file, and its envelope attests the key', async () => {
    // The off-chain message of version 0 in its first form, as Ledger signs it.
    const envelope = (message: Uint8Array) =>
        Uint8Array.from([
            0xff,
            ...Buffer.from('solana offchain'),
            0,
            0,
            message.length & 0xff,
            message.length >> 8,
            ...message,
        ]);
    const patient = await person('wallet-envelope', { envelope });
    await opens(patient);
    await patient.one.page.getByText('changes a text before it signs it').waitFor();
    await usesAKeyFile(patient);
    await patient.one.leaves();
});

test('a wallet that signs no text gets a key file before anything is signed, and a memo attests the key', async () => {
    const patient = await person('wallet-memo', { features: ['solana:signTransaction'] });
    await patient.one.taps('Use a wallet app');
    await patient.one.taps('Connect Test wallet');
    await patient.one.page.getByText('signs no text with this address').waitFor();
    assert.deepEqual(
        patient.wallet.asked.map(({ kind }) => kind),
        ['connect'],
    );
    await usesAKeyFile(patient);
    assert.ok(patient.wallet.asked.every(({ kind }) => kind !== 'message'));
    await patient.one.leaves();
});

test('of several accounts the person chooses one, and an account that can not sign transactions is not offered', async () => {
    const { one, wallet } = await person('wallet-several', { accounts: 2 });
    await one.taps('Use a wallet app');
    await one.taps('Connect Test wallet');
    await one.sees('Choose an address');
    const second = String(wallet.signers[1]?.address);
    await one.taps(`Use ${second}`);
    await one.sees('Open your records');
    await one.taps('Sign in Test wallet');
    await one.sees('Your records');
    assert.deepEqual(await one.reads('.own-address'), [second]);
    await one.leaves();
    const none = await person('wallet-signs-nothing', { features: ['solana:signMessage'] });
    await none.one.taps('Use a wallet app');
    await none.one.taps('Connect Test wallet');
    assert.match(await none.one.isTold(), /showed no address of Solana that can sign/);
    await none.one.leaves();
});

test('what the wallet will show is said before a document is written, and before it is deleted', async () => {
    const { one, wallet } = await person('wallet-writes');
    await opens({ one });
    await one.sees('Your records');
    await town.fund(wallet.address);
    await one.taps('Look again');
    await one.taps('Publish my key');
    await one.page.getByText('No records yet').waitFor();
    let before = wallet.asked.length;
    /** The windows since then: the first words of a text, or a transaction. */
    const shown = () => {
        const windows = wallet.asked.slice(before);
        before = wallet.asked.length;
        return windows.map(({ bytes, kind }) =>
            kind === 'message' ? Buffer.from(bytes, 'hex').toString().split(/ v1/)[0] : kind,
        );
    };
    await one.taps('Add a document of your own');
    await one.page.getByText('a text that begins with “Generion import journal key”').waitFor();
    const diary = { name: 'diary.txt', mimeType: 'text/plain', buffer: Buffer.from('My diary: slept well') };
    await one.page.getByLabel('Choose documents', { exact: true }).setInputFiles(diary);
    const write = one.page.getByRole('button', { name: /^Write 1 document for/ });
    await write.waitFor();
    assert.deepEqual(shown(), ['Generion import journal key', 'Generion import journal key']);
    await one.page.getByText('Test wallet opens three windows for each document').waitFor();
    await one.look();
    await write.click();
    await one.page.getByText('1 document is written.').waitFor();
    assert.deepEqual(shown(), ['generion store', 'Generion record', 'transaction']);
    await one.page.goto(`${site.url}#/home`);
    await one.taps('Document');
    await one.taps('Delete it');
    await one.page.getByText('Test wallet opens a window with the transaction that deletes the record').waitFor();
    await one.look();
    assert.deepEqual(shown(), []);
    await one.page.getByRole('button', { name: /^Delete it for good for 0\.\d+ SOL$/ }).click();
    await one.page.getByText('The record is deleted, and its document is erased.').waitFor();
    assert.deepEqual(shown(), ['transaction', 'generion store']);
    await one.leaves();
});

test('the fee account of the device is filled by the wallet, and emptied to it', async () => {
    const { one, wallet } = await person('wallet-fees', {}, { size: 'desktop' });
    await opens({ one });
    await one.sees('Your records');
    await town.fund(wallet.address);
    await one.taps('Settings');
    const fill = one.page.getByRole('button', { name: /^Send 0\.\d+ SOL there$/ });
    await fill.waitFor();
    await one.look();
    await one.taps((await fill.innerText()).trim());
    const empty = one.page.getByRole('button', { name: /^Take 0\.\d+ SOL back$/ });
    await empty.waitFor();
    const before = wallet.asked.length;
    await one.look();
    await one.taps((await empty.innerText()).trim());
    await one.page.getByText('It holds 0 SOL.').waitFor();
    // The device alone signed that.
    assert.equal(wallet.asked.length, before);
    await one.leaves();
});

test('a wallet is connected in German, and a browser without one is told what to do', async () => {
    const { one } = await person('wallet-deutsch', {}, { locale: 'de-DE' });
    await one.taps('Wallet-App verwenden');
    await one.sees('Wallet verbinden');
    await one.taps('Test wallet verbinden');
    await one.sees('Ihre Befunde öffnen');
    await one.taps('In Test wallet unterschreiben');
    await one.sees('Ihre Befunde');
    await one.leaves();
    const without = await Person.at(browser, site.url, 'no-wallet', 'phone');
    await without.taps('Use a wallet app');
    await without.page.getByText('This browser shows no wallet app for Solana').waitFor();
    await without.look();
    await without.leaves();
});
