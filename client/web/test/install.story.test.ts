// The app as a thing that is installed, opens without a connection, and changes its version when a person says so.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { listShell } from '../build/service-worker.js';
import { FLAGS, Person, startBrowser } from './support/person.js';
import { BUILD, type Site, startSite } from './support/site.js';

const TITLE = 'Your health records, in your hands';
const NEW_TITLE = 'Your health records, in a new version';

let browser: Browser;
let site: Site;
const folder = mkdtempSync(join(tmpdir(), 'generion-builds-'));
const next = join(folder, 'next');
before(async () => {
    [browser, site] = await Promise.all([startBrowser(), startSite()]);
    buildNext();
});
after(async () => {
    await browser?.close();
    site?.stop();
    rmSync(folder, { recursive: true });
});

/** Makes the next version: the app with another heading. What changed has another name, as any build gives it one. */
function buildNext(): void {
    cpSync(BUILD, next, { recursive: true });
    const filesNow = () =>
        readdirSync(join(next, 'assets'), { withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map(({ name }) => name);
    const assets = filesNow().filter((name) => name.endsWith('.js'));
    const texts = assets.find((name) => name.startsWith('en-')) ?? '';
    const said = readFileSync(join(next, 'assets', texts), 'utf8');
    assert.ok(said.includes(TITLE));
    writeFileSync(join(next, 'assets', texts), said.replace(TITLE, NEW_TITLE));
    const changed = [texts];
    for (const name of changed) {
        const renamed = name.replace(/-.{8}\.js$/, '-Next0000.js');
        renameSync(join(next, 'assets', name), join(next, 'assets', renamed));
        for (const path of ['index.html', ...filesNow().map((file) => `assets/${file}`)]) {
            const text = readFileSync(join(next, path), 'utf8');
            if (!text.includes(name) || path.endsWith('.map')) continue;
            writeFileSync(join(next, path), text.replaceAll(name, renamed));
            const file = path.slice('assets/'.length);
            if (assets.includes(file) && !changed.includes(file)) changed.push(file);
        }
    }
    listShell(next);
}

/** Waits until the app's files are kept on the device. */
async function keepsTheApp(page: Page): Promise<void> {
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

/** Lets the browser look for a next version, as it does every hour. */
async function looksForAnUpdate(page: Page): Promise<void> {
    await page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        await registration?.update();
    });
}

/** A person on a site that serves this version. */
async function visitor(story: string, size: 'phone' | 'desktop', locale = 'en-GB'): Promise<Person> {
    site.folder = BUILD;
    site.isAway = false;
    const person = await Person.at(browser, site.url, story, size, locale);
    await keepsTheApp(person.page);
    return person;
}

test('the browser finds nothing that keeps it from installing the app', async () => {
    site.folder = BUILD;
    const executablePath = process.env.GENERION_CHROMIUM ?? '/usr/bin/chromium';
    // A private window installs nothing, so this one is not.
    const context = await chromium.launchPersistentContext(join(folder, 'profile'), { executablePath, args: FLAGS });
    const page = await context.newPage();
    await page.goto(site.url);
    await keepsTheApp(page);
    const session = await context.newCDPSession(page);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors, []);
    const manifest = await session.send('Page.getAppManifest');
    assert.deepEqual(manifest.errors, []);
    assert.equal(manifest.url, `${site.url}manifest.webmanifest`);
    const { icons } = JSON.parse(manifest.data ?? '') as { icons: { src: string }[] };
    for (const { src } of icons) assert.equal((await page.request.get(new URL(src, site.url).href)).status(), 200, src);
    await context.close();
});

test('the app opens without a connection, and goes on when it is back', async () => {
    const person = await visitor('offline', 'phone');
    await person.taps('Create an account');
    await person.fills('Passphrase', 'kettle orbit maple nine');
    await person.taps('Create my account');
    await person.sees('Your records');
    site.isAway = true;
    await person.page.reload();
    await person.sees('Welcome back');
    await person.fills('Passphrase', 'kettle orbit maple nine');
    await person.taps('Unlock');
    await person.sees('Your records');
    site.isAway = false;
    await person.page.reload();
    await person.sees('Welcome back');
    await person.leavesComplaining(/ERR_CONNECTION|ERR_EMPTY_RESPONSE/);
});

for (const size of ['phone', 'desktop'] as const) {
    test(`a new version is offered, and taken when the person says so (${size})`, async () => {
        const person = await visitor('update', size);
        const other = await person.opensAnotherTab(site.url);
        await other.sees(TITLE);
        site.folder = next;
        await looksForAnUpdate(person.page);
        await person.page.getByRole('heading', { name: 'A new version of this app' }).waitFor();
        await person.look();
        // Until then everything stays as it is, also after loading the page again.
        await person.page.reload();
        await person.sees(TITLE);
        await other.taps('Later');
        await other.page.getByText('A new version of this app').waitFor({ state: 'detached' });
        await person.taps('Use the new version');
        await person.sees(NEW_TITLE);
        await person.page.getByText('A new version of this app').waitFor({ state: 'detached' });
        await person.leaves();
    });
}

test('a second window is told when another one has taken the new version, and loses nothing', async () => {
    const person = await visitor('update-elsewhere', 'phone', 'de-AT');
    const other = await person.opensAnotherTab(site.url);
    await other.taps('Konto anlegen');
    await other.fills('Passphrase', 'half a pass');
    site.folder = next;
    await looksForAnUpdate(person.page);
    await person.taps('Neue Version nutzen');
    await other.page.getByText('Ein anderes Fenster dieser App nutzt sie schon').waitFor();
    await other.look();
    assert.equal(await other.page.getByLabel('Passphrase', { exact: true }).inputValue(), 'half a pass');
    await other.taps('Neue Version nutzen');
    await other.page.getByRole('heading', { level: 1 }).waitFor();
    await person.leaves();
});

test('a version that arrives damaged is not taken, and the one before stays', async () => {
    const damaged = join(folder, 'damaged');
    cpSync(next, damaged, { recursive: true });
    const script = readdirSync(join(damaged, 'assets')).find((name) => name === 'index-Next0000.js') ?? '';
    const person = await visitor('damaged-update', 'phone');
    writeFileSync(join(damaged, 'assets', script), '// cut off');
    site.folder = damaged;
    await assert.doesNotReject(looksForAnUpdate(person.page));
    const state = await person.page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        const installing = registration?.installing;
        if (installing) await new Promise<void>((done) => installing.addEventListener('statechange', () => done()));
        return [installing?.state ?? 'redundant', registration?.waiting ?? null];
    });
    assert.deepEqual(state, ['redundant', null]);
    await person.page.reload();
    await person.sees(TITLE);
    await person.leavesComplaining(/integrity|Failed to find a valid digest/);
});

test('a page whose parts are gone loads itself once more, and otherwise says what to do', async () => {
    // As after a new deployment for a visitor whose browser still has the page of the one before.
    const mixed = join(folder, 'mixed');
    cpSync(next, mixed, { recursive: true });
    cpSync(join(BUILD, 'index.html'), join(mixed, 'index.html'));
    site.folder = mixed;
    const person = await Person.at(browser, site.url, 'mixed', 'phone', 'de-AT');
    await person.page.getByText('Generion konnte nicht starten').waitFor();
    await person.look();
    site.folder = next;
    await person.page.getByRole('link', { name: 'laden Sie diese Seite neu' }).click();
    await person.page.getByRole('heading', { level: 1 }).waitFor();
    await person.leavesComplaining(/404/);
});

test('what is kept of this version is thrown away where it can not start, and the new one opens by itself', async () => {
    const person = await visitor('broken-cache', 'phone');
    site.folder = next;
    await person.page.evaluate(async () => {
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const { url } of await cache.keys())
                if (/index-[^/]*\.js$/.test(url)) await cache.put(url, new Response('x', { status: 500 }));
        }
    });
    await person.page.reload();
    await person.sees(NEW_TITLE);
    await person.leavesComplaining(/500/);
});

test('without room on the device, the app works, and says what it could not keep', async () => {
    site.folder = BUILD;
    const person = await Person.at(browser, 'about:blank', 'no-room', 'phone');
    const session = await person.page.context().newCDPSession(person.page);
    await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.url).origin, quotaSize: 1 });
    await person.page.goto(site.url);
    await person.taps('Create an account');
    await person.fills('Passphrase', 'kettle orbit maple nine');
    await person.taps('Create my account');
    assert.match(await person.isTold(), /no room/);
    await person.look();
    await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.url).origin });
    await person.taps('Create my account');
    await person.sees('Your records');
    await person.leavesComplaining(/Quota/);
});
