// Documents as streams.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { chunksOf, collect, streamFrom } from '../src/base/streams.js';
import {
    type ClientErrorCode,
    decryptDocument,
    decryptDocumentStream,
    encryptDocument,
    encryptDocumentStream,
    RecordKey,
} from '../src/index.js';

const key = new RecordKey(new Uint8Array(32).fill(7));
const withCode = (code: ClientErrorCode) => ({ name: 'ClientError', code });

/** A stream of `count` chunks of `length` bytes, how many were asked for, and when it was ended early. */
function source(length: number, count: number) {
    let end: () => void;
    const ended = new Promise<void>((resolve) => {
        end = resolve;
    });
    const state = { given: 0, ended };
    async function* chunks() {
        try {
            for (; state.given < count; state.given += 1) yield new Uint8Array(length).fill(state.given);
        } finally {
            if (state.given < count) end();
        }
    }
    return { stream: streamFrom(chunks()), state };
}

test('a stream is encrypted as the document is, with the digest of the ciphertext', async () => {
    for (const [length, count] of [
        [0, 1],
        [1, 1],
        [65_536, 1],
        [65_536, 2],
        [1000, 300],
        [300_000, 2],
    ] as const) {
        const { ciphertext, digest } = encryptDocumentStream(source(length, count).stream, key.dataPublicKey());
        const encrypted = await collect(ciphertext);
        assert.deepEqual(await digest, { sha256: sha256(encrypted), size: BigInt(encrypted.length) });
        const plain = await collect(source(length, count).stream);
        assert.deepEqual(await decryptDocument(encrypted, key), plain);
        async function* slices() {
            for (let at = 0; at < encrypted.length; at += 777) yield encrypted.slice(at, at + 777);
        }
        assert.deepEqual(await collect(decryptDocumentStream(streamFrom(slices()), key)), plain);
    }
});

test('a stream holds a few chunks of a large document, not the document', async () => {
    const { stream, state } = source(65_536, 200);
    const { ciphertext } = encryptDocumentStream(stream, key.dataPublicKey());
    const decrypted = decryptDocumentStream(ciphertext, key);
    let seen = 0;
    for await (const chunk of chunksOf(decrypted)) {
        seen += chunk.length;
        assert.ok(state.given * 65_536 - seen <= 8 * 65_536, `${state.given} chunks read for ${seen} bytes`);
    }
    assert.equal(seen, 200 * 65_536);
});

test('a cancelled stream ends its source, and has no digest', { timeout: 60_000 }, async () => {
    const { stream, state } = source(65_536, 200);
    const { ciphertext, digest } = encryptDocumentStream(stream, key.dataPublicKey());
    const reader = ciphertext.getReader();
    await reader.read();
    await reader.cancel();
    await state.ended;
    assert.ok(state.given < 10);
    await assert.rejects(digest, withCode('incomplete'));
});

test('an error of the source is told as it is', async () => {
    const error = new Error('the connection was lost');
    async function* failing() {
        yield (await encryptDocument(new Uint8Array(200_000), key.dataPublicKey())).slice(0, 100_000);
        throw error;
    }
    await assert.rejects(collect(decryptDocumentStream(streamFrom(failing()), key)), error);
    async function* broken() {
        yield new Uint8Array(10);
        throw error;
    }
    const { ciphertext, digest } = encryptDocumentStream(streamFrom(broken()), key.dataPublicKey());
    await assert.rejects(collect(ciphertext), error);
    await assert.rejects(digest, error);
});

test('a stream that is cut, damaged or for another key fails at its end at the latest', async () => {
    const document = await encryptDocument(new Uint8Array(200_000), key.dataPublicKey());
    const opened = (bytes: Uint8Array, by = key) =>
        collect(decryptDocumentStream(new Blob([Uint8Array.from(bytes)]).stream(), by));
    for (const length of [0, 100, 200, 65_000, 131_000, document.length - 1]) {
        await assert.rejects(opened(document.slice(0, length)), withCode('damaged'), `${length}`);
    }
    const damaged = Uint8Array.from(document);
    damaged[150_000] = (damaged[150_000] ?? 0) ^ 1;
    await assert.rejects(opened(damaged), withCode('damaged'));
    await assert.rejects(opened(document, new RecordKey(new Uint8Array(32).fill(8))), withCode('wrong_key'));
});
