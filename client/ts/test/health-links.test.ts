// SMART Health Links of anybody: what is read as a link, what is asked for it, and links of another implementation, in both
// directions.

import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { base64urlnopad } from '@scure/base';
import { CompactEncrypt } from 'jose';
import { SHL, SHLManifestBuilder, SHLViewer } from 'kill-the-clipboard';
import {
    decryptLinkFile,
    encryptLinkFile,
    LinkError,
    type LinkErrorCode,
    type LinkVisit,
    linkPayload,
    MAX_LINK_FILE,
    openLink,
    readLink,
    SecretKey,
    writeLink,
} from '../src/index.js';
import { LinkKey } from '../src/links/link-key.js';

const KEY = new Uint8Array(32).fill(7);
const KEY_TEXT = base64urlnopad.encode(KEY);
const SOON = Math.floor(Date.now() / 1000) + 3_600;
const PATIENT = { resourceType: 'Patient', name: [{ family: 'Novák' }] } as const;
const BUNDLE = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: PATIENT }] } as const;
const servers: Server[] = [];

after(() => {
    for (const server of servers) {
        server.closeAllConnections();
        server.close();
    }
});

/** A server on this machine: its address. */
async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const VISIT: LinkVisit = { recipient: 'Dr. Löwe & Co', isAllowed: () => true };

async function refuses(
    work: Promise<unknown> | (() => unknown),
    code: LinkErrorCode,
    name?: string,
): Promise<LinkError> {
    let refused: unknown;
    try {
        await (typeof work === 'function' ? work() : work);
    } catch (error) {
        refused = error;
    }
    assert.ok(refused instanceof LinkError, `${name ?? code}: ${refused}`);
    assert.equal(refused.code, code, `${name ?? ''} ${refused.message}`);
    return refused;
}

const encoded = (payload: unknown) => `shlink:/${base64urlnopad.encode(Buffer.from(JSON.stringify(payload)))}`;
const direct = (url: string, more = {}) => readLink(encoded({ url, key: KEY_TEXT, flag: 'U', ...more }));
const textOf = async (content: Blob) => await content.text();

test('a link is read with and without a viewer, and says what it was made of', () => {
    const payload = linkPayload('https://store.example/v1/links/1/a', KEY_TEXT, SOON, 'Blutdruck – bis 5. Mai');
    for (const viewer of [undefined, 'https://app.example/app/', 'https://app.example/app/#/home']) {
        const text = writeLink(payload, viewer);
        assert.ok(text.startsWith(viewer ? 'https://app.example/app/#shlink:/' : 'shlink:/'), text);
        assert.deepEqual(readLink(` ${text}\n`), {
            url: payload.url,
            key: KEY_TEXT,
            expiresAt: SOON,
            label: 'Blutdruck – bis 5. Mai',
            isLongTerm: false,
            needsPasscode: false,
            isDirectFile: true,
        });
    }
});

test("an owner's link key and note are those that other libraries make of the same secret", async () => {
    // Made with Python's cryptography (HKDF, Ed25519) and jwcrypto.
    const note =
        'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..4ZtvhehymxuzBuV2.64gEc1QZYI203mYW08SRcwMu9FyxHehh4XsH1Gue0AgpsJ1fX-RG8Pvto45kIgjHHY-iXWDz5mst9rLAg0FD913PIJI1bRZt_bNZ6aIYteO5SDAux5W6fs9cPYKm4PFEJ_B6wtB1Qq8z1_Z91sV_Uc1I8Bbpq15Cp6elM1J_4zeD9CmEliI3iMd_gV1Jl11qvh43fuMl6lnEtrqLg5Wk9YhXtaojhYLXgz9CZAn-DQWIS-TGftZ6djE5luUg_vho-lCNa00S_hh7ubg70KAMVW1JiuH7J_iORoQBjfzCX7yB3ATfoks1KiXFNPZXO8yVm1laBXUVFWeiEjhji8D3StfK1zfhFoFYLfWv2ZK-tWwc4bt3IsYjxH0LucHND7Q56YCestj3FW9fD9RHYSZngGJQtEhHowqQnXLuEjcUzEERyWNygVK4tBgF3enLYvoxX9dl2cxELUGtqMzptLD96oO52mrKUz7CIX1ywiD9bRmtkeuWXjGTE9KJhkwhbccc07Q9dafwsCiM1NUtUXxg29at1WJRGxygYQgnwfTVnCaf4ONBinwaSI_6ImGYAkZnUaqL_F2CBa7gQi_FzK90W93az1iin7zYM06pjx1jWqonFZX6pJhj1Lo-YAHjov-itSa7QsXYExbuSZbxzTiz2P6JE3OYyx7C0G1XuWcfz9McZc5ChlVM0ue_S16BeBCn4B8iyh3va5_svnHXW0CkZSwSOI7HvEerLpHmn55tezbjaqPD2qqlVr-64_i3u4bc6JE7VCJVy4PdaqKkgLldvqCYQNJtIW5ZnxmkcGBkeV2PjSt6prt_EjDfhWVjnzWBahDs4zoP4dQiun7CqwyjlgExonF2UpPrh2kekbkIkx3lWT-jpsyIk0K21KrBhhP8nqMNWxeN1shQn1VSMKyJ598uh0DFWYBqco2dmmSCKu0LIdgCL6XwuIGy9Se_sy4nwWGLrAY4loBGK8spNwO47p6lPBzXRcn9-VSjvIB4vpxbmI21swmeBXWPFpv3YRJc.3toY3EJe6pXq2VH4TCo75g';
    const linkKey = (byte: number) => {
        const secret = SecretKey.fromBytes('encryption', Uint8Array.of(byte, ...new Uint8Array(31)));
        assert.ok(secret);
        return new LinkKey(secret);
    };
    assert.equal(linkKey(1).signer.wallet, 'DJ3frBEnccAm97r4CJeiaxAmVPyAmk1FzEj2oa73PdAw');
    const opened = await linkKey(1).openNote(note);
    assert.ok(opened);
    const url = 'https://store.example/v1/links/1790000000/00';
    assert.deepEqual(opened.payload, linkPayload(url, KEY_TEXT, 1_790_000_000, 'Blood test'));
    assert.equal(opened.record, '11111111111111111111111111111111');
    assert.equal(await linkKey(2).openNote(note), undefined);
    const longest = linkPayload('u'.repeat(128), KEY_TEXT, Number.MAX_SAFE_INTEGER, 'ऊ'.repeat(80));
    assert.equal((await linkKey(1).sealNote({ link: longest, record: opened.record })).length, note.length);
});

test("HL7's own example is read, and unknown flags and properties are ignored", () => {
    // "Example SMART Health Link Generation" of the specification.
    const link = readLink(
        'https://viewer.example.org#shlink:/eyJ1cmwiOiJodHRwczovL2Voci5leGFtcGxlLm9yZy9xci9ZOXh3a1VkdG1OOXd3b0pvTjNmZkpJaFgyVUd2Q0wxSm5sUFZOTDNrRFdNL20iLCJmbGFnIjoiTFAiLCJrZXkiOiJyeFRnWWxPYUtKUEZ0Y0VkMHFjY2VOOHdFVTRwOTRTcUF3SVdRZTZ1WDdRIiwibGFiZWwiOiJCYWNrLXRvLXNjaG9vbCBpbW11bml6YXRpb25zIGZvciBPbGl2ZXIgQnJvd24ifQ',
    );
    assert.equal(link.label, 'Back-to-school immunizations for Oliver Brown');
    assert.deepEqual([link.isLongTerm, link.needsPasscode, link.isDirectFile], [true, true, false]);
    assert.equal(direct('https://a.example/', { flag: 'UZ', _x: 1, extension: {} }).isDirectFile, true);
});

test('what is no link is refused', async () => {
    const url = 'https://a.example/x';
    const payload = { url, key: KEY_TEXT, flag: 'U' };
    const none: [string, string][] = [
        ['empty', ''],
        ['another scheme', 'shc:/1234'],
        ['text before it', `https://a.example/?shlink:/${encoded(payload).slice(8)}`],
        ['no base64url', 'shlink:/%%%'],
        ['cut off', encoded(payload).slice(0, -9)],
        ['no JSON', `shlink:/${base64urlnopad.encode(Buffer.from('hello'))}`],
        ['no object', encoded(['url'])],
        ['null', encoded(null)],
        ['no address', encoded({ ...payload, url: undefined })],
        ['an address that is none', encoded({ ...payload, url: 'nowhere' })],
        ['a short key', encoded({ ...payload, key: KEY_TEXT.slice(1) })],
        ['a key with bits beyond its bytes', encoded({ ...payload, key: `${KEY_TEXT.slice(0, -1)}9` })],
        ['a key that is no text', encoded({ ...payload, key: 5 })],
        ['a time that is no number', encoded({ ...payload, exp: 'tomorrow' })],
        ['flags that are no text', encoded({ ...payload, flag: 7 })],
        ['a label that is no text', encoded({ ...payload, label: {} })],
        ['a passcode for a single file', encoded({ ...payload, flag: 'PU' })],
        ['too long', encoded({ ...payload, more: 'x'.repeat(8_192) })],
    ];
    for (const [name, text] of none) await refuses(() => readLink(text), 'not_a_link', name);
    await refuses(() => readLink(encoded({ ...payload, v: 2 })), 'newer_version');
});

test('an address that is too long for a link, and a label that is too long or hides something, are refused', async () => {
    await refuses(() => linkPayload(`https://${'a'.repeat(121)}`, KEY_TEXT, SOON), 'store_address');
    assert.equal(linkPayload(`https://${'a'.repeat(120)}`, KEY_TEXT, SOON).url.length, 128);
    for (const label of ['x'.repeat(81), 'a\u202Eb', 'a\nb', 'a\uD800']) {
        await refuses(() => linkPayload('https://a.example/', KEY_TEXT, SOON, label), 'invalid_label', label);
    }
});

test('a file of one link opens with its key alone, packed or not, up to a size', async () => {
    const content = Buffer.from(JSON.stringify(BUNDLE));
    const file = new TextDecoder().decode(await encryptLinkFile(content, 'application/fhir+json', KEY));
    assert.equal(file.split('.').length, 5);
    const header = JSON.parse(Buffer.from(file.split('.')[0] ?? '', 'base64url').toString());
    assert.deepEqual(header, { alg: 'dir', enc: 'A256GCM', cty: 'application/fhir+json' });
    assert.equal(await textOf((await decryptLinkFile(file, KEY)).content), content.toString());
    await refuses(decryptLinkFile(file, new Uint8Array(32).fill(8)), 'damaged');
    await refuses(decryptLinkFile(`${file.slice(0, -2)}AA`, KEY), 'damaged');
    await refuses(decryptLinkFile('no JWE', KEY), 'damaged');

    const made = async (header: { alg: string; enc: string; zip?: 'DEF' }, plain: Uint8Array, key = KEY) =>
        await new CompactEncrypt(plain).setProtectedHeader(header).encrypt(key);
    const packed = await made({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }, content);
    const opened = await decryptLinkFile(packed, KEY, 'application/smart-health-card');
    assert.deepEqual(
        [opened.contentType, await textOf(opened.content)],
        ['application/smart-health-card', content.toString()],
    );
    const bomb = await made({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }, new Uint8Array(MAX_LINK_FILE + 1));
    assert.ok(bomb.length < 100_000);
    await refuses(decryptLinkFile(bomb, KEY), 'damaged');
    await refuses(decryptLinkFile(await made({ alg: 'A256KW', enc: 'A256GCM' }, content), KEY), 'damaged');
    await refuses(encryptLinkFile(new Uint8Array(MAX_LINK_FILE), 'application/fhir+json', KEY), 'too_large');
});

test('a link of another implementation to a single file is opened', async () => {
    let asked = '';
    let file = '';
    const url = await serve((request, response) => {
        asked = `${request.method} ${request.url} ${request.headers.cookie} ${request.headers.referer}`;
        response.writeHead(200, { 'content-type': 'application/jose' }).end(file);
    });
    const shl = SHL.generate({ baseManifestURL: 'https://shl.example/', flag: 'U', label: 'Vaccinations' });
    const builder = new SHLManifestBuilder({
        shl,
        uploadFile: async (content) => (file = content),
        getFileURL: async () => '',
    });
    await builder.addFHIRResource({ content: BUNDLE as never, enableCompression: true });
    const theirs = readLink(shl.toURI());
    assert.equal(theirs.label, 'Vaccinations');
    const [opened, ...rest] = await openLink({ ...theirs, url: `${url}/f?a=1` }, VISIT);
    assert.equal(rest.length, 0);
    assert.equal(opened?.contentType, 'application/fhir+json');
    assert.deepEqual(JSON.parse(await textOf(opened?.content as Blob)), BUNDLE);
    assert.equal(asked, 'GET /f?a=1&recipient=Dr.+L%C3%B6we+%26+Co undefined undefined');
});

test('a link of another implementation with a passcode and a list of files is opened', async () => {
    const stored = new Map<string, string>();
    let attempts = 3;
    const asked: unknown[] = [];
    const shl = SHL.generate({ baseManifestURL: 'https://shl.example/', manifestPath: '/m', flag: 'LP' });
    let builder: SHLManifestBuilder;
    const url = await serve(async (request, response) => {
        if (request.method === 'GET') return void response.end(stored.get(request.url ?? ''));
        let body = '';
        for await (const chunk of request) body += chunk;
        asked.push([request.headers['content-type'], JSON.parse(body)]);
        if (JSON.parse(body).passcode !== 'open') {
            attempts -= 1;
            return void response.writeHead(401).end(JSON.stringify({ remainingAttempts: attempts }));
        }
        // The first file is embedded, the second is too long for that.
        response.end(JSON.stringify(await builder.buildManifest({ embeddedLengthMax: 1_000 })));
    });
    builder = new SHLManifestBuilder({
        shl,
        uploadFile: async (content) => {
            stored.set(`/f${stored.size}`, content);
            return `/f${stored.size - 1}`;
        },
        getFileURL: async (path) => url + path,
        loadFile: async (path) => stored.get(path) ?? '',
    });
    await builder.addFHIRResource({ content: PATIENT as never });
    await builder.addFHIRResource({ content: { ...BUNDLE, id: 'x'.repeat(2_000) } as never });
    const link = { ...readLink(shl.toURI()), url: `${url}/m` };

    await refuses(openLink(link, VISIT), 'passcode_needed');
    assert.equal(asked.length, 0);
    const refused = await refuses(openLink(link, { ...VISIT, passcode: 'shut' }), 'wrong_passcode');
    assert.deepEqual(refused.details, { remainingAttempts: 2 });
    const files = await openLink(link, { ...VISIT, passcode: 'open' });
    assert.deepEqual(
        await Promise.all(files.map(async ({ content }) => JSON.parse(await textOf(content)).resourceType)),
        ['Patient', 'Bundle'],
    );
    const request = { recipient: 'Dr. Löwe & Co', embeddedLengthMax: MAX_LINK_FILE };
    assert.deepEqual(asked, [
        ['application/json', { ...request, passcode: 'shut' }],
        ['application/json', { ...request, passcode: 'open' }],
    ]);
});

test('another implementation opens a link of ours', async () => {
    const file = await encryptLinkFile(Buffer.from(JSON.stringify(BUNDLE)), 'application/fhir+json', KEY);
    const url = await serve((_, response) => {
        response.writeHead(200, { 'content-type': 'application/jose' }).end(file);
    });
    const text = writeLink(
        linkPayload('https://store.example/v1/links/1/a', KEY_TEXT, SOON, 'Ours'),
        'https://app.example/',
    );
    const viewer = new SHLViewer({
        shlinkURI: text,
        // Its own rules want https in the link; the file comes from here.
        fetch: async (asked, options) => await fetch(asked.replace('https://store.example', url), options),
    });
    assert.equal(viewer.shl.label, 'Ours');
    const { fhirResources } = await viewer.resolveSHL({ recipient: 'Dr. Löwe' });
    assert.deepEqual(fhirResources, [BUNDLE]);
});

test('a link that is over is told by this clock, and one that was ended by its server', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
        asked += 1;
        response.writeHead(404).end('{"code":"not_found","message":"no such link"}');
    });
    await refuses(openLink(direct(url, { exp: SOON }), { ...VISIT, now: SOON }), 'expired');
    assert.equal(asked, 0);
    await refuses(openLink(direct(url, { exp: SOON }), { ...VISIT, now: SOON - 1 }), 'inactive');
    assert.equal(asked, 1);
});

test('a stranger’s address gets no redirect followed, and no place of this machine or network is asked', async () => {
    let asked = 0;
    const inner = await serve((_, response) => {
        asked += 1;
        response.end();
    });
    for (const url of [
        inner,
        'http://93.184.216.34/',
        'https://192.168.1.1/',
        'https://localhost/',
        'file:///etc/passwd',
    ]) {
        await refuses(openLink(direct(url), { recipient: 'x' }), 'not_allowed', url);
    }
    await refuses(openLink(direct('https://name:word@a.example/'), VISIT), 'not_allowed');
    const outer = await serve((_, response) => response.writeHead(302, { location: inner }).end());
    await refuses(openLink(direct(outer), VISIT), 'unreachable');
    // Nor where a list of files leads.
    const list = await serve((_, response) => response.end(JSON.stringify({ files: [{ location: inner }] })));
    const isAllowed = (address: URL) => address.href.startsWith(list);
    await refuses(openLink(readLink(encoded({ url: list, key: KEY_TEXT })), { ...VISIT, isAllowed }), 'not_allowed');
    assert.equal(asked, 0);
});

test('servers that answer as none of health links does are told apart, and end in time', async () => {
    const answers: [LinkErrorCode, RequestListener][] = [
        ['unreachable', (_, response) => response.writeHead(500).end()],
        ['unreachable', (_, response) => response.writeHead(204).end()],
        ['unreachable', (_, response) => response.destroy()],
        ['busy', (_, response) => response.writeHead(429).end()],
        ['busy', (_, response) => response.writeHead(503).end()],
        ['inactive', (_, response) => response.writeHead(410).end()],
        ['damaged', (_, response) => response.end('<html></html>')],
        ['too_large', (_, response) => response.end(Buffer.alloc(MAX_LINK_FILE + 1))],
    ];
    for (const [code, answer] of answers) await refuses(openLink(direct(await serve(answer)), VISIT), code, code);
    const silent = await serve(() => undefined);
    await refuses(openLink(direct(silent), { ...VISIT, options: { idleTimeout: 50 } }), 'unreachable', 'silent');
    const lists = [
        'no JSON',
        '{}',
        '{"files":[]}',
        `{"files":[${Array(51).fill('{}').join(',')}]}`,
        '{"files":[null]}',
    ];
    for (const text of lists) {
        const url = await serve((_, response) => response.end(text));
        await refuses(openLink(readLink(encoded({ url, key: KEY_TEXT })), VISIT), 'damaged', text);
    }
});

test('a passcode that is wrong for the last time says so, and a server that counts in words is not believed', async () => {
    for (const [body, remaining] of [
        ['{"remainingAttempts":0}', 0],
        ['{"remainingAttempts":"many"}', undefined],
        ['<html>', undefined],
    ] as const) {
        const url = await serve((_, response) => response.writeHead(401).end(body));
        const link = readLink(encoded({ url, key: KEY_TEXT, flag: 'P' }));
        const { details } = await refuses(openLink(link, { ...VISIT, passcode: '1' }), 'wrong_passcode', body);
        assert.equal(details.remainingAttempts, remaining);
    }
});
