// The page that opens anybody's health links: links of another implementation, and those of strangers who mean harm.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SHL, SHLManifestBuilder } from 'kill-the-clipboard';
import type { Browser } from 'playwright-core';
import { LinkServer } from './support/link-server.js';
import { Person, startBrowser } from './support/person.js';
import { type Site, startSite } from './support/site.js';

const PATIENT = { resourceType: 'Patient', name: [{ given: ['Oliver'], family: 'Brown' }] } as const;
const VACCINATION = { resourceType: 'Immunization', vaccineCode: { text: 'MMR' } } as const;

let browser: Browser;
let server: LinkServer;
let site: Site;
before(async () => {
    [browser, server] = await Promise.all([startBrowser(), LinkServer.start()]);
    site = await startSite([{ name: 'Town', cluster: 'localnet', nodes: ['http://127.0.0.1:9'], stores: [] }]);
});
after(async () => {
    await browser?.close();
    site?.stop();
    server?.stop();
});

type Shared = { url: string; files: string[] };

/** A link that `kill-the-clipboard` makes to resources, on the server of this test. */
async function theirs(
    path: string,
    flag: 'U' | 'L' | 'LP' | 'LU',
    resources: object[],
    more: object = {},
): Promise<Shared> {
    const shl = SHL.generate({ baseManifestURL: 'https://shl.example/', flag, label: 'Back-to-school vaccinations' });
    const files: string[] = [];
    const builder = new SHLManifestBuilder({
        shl,
        uploadFile: async (content) => `${files.push(content) - 1}`,
        getFileURL: async (name) => `${server.url}${path}/${name}`,
        loadFile: async (name) => files[Number(name)] ?? '',
    });
    for (const content of resources)
        await builder.addFHIRResource({ content: content as never, enableCompression: true });
    if (flag.includes('U')) {
        server.at.set(path, (_, response) => response.end(files[0]));
    } else {
        for (const [name, file] of files.entries())
            server.at.set(`${path}/${name}`, (_, response) => response.end(file));
        const manifest = JSON.stringify(await builder.buildManifest({ embeddedLengthMax: 300 }));
        server.at.set(path, (_, response) => response.end(manifest));
    }
    // Their library wants https in what it makes; the payload is theirs but for the address.
    return { url: linkOf({ ...shl.payload, url: `${server.url}${path}`, ...more }), files };
}

const linkOf = (payload: object) => `${site.url}#shlink:/${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
const KEY = Buffer.alloc(32, 7).toString('base64url');
const headings = (person: Person) => person.page.locator('h2').allTextContents();

for (const size of ['phone', 'desktop'] as const) {
    test(`a link of another implementation with a passcode is read after the right one (${size})`, async () => {
        const { url } = await theirs('/m', 'LP', [PATIENT, VACCINATION]);
        const open = server.at.get('/m');
        let attempts = 2;
        server.at.set('/m', (request, response, body) => {
            if (JSON.parse(body).passcode === 'tulip') return open?.(request, response, body);
            attempts -= 1;
            response.writeHead(401).end(JSON.stringify({ remainingAttempts: attempts }));
        });
        const doctor = await Person.at(browser, url, 'viewer-passcode', size);
        await doctor.sees('A health record for you');
        await doctor.page.getByText('Back-to-school vaccinations').waitFor();
        await doctor.page.getByRole('heading', { name: 'This link has a passcode' }).waitFor();
        await doctor.look();
        await doctor.taps('Open');
        await doctor.page.getByText('Enter the passcode').waitFor();
        await doctor.fills('Passcode', 'rose');
        await doctor.taps('Open');
        assert.match(await doctor.isTold(), /This is not the passcode of this link/);
        await doctor.page.getByText('You can try once more.').waitFor();
        await doctor.look();
        await doctor.fills('Passcode', 'tulip');
        await doctor.taps('Open');
        await doctor.page.getByText('Oliver Brown').first().waitFor();
        await doctor.page.getByText('What this link leads to can change.').waitFor();
        await doctor.look();
        const found = await headings(doctor);
        assert.ok(
            found.some((text) => text.includes('MMR')),
            found.join('; '),
        );
        await doctor.leavesComplaining(/401/);
    });
}

test('single files of another implementation are read, also while the page speaks German', async () => {
    const end = Math.floor(Date.now() / 1000) + 86_400;
    const { url } = await theirs('/u', 'LU', [{ ...VACCINATION, lotNumber: 'L-7' }], { exp: end });
    const doctor = await Person.at(browser, url, 'viewer-deutsch', 'phone', 'de-AT');
    await doctor.sees('Ein Befund für Sie');
    await doctor.page.getByText('Impfung: MMR').waitFor();
    await doctor.page.getByText(/^Diesen Link kann man bis \d+\. \S+ \d{4} um \d\d:\d\d öffnen/).waitFor();
    await doctor.look();
    // Looking again reads what is there by then.
    const { files } = await theirs('/v', 'U', [{ ...VACCINATION, vaccineCode: { text: 'Tetanus' } }]);
    assert.equal(files.length, 1);
    server.at.set('/u', (_, response) => response.writeHead(410).end());
    await doctor.taps('Noch einmal nachsehen');
    assert.match(await doctor.isTold(), /Dieser Link öffnet nichts mehr/);
    await doctor.page.getByText('Bitten Sie die Person').waitFor();
    await doctor.look();
    // The request names the app as HL7 wants it, and nothing else of the person.
    const last = server.asked.filter(({ line }) => line.startsWith('GET /u'));
    for (const { cookie, line, referer } of last) {
        assert.deepEqual([line, cookie, referer], ['GET /u?recipient=Generion+viewer', undefined, undefined]);
    }
    await doctor.leavesComplaining(/410/);
});

test('a link that has ended asks nobody, and says what to do now', async () => {
    const { url } = await theirs('/old', 'U', [PATIENT], { exp: 1_700_000_000 });
    const doctor = await Person.at(browser, url, 'viewer-ended', 'phone');
    await doctor.sees('A health record for you');
    assert.match(await doctor.isTold(), /This link has ended/);
    await doctor.page.getByText('It ended on November 14, 2023').waitFor();
    await doctor.page.getByText('Ask the person who gave you the link for a new one.').waitFor();
    await doctor.look();
    assert.ok(server.asked.every(({ line }) => !line.includes('/old')));
    // Another link in the same tab.
    const { url: next } = await theirs('/next', 'U', [PATIENT]);
    await doctor.page.goto(next);
    await doctor.page.getByText('Oliver Brown').first().waitFor();
    await doctor.page.getByText('This link does not say when it ends.').waitFor();
    await doctor.leaves();
});

test('documents within a link are shown by this app alone, and nothing in them runs', async () => {
    const evil = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';
    const attached = (contentType: string, content: string) => ({
        attachment: { contentType, data: Buffer.from(content).toString('base64') },
    });
    const bundle = {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
            { resource: { ...PATIENT, text: { status: 'generated', div: `<div>${evil}</div>` } } },
            {
                resource: {
                    resourceType: 'DocumentReference',
                    status: 'current',
                    content: [attached('text/html', evil), attached('text/plain', 'A letter to the \u202Erotcod')],
                },
            },
        ],
    };
    const { url } = await theirs('/evil', 'U', [bundle]);
    const doctor = await Person.at(browser, url, 'viewer-evil', 'phone');
    await doctor.page.getByText('A letter to the rotcod').waitFor();
    await doctor.page.getByText('Oliver Brown').first().waitFor();
    await doctor.look();
    assert.equal(await doctor.page.title(), 'Generion');
    assert.equal(await doctor.page.locator('main img, main script, main iframe').count(), 0);
    // As text, the page that a stranger wrote can be read.
    assert.ok((await doctor.reads('pre')).some((text) => text.includes('onerror')));
    await doctor.leaves();
});

test('a link that leads into this network, redirects, or is no link asks nobody and says so', async () => {
    const inner = '/inner';
    server.at.set(inner, (_, response) => response.end('secret'));
    server.at.set('/redirect', (_, response) => response.writeHead(302, { location: `${server.url}${inner}` }).end());
    const cases = [
        [{ url: 'http://192.168.0.1/', key: KEY, flag: 'U' }, /it could be a trap/],
        [{ url: 'https://10.0.0.1/x', key: KEY, flag: 'U' }, /it could be a trap/],
        [{ url: 'http://localhost:1/', key: KEY, flag: 'U' }, /it could be a trap/],
        [{ url: `${server.url}/redirect`, key: KEY, flag: 'U' }, /does not answer, or does not let a browser in/],
        [{ url: `${server.url}${inner}`, key: KEY, flag: 'U' }, /is damaged, or belongs to another link/],
        [{ url: server.url, key: 'short' }, /not a whole health link/],
        [{ url: server.url, key: KEY, v: 2 }, /a newer kind/],
    ] as const;
    for (const [payload, told] of cases) {
        const doctor = await Person.at(browser, linkOf(payload), 'viewer-hostile', 'phone');
        assert.match(await doctor.isTold(), told);
        await doctor.leavesComplaining(/redirect|ERR_FAILED|Failed to load/i);
    }
    assert.equal(server.asked.filter(({ line }) => line.includes(inner)).length, 1);
});
