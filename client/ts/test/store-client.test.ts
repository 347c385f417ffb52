// Requests to stores, against servers that answer as a store must not. `localnet.test.ts` has the real store.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { getAddressDecoder } from '@solana/kit';
import { collect } from '../src/base/streams.js';
import {
    type ClientError,
    documentStatus,
    eraseDocument,
    fetchDocument,
    fetchDocumentStream,
    isPublicHttps,
    StoreError,
    uploadDocument,
} from '../src/index.js';

const document = new Uint8Array(100_000).fill(3);
const hash = sha256(document);
const seed = new Uint8Array(32).fill(5);
const wallet = getAddressDecoder().decode(ed25519.getPublicKey(seed));
const signer = { wallet, sign: (message: Uint8Array) => ed25519.sign(message, seed) };
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

const refusing = (status: number, body: string, headers = {}): RequestListener => {
    return (request, response) => {
        request.resume();
        response.writeHead(status, headers).end(body);
    };
};

const everywhere = () => true;
const locatorOf = (...stores: string[]) => ({ sha256: hash, size: BigInt(document.length), stores });
const errorOf = (promise: Promise<unknown>) =>
    promise.then(
        () => assert.fail('it did not fail'),
        (error: unknown) => error,
    );
const reasons = async (promise: Promise<unknown>) => {
    const error = await errorOf(promise);
    assert.ok(error instanceof AggregateError, `${error}`);
    return error.errors.map((error: ClientError | StoreError) => error.code ?? error.name);
};

test('the first store that has the document gives it', async () => {
    const requests: string[] = [];
    const good = await serve((request, response) => {
        requests.push(`${request.method} ${request.url} ${request.headers.cookie} ${request.headers.referer}`);
        response.end(document);
    });
    const missing = await serve(refusing(404, '{"code":"not_found","message":"no such document"}'));
    const locator = locatorOf(missing, `${good}/below`);
    assert.deepEqual(await fetchDocument(locator, everywhere), document);
    const path = `/below/v1/documents/${Buffer.from(hash).toString('hex')}`;
    assert.deepEqual(requests, [`GET ${path} undefined undefined`]);
    const { ciphertext, store } = await fetchDocumentStream(locator, everywhere);
    assert.equal(store, `${good}/below`);
    assert.deepEqual(await collect(ciphertext), document);
});

test('other bytes than the record’s are refused: shorter, longer, changed, or without a length', async () => {
    const changed = Uint8Array.from(document);
    changed[99_999] = 4;
    const chunked = (bytes: Uint8Array): RequestListener => {
        return (_, response) => {
            response.write(bytes.subarray(0, 50_000));
            response.end(bytes.subarray(50_000));
        };
    };
    const wrong = [changed, document.subarray(1), new Uint8Array(100_001), new Uint8Array()];
    const listeners = wrong.flatMap((bytes) => [
        chunked(bytes),
        ((_, response) => response.end(bytes)) as RequestListener,
    ]);
    const stores = await Promise.all(listeners.map(serve));
    for (const store of stores) {
        assert.deepEqual(await reasons(fetchDocument(locatorOf(store), everywhere)), ['wrong_document']);
    }
    const good = await serve((_, response) => response.end(document));
    assert.deepEqual(await fetchDocument(locatorOf(...stores.slice(0, 2), good), everywhere), document);
});

test('refusals have the store’s code, of newer stores as well, and anything else has none', async () => {
    const answers: [number, string, string | undefined][] = [
        [410, '{"code":"erased","message":"erased"}', 'erased'],
        [418, '{"code":"of_a_newer_store","message":"a teapot"}', 'of_a_newer_store'],
        [502, '<html>Bad Gateway</html>', undefined],
        [404, '{"code":7,"message":"x"}', undefined],
        [206, '', undefined],
        [500, 'x'.repeat(1_000_000), undefined],
    ];
    for (const [status, body, code] of answers) {
        const store = await serve(refusing(status, body, { 'retry-after': '7' }));
        const failure = await errorOf(fetchDocument(locatorOf(store), everywhere));
        assert.ok(failure instanceof AggregateError);
        const [error] = failure.errors;
        assert.ok(error instanceof StoreError, `${error}`);
        assert.deepEqual([error.status, error.code], [status, code]);
        assert.ok(error.message.startsWith(store) && error.message.length < 1000, error.message);
        if (status !== 206) assert.equal(error.retryAfter, 7);
    }
    const hidden = await serve(refusing(403, JSON.stringify({ code: 'x', message: 'a\u001b[2Jb\u202ec' })));
    await assert.rejects(uploadDocument(hidden, document, hash, wallet, signer), /answered 403: a\ufffd\[2Jb\ufffdc$/);
});

test('redirects are not followed, and stores that are not allowed are not asked', async () => {
    const asked: string[] = [];
    const target = await serve((request, response) => {
        asked.push(request.url ?? '');
        response.end(document);
    });
    const redirecting = await serve(refusing(302, '', { location: target }));
    assert.deepEqual(await reasons(fetchDocument(locatorOf(redirecting), everywhere)), ['TypeError']);
    assert.deepEqual(await reasons(fetchDocument(locatorOf(target))), ['store_not_allowed']);
    assert.deepEqual(await reasons(fetchDocument(locatorOf('file:///etc'))), ['store_not_allowed']);
    assert.deepEqual(await reasons(fetchDocument(locatorOf(`${target}/`), everywhere)), ['malformed']);
    assert.deepEqual(asked, []);
});

test('a store that stalls is given up, and a cancelled request ends', async () => {
    const silent = await serve(() => undefined);
    const stalling = await serve((_, response) => {
        response.writeHead(200, { 'content-length': document.length }).write(document.subarray(0, 10));
    });
    for (const store of [silent, stalling]) {
        const patience = { idleTimeout: 100 };
        assert.deepEqual(await reasons(fetchDocument(locatorOf(store), everywhere, patience)), ['timed_out']);
        const signal = AbortSignal.timeout(50);
        await assert.rejects(fetchDocument(locatorOf(store), everywhere, { signal }), { name: 'TimeoutError' });
    }
});

test('unless an app decides otherwise, only stores of the public internet are asked, with https', () => {
    const isAllowed = (host: string) => isPublicHttps(new URL(`https://${host}`));
    const open = ['store.example', '1.1.1.1', '172.32.0.0', '198.17.255.255', '192.0.1.0', '[2606:4700:4700::1111]'];
    const nat64 = ['[64:ff9b::1.1.1.1]', '[3fff:1000::1]', '[2001:200::1]'];
    for (const host of [...open, ...nat64]) assert.ok(isAllowed(host), host);
    const ipv4 = ['0.1.2.3', '10.0.0.1', '100.64.0.0', '127.0.0.1', '169.254.169.254', '172.31.255.255', '192.0.0.8'];
    const more = [
        '192.168.1.1',
        '198.18.0.1',
        '192.0.2.1',
        '203.0.113.1',
        '224.0.0.1',
        '255.255.255.255',
        '2130706433',
    ];
    const ipv6 = ['[::]', '[::1]', '[::ffff:1.1.1.1]', '[64:ff9b::10.0.0.1]', '[fc00::1]', '[fe80::1]', '[2001::1]'];
    const special = ['[2001:db8::1]', '[2002::1]', '[3fff::1]', 'localhost', 'store.localhost', 'localhost.'];
    for (const host of [...ipv4, ...more, ...ipv6, ...special]) assert.ok(!isAllowed(host), host);
    assert.ok(!isPublicHttps(new URL('http://store.example')));
});

test('a document that is larger than allowed is not asked for', async () => {
    const asked: string[] = [];
    const store = await serve((request, response) => {
        asked.push(request.url ?? '');
        response.end(document);
    });
    const huge = { ...locatorOf(store), size: 2n ** 60n };
    for (const fetched of [
        fetchDocument(huge, everywhere),
        fetchDocumentStream(huge, everywhere),
        fetchDocument(locatorOf(store), everywhere, { maxSize: 99_999n }),
    ]) {
        await assert.rejects(fetched, { code: 'too_large' });
    }
    assert.deepEqual(asked, []);
    assert.deepEqual(await fetchDocument(locatorOf(store), everywhere, { maxSize: 100_000n }), document);
});

test('a store that sends or takes too slowly is given up, and its connection ends', { timeout: 20_000 }, async () => {
    const closed: Promise<unknown>[] = [];
    /** Never idle, and never done. */
    const dripping: RequestListener = (_, response) => {
        const drip = setInterval(() => response.write('x'), 10);
        closed.push(once(response, 'close').then(() => clearInterval(drip)));
    };
    const store = await serve(dripping);
    const [slow, late] = [{ idleTimeout: 100, minRate: 2 ** 30 }, { totalTimeout: 200 }];
    for (const limits of [slow, late]) {
        assert.deepEqual(await reasons(fetchDocument(locatorOf(store), everywhere, limits)), ['timed_out']);
    }
    const refusal: RequestListener = (request, response) => {
        response.writeHead(500);
        dripping(request, response);
    };
    const refusingStore = await serve(refusal);
    assert.deepEqual(await reasons(fetchDocument(locatorOf(refusingStore), everywhere, slow)), ['timed_out']);

    // It accepts an upload, and reads nothing of it.
    const unread: IncomingMessage[] = [];
    const deaf = await serve((request) => void unread.push(request));
    const large = new Uint8Array(50_000_000);
    await assert.rejects(uploadDocument(deaf, large, hash, wallet, signer, slow), { code: 'timed_out' });
    for (const request of unread) closed.push(once(request.resume(), 'error'));
    assert.equal(closed.length, 4);
    await Promise.all(closed);
});

test('an upload, a status and an erasure are what the store says', async () => {
    const status = (status: number, headers = {}) => serve(refusing(status, '', headers));
    assert.equal(await uploadDocument(await status(201), document, hash, wallet, signer), true);
    assert.equal(await uploadDocument(await status(200), new Blob([document]), hash, wallet, signer), false);
    await assert.rejects(uploadDocument(await status(204), document, hash, wallet, signer), { status: 204 });
    await eraseDocument(await status(204), hash, signer);
    await assert.rejects(eraseDocument(await status(200), hash, signer), { status: 200 });

    const found = await status(200, { 'content-length': 9, 'generion-erase-authority': wallet });
    assert.deepEqual(await documentStatus(found, hash), { size: 9n, eraseAuthority: wallet });
    assert.equal(await documentStatus(await status(404), hash), undefined);
    await assert.rejects(documentStatus(await status(410), hash), { code: 'erased' });
    await assert.rejects(documentStatus(await status(503), hash), { status: 503 });
});
