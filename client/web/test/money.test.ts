// Amounts in words, and as people type them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amountInWords } from '../src/base/amount-in-words.js';
import { readAmount } from '../src/base/money-input.js';

test('an amount is said as people say it, to the last lamport', () => {
    for (const [lamports, english, german] of [
        [250_000_000n, 'zero point two five SOL', 'null Komma zwei fünf SOL'],
        [1_000_000_000n, 'one SOL', 'ein SOL'],
        [1_500_000_000n, 'one point five SOL', 'eins Komma fünf SOL'],
        [12_000_000_001n, 'twelve point zero zero zero zero zero zero zero zero one SOL', undefined],
        [890_880n, 'zero point zero zero zero eight nine zero eight eight SOL', undefined],
        [0n, 'zero SOL', 'null SOL'],
        [
            18_446_744_073_000_000_000n,
            'eighteen billion four hundred and forty-six million seven hundred and forty-four thousand and seventy-three SOL',
            undefined,
        ],
    ] as const) {
        assert.equal(amountInWords(lamports, 'en'), english);
        if (german) assert.equal(amountInWords(lamports, 'de'), german);
    }
});

test('a typed amount is read with a point or a comma, and nothing is guessed', () => {
    for (const [typed, read] of [
        ['0.25', 250_000_000n],
        [' 0,25 ', 250_000_000n],
        ['2', 2_000_000_000n],
        ['2 SOL', 2_000_000_000n],
        ['0.000000001', 1n],
        ['18446744073.709551615', 18_446_744_073_709_551_615n],
        ['', 'empty'],
        ['  ', 'empty'],
        ['0', 'zero'],
        ['0,000', 'zero'],
        ['a lot', 'unreadable'],
        ['-1', 'unreadable'],
        ['1e3', 'unreadable'],
        ['0x10', 'unreadable'],
        ['.5', 'unreadable'],
        ['5.', 'unreadable'],
        ['1,000.5', 'unreadable'],
        ['1.000,5', 'unreadable'],
        ['\u0661', 'unreadable'],
        ['0.0000000001', 'too_fine'],
        ['18446744073.709551616', 'too_large'],
        ['9999999999999', 'too_large'],
    ] as const) {
        assert.equal(readAmount(typed), read, typed);
    }
});
