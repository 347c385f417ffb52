import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Address } from '@solana/kit';
import { documentUrl, signStoreRequest, storeRequestText } from '../src/index.js';
import { bytes, given, vectors } from './support/vectors.js';

type Vector = {
    name: string;
    method: 'PUT' | 'DELETE';
    host: string;
    path: string;
    document: string;
    body: string;
    signer_seed: string;
    erase_authority: Address;
    unix_time: string;
    nonce: string;
    text: string;
    headers: { [name: string]: string };
};

test('signed requests to a store have the same headers', async () => {
    const { cases } = vectors<{ cases: Vector[] }>('store-requests');
    for (const vector of cases) {
        const url = documentUrl(`https://${vector.host}`, bytes(vector.document));
        assert.equal(url.host, vector.host, vector.name);
        assert.equal(url.pathname, vector.path, vector.name);
        if (vector.method === 'PUT') assert.deepEqual(sha256(bytes(vector.body)), bytes(vector.document));
        const request = { method: vector.method, url, eraseAuthority: vector.erase_authority };
        const unixTime = Number(vector.unix_time);
        assert.equal(storeRequestText(request, unixTime, bytes(vector.nonce)), vector.text, vector.name);
        // Below a path of its host, which a proxy strips: the store sees the same request.
        const below = documentUrl(`https://${vector.host}/below/here`, bytes(vector.document));
        const text = storeRequestText({ ...request, url: below }, unixTime, bytes(vector.nonce));
        assert.equal(text, vector.text, vector.name);
        const headers = await signStoreRequest(
            request,
            vector.headers['generion-signer'] as Address,
            (message) => ed25519.sign(message, bytes(vector.signer_seed)),
            unixTime,
            given(vector.nonce),
        );
        assert.deepEqual(headers, vector.headers, vector.name);
    }
    assert.ok(cases.length >= 3);
});
