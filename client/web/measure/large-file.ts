// A file of 200 MB: written as a record in the app, and opened again, with what that takes. Prints the figures that
// docs/PERFORMANCE.md has: `npm run measure:large -w web`. It takes minutes, so that no ordinary run of the tests does it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { publishesKey, somebody } from '../test/support/accounts.js';
import { startBrowser } from '../test/support/person.js';
import { startSite } from '../test/support/site.js';
import { Town } from '../test/support/town.js';

const MEGABYTE = 1_000_000;
const SIZE = Number(process.argv[2] ?? 200) * MEGABYTE;

/** Writes a file of that size whose bytes no compression shortens. Returns its SHA-256. */
async function makeFile(path: string): Promise<string> {
    const file = await open(path, 'w');
    const hash = createHash('sha256');
    let block = createHash('sha512').update('generion').digest();
    for (let written = 0; written < SIZE; written += MEGABYTE) {
        const piece = Buffer.alloc(Math.min(MEGABYTE, SIZE - written));
        for (let at = 0; at < piece.length; at += block.length) {
            block = createHash('sha512').update(block).digest();
            block.copy(piece, at);
        }
        hash.update(piece);
        await file.write(piece);
    }
    await file.close();
    return hash.digest('hex');
}

async function hashOf(path: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(path)) hash.update(piece);
    return hash.digest('hex');
}

/** Runs in the page: notes how long the page does not answer. A page that answers within 50 ms feels immediate. */
function watchBlocks(): void {
    const scope = window as unknown as { longestBlock: number; told: string[] };
    [scope.longestBlock, scope.told] = [0, []];
    new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) scope.longestBlock = Math.max(scope.longestBlock, duration);
    }).observe({ type: 'longtask' });
    // A long task that is not over yet shows by a timer that comes late.
    let last = performance.now();
    setInterval(() => {
        const now = performance.now();
        scope.longestBlock = Math.max(scope.longestBlock, now - last - 20);
        last = now;
    }, 20);
}

/** Runs in the page: notes each sentence with bytes that a person could read. */
function watchBytes(): void {
    const { told } = window as unknown as { told: string[] };
    new MutationObserver(() => {
        const sentence = [...document.querySelectorAll('p')]
            .map((one) => one.textContent ?? '')
            .find((one) => one.includes(' / '));
        if (sentence && told.at(-1) !== sentence) told.push(sentence);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
}

/** Peaks of memory: of all processes of the browser's pages, by Linux, and of JavaScript in the page and the worker. */
class Memory {
    resident = 0;
    javascript = 0;
    #timer: ReturnType<typeof setInterval>;
    #isBusy = false;

    constructor(
        private readonly browser: CDPSession,
        private readonly page: Page,
    ) {
        this.#timer = setInterval(() => void this.sample(), 250);
    }

    async sample(): Promise<void> {
        if (this.#isBusy) return;
        this.#isBusy = true;
        try {
            const { processInfo } = await this.browser.send('SystemInfo.getProcessInfo');
            const renderers = processInfo.filter(({ type }) => type === 'renderer');
            const kilobytes = renderers.map(({ id }) => {
                const status = readFileSync(`/proc/${id}/status`, 'utf8');
                return Number(status.match(/VmRSS:\s*(\d+) kB/)?.[1] ?? 0);
            });
            this.resident = Math.max(this.resident, ...kilobytes.map((one) => one * 1024));
            const heap = () =>
                (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;
            const heaps = [this.page.evaluate(heap), ...this.page.workers().map((worker) => worker.evaluate(heap))];
            const sum = (await Promise.all(heaps)).reduce((all, one) => all + one, 0);
            this.javascript = Math.max(this.javascript, sum);
        } catch {
            // A worker that ends, or a process that is gone, while it is asked.
        } finally {
            this.#isBusy = false;
        }
    }

    stop(): { resident: number; javascript: number } {
        clearInterval(this.#timer);
        return { resident: this.resident, javascript: this.javascript };
    }
}

const folder = mkdtempSync(join(tmpdir(), 'generion-large-'));
const path = join(folder, 'scan.bin');
const [town, browser, expected] = await Promise.all([Town.found(), startBrowser(), makeFile(path)]);
const site = await startSite(town.networks);
const { person } = await somebody(town, browser, site.url, 'large-file', 'desktop');
const { page } = person;
page.setDefaultTimeout(300_000);
await publishesKey(person);
await page.evaluate(watchBlocks);
await page.evaluate(watchBytes);
const processes = await browser.newBrowserCDPSession();

/** Measures what somebody does. */
async function measured(what: string, act: () => Promise<void>): Promise<void> {
    await page.evaluate(() => {
        (window as unknown as { longestBlock: number }).longestBlock = 0;
    });
    const memory = new Memory(processes, page);
    await memory.sample();
    const before = memory.resident;
    const start = performance.now();
    await act();
    const seconds = (performance.now() - start) / 1000;
    const { javascript, resident } = memory.stop();
    const block = await page.evaluate(() => (window as unknown as { longestBlock: number }).longestBlock);
    const megabytes = (bytes: number) => Math.round(bytes / MEGABYTE);
    console.log(
        JSON.stringify({
            what,
            megabytes: SIZE / MEGABYTE,
            seconds: Number(seconds.toFixed(1)),
            longestBlockMs: Math.round(block),
            peakJavaScriptMB: megabytes(javascript),
            rendererBeforeMB: megabytes(before),
            rendererPeakMB: megabytes(resident),
        }),
    );
}

try {
    await person.taps('Add a document of your own');
    await page.getByLabel('Choose documents', { exact: true }).setInputFiles(path);
    const write = page.getByRole('button', { name: /^Write 1 document for/ });
    await measured('look at the file', async () => await write.waitFor());
    await measured('encrypt, upload and write', async () => {
        await write.click();
        await page.getByText('1 document is written.').waitFor();
    });
    await page.getByRole('link', { name: 'Records', exact: true }).click();
    await page.getByText('Written by you').waitFor();
    const record = page.getByRole('link', { name: /^Document/ }).first();
    const saving = page.getByRole('link', { name: 'Save the document' });
    await measured('fetch, decrypt and check', async () => {
        await record.click();
        await saving.waitFor();
    });
    await measured('save', async () => {
        const [download] = await Promise.all([page.waitForEvent('download'), saving.click()]);
        const saved = join(folder, 'saved.bin');
        await download.saveAs(saved);
        assert.equal(await hashOf(saved), expected);
    });
    const told = await page.evaluate(() => (window as unknown as { told: string[] }).told);
    for (const activity of ['Encrypting on this device', 'Sending to the store']) {
        const steps = told.filter((one) => one.startsWith(activity)).length;
        assert.ok(steps > 2, `${activity}: ${told.join('; ')}`);
        console.log(`${activity}: told ${steps} times`);
    }
    console.log(`the same ${SIZE} bytes, SHA-256 ${expected}`);
    await person.leaves();
} finally {
    await browser.close();
    site.stop();
    await town.close();
    rmSync(folder, { recursive: true, force: true });
}
