// Whether a passphrase protects what it encrypts from somebody who has the file and guesses.

import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { AccountError } from './account-error.js';

/**
 * The least number of guesses, as a power of ten, by the estimator's reckoning. A guess takes about a second of a core and
 * 256 MiB (scrypt, 2^18): a thousand cores need four months for these.
 */
const LEAST_GUESSES = 10;
/** Characters of the shortest passphrase. */
export const MIN_PASSPHRASE = 10;

let estimator: Promise<ZxcvbnFactory> | undefined;

// The estimator and its lists of passwords and words are as large as the rest of the app. They load when a passphrase is
// chosen, and no sooner.
async function load(): Promise<ZxcvbnFactory> {
    const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
        import('@zxcvbn-ts/core'),
        import('@zxcvbn-ts/language-common'),
    ]);
    return new ZxcvbnFactory({ dictionary: { ...dictionary, app: ['generion'] }, graphs: adjacencyGraphs });
}

/**
 * Refuses a passphrase that is too easy to guess.
 *
 * @throws {AccountError} `short_passphrase`, `weak_passphrase`.
 */
export async function requireStrong(passphrase: string): Promise<void> {
    if ([...passphrase.trim()].length < MIN_PASSPHRASE) throw new AccountError('short_passphrase', {});
    estimator ??= load();
    const { guessesLog10 } = (await estimator).check(passphrase);
    if (guessesLog10 < LEAST_GUESSES) throw new AccountError('weak_passphrase', {});
}
