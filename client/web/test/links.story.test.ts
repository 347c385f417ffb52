// A record shown to a doctor by QR code or link, on a real ledger: the doctor has no account. A second device of the
// patient's ends what the first made, and a camera reads the address of somebody who has one.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cameraAt } from './support/camera.js';
import { getsARecord, patient } from './support/patient.js';
import { Person, startBrowser } from './support/person.js';
import { scan } from './support/qr.js';
import { stageInTown } from './support/stage.js';

const { browser, site, town } = await stageInTown();
const folder = mkdtempSync(join(town.folder, 'files-'));

const code = (person: Person) => person.page.getByRole('img', { name: 'QR code of the link' });

for (const size of ['phone', 'desktop'] as const) {
    test(`a record is shown by QR code in at most 4 steps, read without an account in 1, and ended in 3 (${size})`, async () => {
        const { address, person } = await patient(browser, site.url, town, 'link', size);
        const record = await getsARecord(person, address, town);

        await person.page.goto(`${site.url}#/home`);
        await person.sees('Your records');
        const before = person.steps;
        await person.taps('Measurement');
        await person.taps('Make a QR code');
        await person.sees('Show it to a doctor');
        await person.chooses('How long can it be opened?', 'hour');
        await person.taps('Show the QR code');
        await code(person).waitFor();
        assert.ok(person.steps - before <= 4, `${person.steps - before} steps`);
        await person.page.getByText(/^It can be opened until .*\d:\d\d [AP]M\.$/).waitFor();
        await person.look();

        // The code holds the link, which is beside it, and nothing of the record.
        const link = await scan(browser, code(person));
        assert.equal(link, await person.page.getByLabel('Or send this link to the doctor').inputValue());
        assert.ok(link.startsWith(`${site.url}#shlink:/`), link);
        const payload = JSON.parse(Buffer.from(link.split('#shlink:/')[1] ?? '', 'base64url').toString());
        assert.deepEqual(Object.keys(payload).sort(), ['exp', 'flag', 'key', 'label', 'url']);
        assert.match(payload.label, /^Measurement, until \w+ \d+, \d{4} at \d+:\d\d\s[AP]M$/);
        assert.ok(payload.label.length <= 80 && payload.url.length <= 128 && payload.key.length === 43);
        const hour = payload.exp - Date.now() / 1000;
        assert.ok(hour > 3_500 && hour <= 3_600, `${hour}`);

        // Scanning it opens it: that is the doctor's one step.
        const asked: string[] = [];
        const doctor = await Person.at(browser, link, 'link-doctor', size);
        doctor.page.on('request', (request) => asked.push(request.url()));
        await doctor.sees('A health record for you');
        await doctor.page.getByText('107 mmHg').waitFor();
        await doctor.page
            .getByText(/^This link can be opened until .*\d:\d\d [AP]M\. Save what you need by then\.$/)
            .waitFor();
        await doctor.page.getByText(payload.label).waitFor();
        await doctor.look();
        assert.ok(asked.every((url) => !url.includes('shlink')));

        await person.page.goto(`${site.url}#/home`);
        await person.sees('Your records');
        const ending = person.steps;
        await person.taps('Measurement');
        await person.taps('Your QR codes and links');
        await person.taps(`End : ${payload.label}`);
        await person.page.getByText('The code and the link open nothing any more.').waitFor();
        assert.ok(person.steps - ending <= 3, `${person.steps - ending} steps`);
        await person.page.getByText('There are none at present.').waitFor();
        await person.look();
        assert.equal((await fetch(payload.url)).status, 404);

        await doctor.page.reload();
        assert.match(await doctor.isTold(), /This link opens nothing any more/);
        await doctor.page.getByText('Ask the person who gave you the link for a new one.').waitFor();
        await doctor.look();
        assert.ok(record.length > 0);
        await doctor.leavesComplaining(/404/);
        await person.leaves();
    });
}

test('a letter that is no FHIR is read behind a link, which a second device shows again and ends', async () => {
    const { address, person } = await patient(browser, site.url, town, 'devices-first', 'phone');
    const letter = join(folder, 'letter.txt');
    writeFileSync(letter, 'Dear colleague, all is well.');
    const record = await getsARecord(person, address, town, letter, '--media-type', 'text/plain');
    await person.page.goto(`${site.url}#/link/${record}`);
    await person.sees('Show it to a doctor');
    await person.chooses('How long can it be opened?', 'week');
    await person.taps('Show the QR code');
    const link = await person.page.getByLabel('Or send this link to the doctor').inputValue();

    const doctor = await Person.at(browser, link, 'devices-doctor', 'phone');
    await doctor.page.getByText('Dear colleague, all is well.').waitFor();
    await doctor.look();

    await person.taps('Settings');
    const download = person.page.waitForEvent('download');
    await person.taps('Save the account file');
    const file = await (await download).path();
    const second = await Person.at(browser, site.url, 'devices-second', 'phone');
    await second.taps('I have an account already');
    await second.page.getByLabel('Or an account file').setInputFiles(file);
    await second.fills('The passphrase of the file', 'kettle orbit maple nine');
    await second.taps('Restore');
    await second.sees('Your records');
    await second.taps('Your QR codes and links');
    await second.sees('Your QR codes and links');
    const show = second.page.getByRole('button', { name: /^Show again : Document, until .+$/ });
    await show.waitFor();
    await second.look();
    await show.click();
    const again = second.page.getByRole('img', { name: 'QR code of the link' });
    await again.waitFor();
    assert.equal(await scan(browser, again), link);
    await second.look();
    await second.taps('End it now');
    await second.page.getByText('The code and the link open nothing any more.').waitFor();
    await second.page.getByText('There are none at present.').waitFor();
    await doctor.page.reload();
    assert.match(await doctor.isTold(), /This link opens nothing any more/);

    // The store is away: nothing is made, nothing is said to be gone.
    await second.page.context().route('**/v1/links**', (route) => route.abort());
    await second.page.goto(`${site.url}#/link/${record}`);
    await second.taps('Show the QR code');
    assert.match(await second.isTold(), /The place where copies are kept did not do this/);
    await second.page.goto(`${site.url}#/links`);
    await second.page.getByText('did not answer, so some may be missing here').waitFor();
    await second.look();
    await doctor.leavesComplaining(/404/);
    await second.leavesComplaining(/ERR_FAILED/);
    await person.leaves();
});

test('a camera reads the address that another device shows, and where there is none, typing is what is left', async () => {
    const doctor = await patient(browser, site.url, town, 'address', 'phone');
    await doctor.person.page.goto(`${site.url}#/home`);
    await doctor.person.taps('Show it as a QR code');
    const shown = await scan(browser, doctor.person.page.getByRole('img', { name: 'QR code of your address' }));
    assert.equal(shown, doctor.address);
    await doctor.person.look();

    const flags = cameraAt(join(folder, 'camera.y4m'), `solana:${doctor.address}`);
    const withCamera = await startBrowser(flags);
    try {
        const { address, person } = await patient(withCamera, site.url, town, 'camera', 'phone');
        await getsARecord(person, address, town);
        await person.taps('Scan the QR code of the address');
        const field = person.page.getByLabel("The doctor's address");
        await person.page.waitForFunction(
            (input) => (input as HTMLInputElement).value !== '',
            await field.elementHandle(),
        );
        assert.equal(await field.inputValue(), doctor.address);
        // The camera is off again.
        await person.page.getByRole('button', { name: 'Scan the QR code of the address' }).waitFor();
        assert.equal(await person.page.locator('video').count(), 0);
        await person.taps('Continue');
        await person.page.getByRole('button', { name: /^Share for 0\.\d+ SOL$/ }).waitFor();
        await person.leaves();
    } finally {
        await withCamera.close();
    }

    const { address, person } = await patient(browser, site.url, town, 'no-camera', 'phone');
    await getsARecord(person, address, town);
    await person.taps('Scan the QR code of the address');
    await person.page.getByText('There is no camera, or this browser does not allow it.').waitFor();
    await person.look();
    await person.fills("The doctor's address", doctor.address);
    await person.taps('Continue');
    await person.page.getByRole('button', { name: /^Share for 0\.\d+ SOL$/ }).waitFor();
    await doctor.person.leaves();
    await person.leaves();
});
