// Uploads in a real browser, to stores that lead elsewhere or answer without end.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type Rollup } from 'vite';
import type { tellingFetch } from '../src/worker/uploads.js';
import { LinkServer } from './support/link-server.js';
import { startBrowser } from './support/person.js';

const ENTRY = fileURLToPath(new URL('../../src/worker/uploads.ts', import.meta.url));

let browser: Browser;
let store: LinkServer;
let other: LinkServer;
let page: Page;
before(async () => {
    [browser, store, other] = await Promise.all([startBrowser(), LinkServer.start(), LinkServer.start()]);
    const lib = { entry: ENTRY, formats: ['iife' as const], name: 'uploads', fileName: 'uploads' };
    const built = await build({ configFile: false, logLevel: 'silent', build: { write: false, lib } });
    const [{ output }] = built as [Rollup.RollupOutput];
    page = await browser.newPage();
    store.at.set('/page', (_, response) => response.setHeader('content-type', 'text/html').end('<p>a page</p>'));
    await page.goto(`${store.url}/page`);
    await page.addScriptTag({ content: output[0].code });
});
after(async () => {
    await browser?.close();
    store?.stop();
    other?.stop();
});

/** The result of an upload to a path of the store. */
const upload = async (path: string): Promise<string> =>
    await page.evaluate(async (url) => {
        const { uploads } = window as unknown as { uploads: { tellingFetch: typeof tellingFetch } };
        const send = uploads.tellingFetch(fetch, () => undefined);
        try {
            const answer = await send(url, { method: 'POST', body: new Blob(['ciphertext']) });
            return `${answer.status} ${await answer.text()}`;
        } catch (error) {
            return `${(error as { name: string }).name}: ${(error as Error).message}`;
        }
    }, `${store.url}${path}`);

test('an upload has the answer of its store', async () => {
    store.at.set('/good', (_, response, body) => response.writeHead(201).end(`stored ${body}`));
    assert.equal(await upload('/good'), '201 stored ciphertext');
});

test('an answer from elsewhere is refused before it has ended', async () => {
    // It never ends.
    other.at.set('/elsewhere', (_, response) => response.writeHead(201, { 'content-type': 'text/css' }).write('{'));
    store.at.set('/leads', (_, response) => response.writeHead(307, { location: `${other.url}/elsewhere` }).end());
    const told = await upload('/leads');
    assert.equal(told, `StoreError: ${store.url}/leads leads to ${other.url}/elsewhere`);
});

test('an answer without end is refused, and its connection closed', async () => {
    let closed: Promise<unknown> | undefined;
    store.at.set('/endless', (_, response) => {
        closed = once(response, 'close');
        const more = () => {
            while (response.write('x'.repeat(8192)));
        };
        response.on('drain', more).writeHead(201, { 'content-type': 'text/css' });
        more();
    });
    assert.equal(await upload('/endless'), `StoreError: ${store.url}/endless answers with more than 65536 bytes`);
    await closed;
});
