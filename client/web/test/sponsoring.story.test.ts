// A patient without any SOL, at a gateway whose operator pays: the real gateway and the real signer, with a budget of the day.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { makesAnAccount } from './support/accounts.js';
import { Operator } from './support/operator.js';
import { Person, startBrowser } from './support/person.js';
import { type Site, startSite } from './support/site.js';
import { fixture, Town } from './support/town.js';

/** Lamports of a key: two signatures, and the rent of a User account. */
const KEY = 10_000 + 2_060_160;
/** Lamports of a verification: two signatures. */
const VERIFICATION = 10_000;
const SOL = 1_000_000_000n;

let town: Town;
let browser: Browser;
let operator: Operator;
let site: Site;
before(async () => {
    [town, browser] = await Promise.all([Town.found(), startBrowser()]);
    operator = await Operator.in(town, KEY + VERIFICATION);
    const [network] = town.networks;
    site = await startSite([{ ...network, gateway: operator.url }]);
});
after(async () => {
    await browser?.close();
    site?.stop();
    await operator?.stop();
    await town?.close();
});

test('a patient without SOL publishes a key and verifies a record, and reads who pays; then the day’s budget is spent', async () => {
    const host = new URL(operator.url).host;
    const person = await Person.at(browser, site.url, 'sponsored', 'phone');
    await person.taps('Create an account');
    const address = await makesAnAccount(person);
    await person.page.getByText(`${host} pays for publishing it. You pay nothing.`).waitFor();
    await person.look();
    await person.taps('Publish my key');
    await person.page.getByText('No records yet').waitFor();
    const flags = ['--owner', address, '--store', town.storeUrl];
    const observation = fixture('Observation-blood-pressure.json');
    const written = await town.does('clinic', 'record', 'create', observation, ...flags);
    await person.page.goto(`${site.url}#/record/${written.record?.address}`);
    await person.page.getByText(`${host} pays for this. You pay nothing.`).waitFor();
    await person.look();
    await person.taps('Verify for 0 SOL');
    await person.page.getByText('Verified by you').waitFor();
    assert.equal(await town.lamports(address), 0n);
    assert.equal(await town.lamports(operator.wallet), SOL - BigInt(KEY + VERIFICATION));

    // Nothing is left for the next one, who reads what to do, and pays in the end.
    const next = await Person.at(browser, site.url, 'not-sponsored', 'desktop');
    await next.taps('Create an account');
    const poor = await makesAnAccount(next);
    await next.taps('Publish my key');
    assert.match(
        await next.isTold(),
        /The server of your clinic does not pay for this now. Ask your clinic, or send some SOL to your address/,
    );
    await next.look();
    assert.equal(await town.lamports(operator.wallet), SOL - BigInt(KEY + VERIFICATION));
    await town.fund(poor);
    await next.taps('Look again');
    await next.page.getByText('Publishing it costs').waitFor();
    await next.taps('Publish my key');
    await next.page.getByText('No records yet').waitFor();
    await person.leaves();
    await next.leavesComplaining(/403/);
});
