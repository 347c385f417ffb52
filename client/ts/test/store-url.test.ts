import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientError, documentUrl, isStoreUrl } from '../src/index.js';

test('a store’s address in its canonical form is accepted', () => {
    for (const text of [
        'https://store.example',
        'https://store.example:8443',
        'https://store.example:80',
        'http://store.example:443',
        'http://127.0.0.1:8787',
        'http://localhost:1',
        'http://[::1]:8787',
        'https://[2001:db8::a:1]/a',
        'https://[::ffff:1]',
        'https://store.example/a/B-c_d.e~/0',
        'https://0x.example/...',
        'https://xn--0.example',
        'file:///srv/documents',
    ]) {
        assert.ok(isStoreUrl(text), text);
    }
});

test('nothing else is a store’s address', () => {
    for (const text of [
        '',
        'https:',
        'https://',
        'https:///path',
        'https:store.example',
        '//store.example',
        'HTTPS://store.example',
        'ftp://store.example',
        ' https://store.example',
        'https://store.example ',
        'https://store.example\n',
        'https://store.example/',
        'https://store.example/a/',
        'https://store.example//a',
        'https://store.example/./a',
        'https://store.example/a/..',
        'https://store.example/%41',
        'https://store.example/ä',
        'https://store.example/a\n',
        'https://store.example\\a',
        'https://store.example?a',
        'https://store.example/a?b',
        'https://store.example/a#',
        'https://user:word@store.example',
        'https://@store.example',
        'https://Store.example',
        'https://store.example.',
        'https://store..example',
        'https://-store.example',
        'https://store-.example',
        'https://st_ore.example',
        'https://münchen.example',
        `https://${'a'.repeat(64)}.example`,
        `https://${Array.from({ length: 128 }, () => 'a').join('.')}`,
        'https://store.example:',
        'https://store.example:0',
        'https://store.example:443',
        'http://store.example:80',
        'https://store.example:08443',
        'https://store.example:65536',
        'https://store.example:1:1',
        'https://:8443',
        'https://1',
        'https://1.2.3',
        'https://1.2.3.04',
        'https://1.2.3.256',
        'https://store.0x7f',
        'https://store.0x',
        'https://store.1',
        'https://::1',
        'https://[::1',
        'https://[::1]]',
        'https://a[::1]',
        'https://[::1]a',
        'https://[]',
        'https://[0:0:0:0:0:0:0:1]',
        'https://[2001:DB8::1]',
        'https://[::ffff:1.2.3.4]',
        'https://[::ffff:102:304]',
        'https://[fe80::1%25eth0]',
        'file://',
        'file:///',
        'file://host/a',
        'file:///a?b',
    ]) {
        assert.ok(!isStoreUrl(text), text);
    }
});

test('a document’s address follows from its store’s address', () => {
    const hash = new Uint8Array(32).fill(0xab);
    const url = documentUrl('https://store.example/a', hash);
    assert.equal(url.href, `https://store.example/a/v1/documents/${'ab'.repeat(32)}`);
    // The second one is canonical, and yet no host: what is behind `xn--` is no name.
    for (const store of ['https://store.example/', 'https://xn--0.example']) {
        assert.throws(
            () => documentUrl(store, hash),
            (thrown) => thrown instanceof ClientError && thrown.code === 'malformed',
        );
    }
});
