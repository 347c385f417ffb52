// Amounts of SOL as people type them.

const LAMPORTS = 1_000_000_000n;
/** The most lamports that an amount on the ledger can have. */
const MOST = 2n ** 64n - 1n;

/** The fault of a typed amount. */
export type AmountProblem =
    | 'empty'
    /** It is no number, or could be read in two ways. */
    | 'unreadable'
    | 'zero'
    /** It has more than nine digits behind the point. */
    | 'too_fine'
    | 'too_large';

/**
 * The lamports of a typed amount of SOL: `0.25` and `0,25` are the same, whatever the language. `1,000.5` and `1.000,5` are
 * refused, since one sign too few would make another amount of it.
 */
export function readAmount(typed: string): bigint | AmountProblem {
    const text = typed.trim().replace(/\s*sol$/i, '');
    if (text === '') return 'empty';
    const [, whole = '', fraction = ''] = text.match(/^([0-9]+)(?:[.,]([0-9]+))?$/) ?? [];
    if (whole === '') return 'unreadable';
    if (fraction.length > 9) return 'too_fine';
    if (whole.length > 12) return 'too_large';
    const lamports = BigInt(whole) * LAMPORTS + BigInt(fraction.padEnd(9, '0'));
    if (lamports > MOST) return 'too_large';
    return lamports === 0n ? 'zero' : lamports;
}
