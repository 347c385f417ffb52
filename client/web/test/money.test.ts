// Amounts in words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amountInWords } from '../src/base/amount-in-words.js';

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
