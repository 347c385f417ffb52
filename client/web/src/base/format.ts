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

/** A day. */
export const day = (seconds: number, language: Language): string =>
    new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(new Date(seconds * 1000));

/** The kind of a record in the words of a language: `fhir:Observation/4548-4` is a measurement. */
export function kindName(kind: string, texts: Texts): string {
    const type = kind.match(/^fhir:([A-Za-z]+)/)?.[1];
    if (!type) return kind === '' ? texts.record.document : kind;
    return texts.record.kinds[type] ?? type;
}
