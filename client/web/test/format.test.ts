// Amounts, times and file names as people read and type them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atRate, duration, size } from '../src/base/format.js';
import { readAmount } from '../src/base/money-input.js';
import { fileName } from '../src/render/file-name.js';

test('an amount that somebody typed is exact, or none', () => {
    for (const [typed, lamports] of [
        ['0.25', 250_000_000n],
        [' 0,25 SOL ', 250_000_000n],
        ['12', 12_000_000_000n],
        ['0.000000001', 1n],
        ['9999999999.999999999', 9_999_999_999_999_999_999n],
    ] as const) {
        assert.equal(readAmount(typed), lamports, typed);
    }
    for (const typed of ['', 'much', '-1', '1e3', '.5', '1.', '1.0000000001', '1.000,5', '0x10', '20000000000']) {
        assert.notEqual(typeof readAmount(typed), 'bigint', typed);
    }
});

test('times and sizes have the largest unit that fits', () => {
    assert.equal(duration(3_600, 'en'), '1 hour');
    assert.equal(duration(5_400, 'en'), '90 minutes');
    assert.equal(duration(172_800, 'de'), '2 Tage');
    assert.equal(duration(601, 'en'), '601 seconds');
    assert.equal(size(999n, 'en'), '999 bytes');
    assert.match(size(1n, 'de'), /^1\sByte$/);
    assert.equal(size(5_640n, 'de'), '5,6 kB');
    assert.equal(size(200_000_000n, 'en'), '200 MB');
    assert.match(atRate(250_000_000n, { currency: 'EUR', price: 141.5, date: '2026-11-02' }, 'de'), /^35,38\s€$/);
});

test('a document is saved with an ending that is known, whatever its writer says of it', () => {
    for (const [mediaType, ending] of [
        ['application/fhir+json', 'json'],
        ['Text/Plain; charset=utf-8', 'txt'],
        ['application/pdf', 'pdf'],
        ['text/html', 'bin'],
        ['../../evil', 'bin'],
        ['constructor', 'bin'],
        ['', 'bin'],
    ] as const) {
        assert.equal(fileName('document', mediaType), `document.${ending}`, mediaType);
    }
});
