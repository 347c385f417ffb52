// PDF documents that mean harm, opened in a real browser: nothing in them runs, nothing leaves, and each has its word.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Worker } from 'playwright-core';
import { bombPdf, hostilePdf, lockedPdf, manyPicturesPdf, ownFilesPdf, plainPdf, sizedPdf } from './support/pdf.js';
import { Person } from './support/person.js';
import { BUILD } from './support/site.js';
import { Stranger, type Visit } from './support/stranger.js';

let stranger: Stranger;
before(async () => {
    stranger = await Stranger.arrives();
});
after(async () => await stranger?.leaves());

/** The number of dark pixels in a page's picture. */
async function darkPixels({ person }: Visit, page = 0): Promise<number> {
    const picture = person.page.locator('.pdf-page canvas').nth(page);
    await person.page.waitForFunction(
        (canvas) => (canvas as HTMLCanvasElement).width !== 595,
        await picture.elementHandle(),
    );
    return await picture.evaluate((canvas: HTMLCanvasElement) => {
        const copy = document.createElement('canvas');
        [copy.width, copy.height] = [canvas.width, canvas.height];
        const context = copy.getContext('2d');
        context?.drawImage(canvas, 0, 0);
        const { data } = context?.getImageData(0, 0, copy.width, copy.height) ?? { data: [] };
        return data.filter((value, index) => index % 4 === 0 && value < 100).length;
    });
}

const PDF = 'application/pdf';

for (const size of ['phone', 'desktop'] as const) {
    test(`a PDF with programs, links and addresses is shown as pictures, and does nothing (${size})`, async () => {
        const visit = await stranger.opens([PDF, hostilePdf(stranger.evil.url)], 'pdf', size);
        const { page } = visit.person;
        await page.getByText('nothing in it runs, and its links lead nowhere').waitFor();
        await page.getByText('Blood pressure 107').waitFor({ state: 'attached' });
        assert.ok((await darkPixels(visit)) > 100);
        // A link over the whole page, where somebody taps.
        await page.locator('.pdf-page canvas').click();
        assert.equal(await page.locator('main a[href^="http"], main iframe, main embed, main object').count(), 0);
        await visit.person.look();
        await page.getByRole('link', { name: 'Save the document' }).waitFor();
        await stranger.assertHarmless(visit);
    });
}

const workerOf = ({ person }: Visit): Worker => {
    const worker = person.page.workers().find((one) => one.url().includes('pdf-worker'));
    assert.ok(worker);
    return worker;
};

test('the worker that reads a PDF has no way out', async () => {
    const visit = await stranger.opens([PDF, plainPdf(['A letter'])], 'pdf-worker');
    await visit.person.page.getByText('A letter').waitFor({ state: 'attached' });
    const worker = workerOf(visit);
    const ways = await worker.evaluate(() => {
        const names = [
            ...['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'WebTransport', 'BroadcastChannel', 'Worker'],
            ...['importScripts', 'indexedDB', 'caches', 'cookieStore', 'webkitRequestFileSystem'],
            ...['storage', 'storageBuckets', 'locks', 'permissions', 'usb', 'hid', 'serial'],
        ];
        const found: string[] = [];
        // An object's prototypes may still have a member that the object hides.
        for (const start of [self, navigator]) {
            for (let owner: object | null = start; owner; owner = Object.getPrototypeOf(owner)) {
                for (const name of names) {
                    const member = Object.getOwnPropertyDescriptor(owner, name);
                    if (member && (member.get || member.value !== undefined || member.configurable)) found.push(name);
                }
            }
        }
        return found;
    });
    assert.deepEqual(ways, []);
    const fonts = await worker.evaluate((url) => {
        const source = `local(A), url(${url}/font)`;
        const tries = [
            () => new FontFace('stolen', source),
            () => new FontFace('stolen', new String(source) as string),
            () => new (Object.getPrototypeOf(FontFace))('stolen', source),
            () => new (FontFace.prototype.constructor as typeof FontFace)('stolen', source),
        ];
        return tries.map((attempt) => {
            try {
                return attempt() instanceof FontFace ? 'made' : 'no font';
            } catch (error) {
                return String(error);
            }
        });
    }, stranger.evil.url);
    const refused = 'TypeError: not a font of the device';
    assert.deepEqual([fonts[0], fonts[1], fonts[3]], [refused, refused, refused]);
    assert.notEqual(fonts[2], 'made');
    await stranger.assertHarmless(visit);
});

test('the policy of the worker that reads a PDF allows it no connection, even if nothing had been taken from it', async () => {
    const link = await stranger.linkTo(PDF, plainPdf(['A letter']));
    const person = await Person.at(stranger.browser, 'about:blank', 'hostile-pdf-policy', 'phone');
    // Somebody else's program with the headers of the worker's script.
    await person.page.context().route('**/pdf-worker-*', async (route) => {
        await route.fulfill({ response: await route.fetch(), body: 'self.isTaken = true;' });
    });
    const starts = person.page.waitForEvent('worker', (worker) => worker.url().includes('pdf-worker'));
    await person.page.goto(link);
    const worker = await starts;
    const own = new URL('networks.json', stranger.site.url).href;
    const told = await worker.evaluate(
        async ([url = '', own = '']) => {
            const said = (work: Promise<unknown>) =>
                work.then(
                    () => 'reached',
                    (error: Error) => error.name,
                );
            return [
                (self as unknown as { isTaken: boolean }).isTaken,
                await said(fetch(`${url}/fetch`)),
                await said(fetch(own)),
                await said(import(`${url}/script.js`)),
                await said(new FontFace('stolen', `url(${url}/font)`).load()),
            ];
        },
        [stranger.evil.url, own],
    );
    assert.deepEqual(told, [true, 'TypeError', 'TypeError', 'TypeError', 'NetworkError']);
    assert.deepEqual(stranger.evil.asked, []);
    await person.leavesComplaining(/Content Security Policy|Refused to/);
});

test('a PDF has its tables of characters, fonts and decoders from the app’s own folder', async () => {
    const visit = await stranger.opens([PDF, ownFilesPdf()], 'pdf-files');
    await visit.person.page.getByText('日本').waitFor({ state: 'attached' });
    assert.ok((await darkPixels(visit)) > 100);
    const asked = visit.requests.map((url) => url.split('/').at(-1));
    for (const name of ['90ms-RKSJ-H.bcmap', 'FoxitSymbol.pfb']) assert.ok(asked.includes(name), `${name}: ${asked}`);
    const folder = visit.requests.find((url) => url.endsWith('.bcmap'))?.replace(/[^/]*$/, '');
    const decoder = await workerOf(visit).evaluate(
        async (url) => typeof (await import(url)).default,
        `${folder}openjpeg_nowasm_fallback.js`,
    );
    assert.equal(decoder, 'function');
    await stranger.assertHarmless(visit);
});

test('pages are drawn as they come into view, and forgotten when they are far away', async () => {
    const lines = Array.from({ length: 600 }, (_, index) => `This is sheet ${index + 1}`);
    const visit = await stranger.opens([PDF, plainPdf(lines)], 'pdf-long', 'desktop');
    const { page } = visit.person;
    await page.getByText('The first 500 of 600 pages are shown.').waitFor();
    await page.getByText('This is sheet 1', { exact: true }).waitFor({ state: 'attached' });
    assert.equal(await page.locator('.pdf-page').count(), 500);
    const texts = page.locator('.pdf-page .visually-hidden');
    assert.ok((await texts.count()) < 10, `${await texts.count()} pages are drawn`);
    await page.locator('.pdf-page').nth(249).scrollIntoViewIfNeeded();
    await page.getByText('This is sheet 250', { exact: true }).waitFor({ state: 'attached' });
    assert.ok((await darkPixels(visit, 249)) > 100);
    // Its memory is given back: what is left of the first page's picture is blank.
    const blank = await page
        .locator('.pdf-page canvas')
        .first()
        .evaluate((canvas: HTMLCanvasElement) => {
            const copy = document.createElement('canvas');
            [copy.width, copy.height] = [canvas.width, canvas.height];
            const context = copy.getContext('2d');
            context?.drawImage(canvas, 0, 0);
            return context?.getImageData(0, 0, copy.width, copy.height).data.every((value) => value === 0);
        });
    assert.ok(blank);
    await stranger.assertHarmless(visit);
});

test('a PDF without harm is shown without a warning, and again without a connection', async () => {
    const link = await stranger.linkTo(PDF, plainPdf(['A friendly letter', 'Its second sheet']));
    const person = await Person.at(stranger.browser, stranger.site.url, 'hostile-friendly', 'phone');
    await person.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
    await person.page.goto(link);
    await person.page.getByText('Its second sheet').waitFor({ state: 'attached' });
    assert.equal(await person.page.getByText('nothing in it runs').count(), 0);
    await person.look();
    stranger.site.isAway = true;
    await person.page.goto('about:blank');
    await person.page.goto(link);
    await person.page.getByText('A friendly letter').waitFor({ state: 'attached' });
    stranger.site.isAway = false;
    await person.leavesComplaining(/ERR_EMPTY_RESPONSE|ERR_CONNECTION/);
});

test('a reader of PDF documents that is not the one of this build is not used, and not kept', async () => {
    const link = await stranger.linkTo(PDF, plainPdf(['A letter']));
    const folder = mkdtempSync(join(tmpdir(), 'generion-app-'));
    cpSync(BUILD, folder, { recursive: true });
    const name = readdirSync(join(BUILD, 'assets')).find((one) => /^pdf-worker-.*\.js$/.test(one)) ?? '';
    writeFileSync(join(folder, 'assets', name), 'self.isTaken = true;');
    stranger.site.folder = folder;
    const person = await Person.at(stranger.browser, stranger.site.url, 'hostile-other-reader', 'phone');
    await person.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
    await person.page.goto(link);
    assert.match(await person.isTold(), /did not load/);
    stranger.site.folder = BUILD;
    rmSync(folder, { recursive: true });
    await person.page.reload();
    await person.page.getByText('A letter').waitFor({ state: 'attached' });
    await person.leavesComplaining(/integrity|ERR_FAILED|Failed to fetch/);
});

test('a damaged PDF, one with a password and one that is something else say so, and can be saved', async () => {
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 251));
    const cases: [string, Buffer, RegExp][] = [
        ['noise', Buffer.concat([Buffer.from('%PDF-1.7\n'), noise]), /This PDF is damaged/],
        ['cut', plainPdf(['x']).subarray(0, 60), /This PDF is damaged/],
        ['empty', Buffer.alloc(0), /This PDF is damaged/],
        ['page', Buffer.from(`<script>location='${stranger.evil.url}'</script>`), /This PDF is damaged/],
        ['locked', lockedPdf(), /This PDF has a password of its own/],
    ];
    for (const [story, document, told] of cases) {
        const visit = await stranger.opens([PDF, document], `pdf-${story}`);
        assert.match(await visit.person.isTold(), told, story);
        await visit.person.look();
        await visit.person.page.getByRole('link', { name: 'Save the document' }).waitFor();
        await stranger.assertHarmless(visit);
    }
});

test('a PDF that takes too long is stopped, and one whose reader does not load says so', async () => {
    const link = await stranger.linkTo(PDF, plainPdf(['A letter']));
    const slow = await Person.at(stranger.browser, 'about:blank', 'hostile-pdf-slow', 'phone');
    await slow.page.clock.install();
    // The reader never starts, as one that never ends. The app's clock for it runs once its script is asked for.
    const isAsked = new Promise<void>((resolve) => {
        void slow.page.context().route('**/pdf-worker-*', () => resolve());
    });
    await slow.page.goto(link);
    await isAsked;
    await slow.page.getByText('Opening the PDF…').waitFor();
    await slow.page.clock.fastForward(31_000);
    assert.match(await slow.isTold(), /takes too long, so the app has stopped/);
    await slow.leaves();
    const away = await Person.at(stranger.browser, 'about:blank', 'hostile-pdf-away', 'phone', 'de-AT');
    await away.page.context().route('**/pdf-worker-*', (route) => route.abort());
    await away.page.goto(link);
    assert.match(await away.isTold(), /Der Teil dieser App, der PDF-Dokumente zeigt, wurde nicht geladen/);
    await away.look();
    await away.leavesComplaining(/ERR_FAILED/);
});

test('a picture in a PDF that is too large to be decoded is left out, and the rest is shown', async () => {
    const visit = await stranger.opens([PDF, bombPdf(60_000)], 'pdf-bomb');
    await visit.person.page.getByText('Before the bomb').waitFor({ state: 'attached' });
    assert.ok((await darkPixels(visit)) > 100);
    await stranger.assertHarmless(visit);
});

/** Pixels of all pages' pictures, and how many pages have been drawn. */
async function pixelsOf({ person }: Visit): Promise<{ pages: number; pixels: number }> {
    const canvases = person.page.locator('.pdf-page').filter({ has: person.page.locator('.visually-hidden') });
    const sizes = await canvases
        .locator('canvas')
        .evaluateAll((all) =>
            all.map((canvas) => (canvas as HTMLCanvasElement).width * (canvas as HTMLCanvasElement).height),
        );
    return { pages: sizes.length, pixels: sizes.reduce((sum, one) => sum + one, 0) };
}

test('the pictures of tall pages have a limit together, and all are drawn', async () => {
    const visit = await stranger.opens([PDF, sizedPdf(new Array(12).fill([200, 1200]))], 'pdf-tall', 'desktop');
    await visit.person.page.getByText('Sheet 12', { exact: true }).waitFor({ state: 'attached' });
    const { pages, pixels } = await pixelsOf(visit);
    assert.equal(pages, 12);
    assert.ok(pixels <= 2 ** 26, `${pixels} pixels`);
    await stranger.assertHarmless(visit);
});

test('pictures of one page that are too large together are left out, and the rest is shown', async () => {
    const visit = await stranger.opens([PDF, manyPicturesPdf(5000, 4)], 'pdf-pictures', 'desktop');
    await visit.person.page.getByText('Before the pictures').waitFor({ state: 'attached' });
    const dark = await darkPixels(visit);
    const width = await visit.person.page.locator('.pdf-page canvas').evaluate((one: HTMLCanvasElement) => one.width);
    // Each picture is 100 of 595 points wide and high.
    const pictures = dark / (width * (100 / 595)) ** 2;
    assert.ok(pictures > 2.5 && pictures < 3.5, `${pictures} pictures are shown`);
    await stranger.assertHarmless(visit);
});
