// A patient with an account, a published key and a verified record.

import type { Browser } from 'playwright-core';
import { Person, type WINDOWS } from './person.js';
import { fixture, type Town } from './town.js';

const OBSERVATION = fixture('Observation-blood-pressure.json');

/** A person with an account and a published key. `words`: those of the account. */
export async function patient(browser: Browser, url: string, town: Town, story: string, size: keyof typeof WINDOWS) {
    const person = await Person.at(browser, url, story, size);
    await person.taps('Create an account');
    await person.fills('Passphrase', 'kettle orbit maple nine');
    await person.taps('Create my account');
    await person.sees('Your records');
    const [address = ''] = await person.reads('.own-address');
    await person.page.getByText('your account has less').waitFor();
    await town.fund(address);
    await person.taps('Look again');
    await person.taps('Publish my key');
    await person.page.getByText('No records yet').waitFor();
    return { person, address };
}

/** Lets the clinic write a record to somebody, and the person verify it. Returns its address. */
export async function getsARecord(
    person: Person,
    address: string,
    town: Town,
    file = OBSERVATION,
    ...flags: string[]
): Promise<string> {
    const where = ['--owner', address, '--store', town.storeUrl];
    const written = await town.does('clinic', 'record', 'create', file, ...where, ...flags);
    const record = String(written.record?.address);
    await person.page.goto(`${person.page.url().split('#')[0]}#/record/${record}`);
    const button = person.page.getByRole('button', { name: /^Verify for 0\.\d+ SOL$/ });
    await person.taps((await button.innerText()).trim());
    await person.page.getByText('Verified by you').waitFor();
    return record;
}
