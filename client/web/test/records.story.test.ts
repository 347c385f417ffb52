// A patient's records in a browser: a clinic that uses the Rust command line writes them, on a real ledger and store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person } from './support/person.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';

const OBSERVATION = fixture('Observation-blood-pressure.json');

const { browser, site, town } = await stageInTown();

/** A person with an account and a published key. */
async function patient(story: string): Promise<{ person: Person; address: string }> {
    const person = await Person.at(browser, site.url, story, 'phone');
    await person.taps('Create an account');
    await person.fills('Passphrase', 'kettle orbit maple nine');
    await person.taps('Create my account');
    await person.sees('Your records');
    const [address = ''] = await person.reads('.own-address');
    await person.page.getByText('your account has less').waitFor();
    await person.look();
    await town.fund(address);
    await person.taps('Look again');
    await person.taps('Publish my key');
    await person.page.getByText('No records yet').waitFor();
    await person.look();
    return { person, address };
}

/** Lets the clinic write a record to somebody, and the person verify it. */
async function getsARecord(person: Person, address: string): Promise<string> {
    const flags = ['--owner', address, '--store', town.storeUrl];
    const written = await town.does('clinic', 'record', 'create', OBSERVATION, ...flags);
    await person.taps('Look again');
    await person.page.getByText('New: not checked yet').waitFor();
    await person.look();
    await person.taps('Measurement');
    await person.page.getByText('107 mmHg').waitFor();
    await person.page.getByText('Signed by its writer').waitFor();
    await person.look();
    const button = person.page.getByRole('button', { name: /^Verify for 0\.\d+ SOL$/ });
    await person.taps((await button.innerText()).trim());
    await person.page.getByText('Verified by you').waitFor();
    return String(written.record?.address);
}

test('a record that a clinic wrote is checked, read and verified, and the ledger says so', async () => {
    const { person, address } = await patient('first-record');
    const before = person.steps;
    const record = await getsARecord(person, address);
    await person.look();
    assert.ok(person.steps - before <= 6, `${person.steps - before} steps`);
    const shown = await town.does('clinic', 'record', 'show', record);
    assert.equal(String(shown.verified), 'true', JSON.stringify(shown));
    await person.leaves();
});

test('a record is shared with a doctor, whose app opens it, until access ends', async () => {
    const doctor = await patient('doctor');
    const { person, address } = await patient('sharing');
    await getsARecord(person, address);

    await person.fills("The doctor's address", 'not an address');
    await person.taps('Continue');
    await person.page.getByText('Enter the address as the doctor gave it to you').waitFor();
    const before = person.steps;
    await person.fills("The doctor's address", doctor.address);
    await person.chooses('For how long?', 'day');
    await person.taps('Continue');
    const confirm = person.page.getByRole('button', { name: /^Share for 0\.\d+ SOL$/ });
    await confirm.waitFor();
    await person.look();
    await person.taps((await confirm.innerText()).trim());
    await person.page.getByRole('button', { name: 'End access' }).waitFor();
    await person.look();
    assert.ok(person.steps - before <= 4, `${person.steps - before} steps`);

    await doctor.person.taps('Shared with you');
    await doctor.person.sees('Shared with you');
    await doctor.person.page.getByRole('heading', { name: `Records of ${address}` }).waitFor();
    await doctor.person.page.getByText('You have access').waitFor();
    await doctor.person.look();
    await doctor.person.taps('Shared record 1');
    await doctor.person.page.getByText('107 mmHg').waitFor();
    await doctor.person.look();

    const ending = person.steps;
    await person.taps(`End access : ${doctor.address}`);
    await person.page.getByText('Nobody but you.').waitFor();
    assert.ok(person.steps - ending <= 3);
    await doctor.person.taps('Records');
    await doctor.person.taps('Shared with you');
    await doctor.person.page.getByText('The patient has ended your access').waitFor();
    await doctor.person.look();
    await doctor.person.taps('Remove from this list');
    await doctor.person.page.getByText('When somebody shares a record with you').waitFor();
    await doctor.person.leaves();
    await person.leaves();
});

test('a share that has expired is marked for the doctor, in the list and above the record', async () => {
    const doctor = await patient('expired-doctor');
    const { person, address } = await patient('expired-sharing');
    await getsARecord(person, address);
    await person.fills("The doctor's address", doctor.address);
    await person.chooses('For how long?', 'day');
    await person.taps('Continue');
    await person.page.getByRole('button', { name: /^Share for 0\.\d+ SOL$/ }).click();
    await person.page.getByRole('button', { name: 'End access' }).waitFor();
    await doctor.person.taps('Shared with you');
    await doctor.person.page.getByText('You have access').waitFor();
    await town.moveClock('25h');
    await doctor.person.taps('Records');
    await doctor.person.taps('Shared with you');
    await doctor.person.page.getByText('Your access has ended on its day').waitFor();
    await doctor.person.look();
    await doctor.person.taps('Shared record 1');
    await doctor.person.page.getByText('Your access has ended on its day').first().waitFor();
    await doctor.person.page.getByText('Ask the patient before you use it.').waitFor();
    await doctor.person.look();
    await doctor.person.leaves();
    await person.leaves();
});
