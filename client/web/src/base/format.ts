// Money and dates as people of a language write them.

import type { Rate } from '../network/network.js';
import type { Texts } from '../texts/en.js';
import type { Language } from '../texts/language.svelte.js';

const LAMPORTS = 1_000_000_000n;

/** Lamports in SOL, exact, with the decimal sign of the language. */
export function money(lamports: bigint, language: Language, texts: Texts): string {
    const fraction = (lamports % LAMPORTS).toString().padStart(9, '0').replace(/0+$/, '');
    const whole = new Intl.NumberFormat(language).format(lamports / LAMPORTS);
    const sign =
        new Intl.NumberFormat(language).formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.';
    return texts.money.sol(fraction === '' ? whole : `${whole}${sign}${fraction}`);
}

/** The last day that a calendar of JavaScript has, in seconds. */
const LAST_DAY = 8_640_000_000_000;

/** A day. Strangers write numbers that are none: these become the last day there is. */
export const day = (seconds: number, language: Language): string =>
    new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(
        new Date(Math.max(-LAST_DAY, Math.min(LAST_DAY, seconds)) * 1000),
    );

/** A day with its time. */
export const moment = (seconds: number, language: Language): string =>
    new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(
        new Date(Math.max(-LAST_DAY, Math.min(LAST_DAY, seconds)) * 1000),
    );

const UNITS = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
] as const;

/** A duration in the largest unit that it is a whole number of: `90 minutes`. */
export function duration(seconds: number, language: Language): string {
    const [unit, length] = UNITS.find(([, length]) => seconds >= length && seconds % length === 0) ?? ['second', 1];
    return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / length);
}

/** Bytes as people write them. */
export function size(bytes: bigint, language: Language): string {
    const number = Number(bytes);
    const [unit, length] = number < 1_000 ? ['byte', 1] : number < 1_000_000 ? ['kilobyte', 1e3] : ['megabyte', 1e6];
    // The short form of bytes has no plural.
    const unitDisplay = unit === 'byte' ? 'long' : 'short';
    const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 } as const;
    return new Intl.NumberFormat(language, options).format(number / Number(length));
}

/** Lamports in a currency, by a rate; approximate. */
export function atRate(lamports: bigint, { currency, price }: Rate, language: Language): string {
    const options = { style: 'currency', currency } as const;
    return new Intl.NumberFormat(language, options).format((Number(lamports) / Number(LAMPORTS)) * price);
}

/** The kind of a record in the words of a language: `fhir:Observation/4548-4` is a measurement. */
export function kindName(kind: string, texts: Texts): string {
    const type = kind.match(/^fhir:([A-Za-z]+)/)?.[1];
    if (!type) return kind === '' || kind === 'document' ? texts.record.document : kind;
    return texts.record.kinds[type] ?? type;
}
