// A clinic in the app: invitations, documents one by one and by the folder, runs that end early, withdrawals.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makesAnAccount, somebody, unlocks } from './support/accounts.js';
import { Person } from './support/person.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';

const OBSERVATION = fixture('Observation-blood-pressure.json');

const { browser, site, town } = await stageInTown();
const folder = mkdtempSync(join(town.folder, 'files-'));
// People of the Rust command line, to whom the app writes.
for (const role of ['patient', 'doctor']) await town.does(role, 'user', 'set-key');

/** A clinic at its patients. */
async function clinic(story: string, size: 'phone' | 'desktop' = 'desktop'): Promise<Person> {
    const { person } = await somebody(town, browser, site.url, story, size);
    await person.taps('Settings');
    await person.taps('I write records for patients');
    await person.sees('Your patients');
    return person;
}

/** A folder with a subfolder for each wallet, with so many documents in each. */
function folderFor(name: string, wallets: readonly string[], count: number): string {
    const root = join(folder, name);
    for (const wallet of wallets) {
        mkdirSync(join(root, wallet), { recursive: true });
        for (let index = 0; index < count; index += 1) {
            writeFileSync(join(root, wallet, `${index}.txt`), `document ${index} of ${name} for ${wallet}`);
        }
    }
    return root;
}

/** Agrees to what is to be written. */
async function confirms(person: Person, name: RegExp): Promise<void> {
    const button = person.page.getByRole('button', { name });
    await button.waitFor();
    await person.look();
    await person.taps((await button.innerText()).trim());
}

/** The number of a wallet's records on the ledger. */
async function recordsOf(role: string): Promise<number> {
    const list = await town.does(role, 'record', 'list');
    return (list.records as unknown as unknown[]).length;
}

test('an invitation leads to a first checked and verified record in at most 6 steps after the account', async () => {
    const writer = await clinic('inviting', 'phone');
    await writer.taps('Invite a patient');
    await writer.sees('Invite a patient');
    await writer.taps('Make the link');
    await writer.page.getByText('Enter a name').waitFor();
    await writer.fills('The name of your clinic, as patients know it', 'Praxis Dr. Weber & Söhne/Nord');
    await writer.taps('Make the link');
    const [link = ''] = await writer.reads('.invitation-link');
    await writer.look();

    const person = await Person.at(browser, link, 'invited', 'phone');
    await person.sees('Praxis Dr. Weber & Söhne/Nord invites you');
    await person.taps('Start');
    const address = await makesAnAccount(person);
    const before = person.steps;
    // The clinic pays: it sends what the key costs.
    await town.fund(address);
    await person.taps('Look again');
    await person.taps('Publish my key');
    await person.page.getByText('Praxis Dr. Weber & Söhne/Nord waits for your address').waitFor();
    await person.look();

    await writer.page.goto(`${site.url}#/clinic`);
    await writer.fills("The patient's address", 'nonsense');
    await writer.taps('Continue');
    await writer.page.getByText('Enter the address as the patient gave it to you').waitFor();
    await writer.fills("The patient's address", address);
    await writer.taps('Continue');
    await writer.sees('Patient');
    await writer.fills('Name on this device', 'Anna Huber');
    await writer.taps('Save the name');
    await writer.page.getByText('Saved.').waitFor();
    await writer.taps('Write documents for this patient');
    await writer.sees('Write documents');
    await writer.page.getByLabel('Choose documents', { exact: true }).setInputFiles(OBSERVATION);
    await confirms(writer, /^Write 1 document for 0\.\d+ SOL$/);
    await writer.page.getByText('1 document is written.').waitFor();
    await writer.look();

    // The list of the patient notices by itself.
    await person.taps('Measurement');
    await person.page.getByText('107 mmHg').waitFor();
    await person.page.getByText('Praxis Dr. Weber & Söhne/Nord').waitFor();
    await person.look();
    const button = person.page.getByRole('button', { name: /^Verify for 0\.\d+ SOL$/ });
    await person.taps((await button.innerText()).trim());
    await person.page.getByText('Verified by you').waitFor();
    assert.ok(person.steps - before <= 6, `${person.steps - before} steps`);

    await writer.page.goto(`${site.url}#/clinic`);
    await writer.page.getByText('Anna Huber').waitFor();
    await writer.page.getByText('all verified').waitFor();
    await writer.fills('Search by name or address', 'nobody');
    await writer.page.getByText('No patient has this name or address.').waitFor();
    await writer.fills('Search by name or address', 'huber');
    await writer.page.getByText('Anna Huber').waitFor();
    await writer.look();
    await person.leaves();
    await writer.leaves();
});

test('a link that is not whole invites nobody', async () => {
    const person = await Person.at(browser, `${site.url}#/invite/nonsense/Name`, 'damaged-invitation', 'phone');
    assert.match(await person.isTold(), /This link is not complete/);
    await person.look();
    await person.leaves();
});

for (const size of ['phone', 'desktop'] as const) {
    test(`a folder with a subfolder for each patient is written, and a page that was closed goes on (${size})`, async () => {
        const wallets = [town.addressOf('patient'), town.addressOf('doctor')];
        const before = [await recordsOf('patient'), await recordsOf('doctor')];
        const root = folderFor(`many ${size}`, wallets, 6);
        const person = await clinic('folder', size);
        await person.taps('Write a folder with a subfolder for each patient');
        await person.sees('Write documents');

        writeFileSync(join(root, wallets[0] ?? '', 'empty.txt'), '');
        mkdirSync(join(root, 'letters'));
        writeFileSync(join(root, 'letters', 'one.txt'), 'for whom?');
        await person.page.getByLabel('Choose a folder', { exact: true }).setInputFiles(root);
        assert.match(await person.isTold(), /These names are no addresses.*letters/);
        await person.look();
        rmSync(join(root, 'letters'), { recursive: true });

        await person.page.getByLabel('Choose a folder', { exact: true }).setInputFiles(root);
        await confirms(person, /^Write 12 documents for 0\.\d+ SOL$/);
        await person.page.getByText(/[2-9] of 12 written/).waitFor();
        await person.look();
        await person.page.reload();
        await unlocks(person);

        await person.page.goto(`${site.url}#/write`);
        await person.page.getByText(/Last time, \d+ of 12 documents were written before it ended/).waitFor();
        await person.look();
        await person.page.getByLabel('Choose a folder', { exact: true }).setInputFiles(root);
        await confirms(person, /^Write \d+ documents? for 0\.\d+ SOL$/);
        await person.page.getByText(/documents? (is|are) written\./).waitFor();
        await person.look();
        assert.deepEqual(
            [await recordsOf('patient'), await recordsOf('doctor')],
            before.map((count) => count + 6),
        );

        await person.taps('Write more documents');
        await person.page.getByLabel('Choose a folder', { exact: true }).setInputFiles(root);
        await person.page.getByText('All of these documents are written already.').waitFor();
        assert.equal(await person.page.getByText(/Last time/).count(), 0);
        await person.leaves();
    });
}

test('the Rust command line opens what the app wrote, and the app what the command line wrote', async () => {
    const person = await clinic('both-clients', 'phone');
    const patient = town.addressOf('patient');
    await person.page.goto(`${site.url}#/write/${patient}`);
    await person.page.getByLabel('Choose documents', { exact: true }).setInputFiles(OBSERVATION);
    await confirms(person, /^Write 1 document for/);
    await person.page.getByText('1 document is written.').waitFor();
    await person.page.goto(`${site.url}#/patient/${patient}`);
    const history = person.page.getByRole('link', { name: 'History' });
    const record = (await history.getAttribute('href'))?.split('/').at(-1) ?? '';
    const to = join(folder, 'checked.json');
    await town.does('patient', 'record', 'check', record, '--to', to);
    assert.deepEqual(readFileSync(to), readFileSync(OBSERVATION));
    await person.leaves();
});

test('a record that nobody verified is withdrawn after a day, with a warning, and not before', async () => {
    const person = await clinic('withdrawing', 'phone');
    const patient = town.addressOf('patient');
    const root = join(folder, 'wrong.txt');
    writeFileSync(root, 'meant for somebody else');
    await person.page.goto(`${site.url}#/write/${patient}`);
    await person.page.getByLabel('Choose documents', { exact: true }).setInputFiles(root);
    await confirms(person, /^Write 1 document for/);
    await person.page.getByText('1 document is written.').waitFor();
    await person.page.goto(`${site.url}#/patient/${patient}`);
    await person.page.getByText(/You can withdraw it from .* on/).waitFor();
    await person.look();
    assert.equal(await person.page.getByRole('button', { name: 'Withdraw' }).count(), 0);

    // A day later, by the clocks of the ledger and of the page.
    await town.moveClock('25h');
    await person.page.clock.setFixedTime(Date.now() + 25 * 3600 * 1000);
    await person.page.reload();
    await unlocks(person);
    await person.page.goto(`${site.url}#/patient/${patient}`);
    await person.page.getByRole('button', { name: /^Withdraw/ }).click();
    await person.page.getByText('The patient loses this record, and you can not bring it back.').waitFor();
    await person.look();
    await person.taps('Keep it');
    await person.page.getByRole('button', { name: /^Withdraw/ }).click();
    const count = await recordsOf('patient');
    await person.page.getByRole('button', { name: /^Withdraw it for 0\.\d+ SOL$/ }).click();
    await person.page.getByText('You have not written a record for this patient.').waitFor();
    await person.look();
    assert.equal(await recordsOf('patient'), count - 1);
    await person.leaves();
});

test('a store that goes away in the middle and is back later: nothing is lost, and nothing is written twice', async () => {
    const person = await clinic('store-away', 'phone');
    const patient = town.addressOf('patient');
    const before = await recordsOf('patient');
    const root = folderFor('away', [patient], 6);
    let taken = 0;
    await person.page.context().route(`${town.storeUrl}/**`, async (route) => {
        if (route.request().method() === 'PUT' && ++taken > 2) await route.abort('connectionrefused');
        else await route.continue();
    });
    await person.page.goto(`${site.url}#/write`);
    await person.page.getByLabel('Choose a folder', { exact: true }).setInputFiles(root);
    await confirms(person, /^Write 6 documents for/);
    assert.match(await person.isTold(), /The store does not answer. Nothing was lost/);
    await person.look();
    await person.page.context().unroute(`${town.storeUrl}/**`);
    await person.taps('Go on with the rest');
    await person.page.getByText(/documents are written\./).waitFor();
    assert.equal(await recordsOf('patient'), before + 6);
    await person.leavesComplaining(/ERR_CONNECTION_REFUSED/);
});
