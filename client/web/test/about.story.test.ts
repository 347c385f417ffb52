// The app's promises, the table of who learns what, and a report that only the person sends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person } from './support/person.js';
import { stage } from './support/stage.js';

const { browser, site } = await stage();

test('a visitor reads who learns what before making an account (German, phone)', async () => {
    const person = await Person.at(browser, site.url, 'promises', 'phone', 'de-AT');
    await person.taps('Was diese App verspricht und was nicht');
    await person.sees('Was diese App verspricht und was nicht');
    await person.page.getByRole('heading', { name: 'Wer was erfährt' }).waitFor();
    assert.equal((await person.reads('dl dt')).length, 6);
    await person.leaves();
});

test('a report shows all that is copied, and nothing is sent (desktop)', async () => {
    const person = await Person.at(browser, site.url, 'report', 'desktop');
    await person.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await person.taps('Settings');
    await person.taps('Report a problem');
    await person.sees('Report a problem');
    const requests: string[] = [];
    person.page.on('request', (request) => requests.push(request.url()));
    await person.fills('What happened?', 'The picture of my letter is upside down.');
    const [shown = ''] = await person.reads('pre');
    assert.match(shown, /^The picture of my letter is upside down\.\n\nGenerion, Build index-.*\.js\nLanguage en\n/);
    await person.taps('Copy the text');
    await person.page.getByText('Copied.').waitFor();
    assert.equal(await person.page.evaluate(() => navigator.clipboard.readText()), shown);
    assert.deepEqual(requests, []);
    await person.look();
    await person.leaves();
});
