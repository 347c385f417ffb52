// Amounts in words, which nobody misreads by a digit.

import { toCardinal as german } from 'n2words/de-DE';
import { toCardinal as english } from 'n2words/en-GB';
import type { Language } from '../texts/language.svelte.js';

const LAMPORTS = 1_000_000_000n;
const WORDS: Record<Language, { number: (value: bigint) => string; point: string; currency: string }> = {
    en: { number: english, point: 'point', currency: 'SOL' },
    de: { number: german, point: 'Komma', currency: 'SOL' },
};

/** Lamports in SOL, in words: "zero point two five SOL". What follows the point is said digit by digit. */
export function amountInWords(lamports: bigint, language: Language): string {
    const { currency, number, point } = WORDS[language];
    const digits = (lamports % LAMPORTS).toString().padStart(9, '0').replace(/0+$/, '');
    const whole = number(lamports / LAMPORTS);
    if (digits === '') return `${whole === 'eins' ? 'ein' : whole} ${currency}`;
    return [whole, point, ...[...digits].map((digit) => number(BigInt(digit))), currency].join(' ');
}
