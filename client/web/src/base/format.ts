// Money and dates as people of a language write them.

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

/** The kind of a record in the words of a language: `fhir:Observation/4548-4` is a measurement. */
export function kindName(kind: string, texts: Texts): string {
    const type = kind.match(/^fhir:([A-Za-z]+)/)?.[1];
    if (!type) return kind === '' ? texts.record.document : kind;
    return texts.record.kinds[type] ?? type;
}
