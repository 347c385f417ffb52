// Decimals as facts have them (docs/PROTOCOL.md, section 3). They follow from the characters of a number, never from a
// floating-point number.

/** Digits before and behind the point, together. */
const MAX_DIGITS = 18;
/** An exponent of more digits moves the point further than any document has digits. */
const MAX_EXPONENT_DIGITS = 9;

/** The decimal of a JSON number; `undefined`: it would have more than 18 digits. */
export function decimalOf(number: string): string | undefined {
    const sign = number.startsWith('-') ? '-' : '';
    const [significand = '', exponent = '0'] = number.slice(sign.length).split(/[eE]/);
    const [integer = '', fraction = ''] = significand.split('.');
    const written = integer + fraction;
    let [first, end] = [0, written.length];
    while (written[first] === '0') first += 1;
    if (first === end) return '0';
    while (written[end - 1] === '0') end -= 1;
    const digits = written.slice(first, end);
    if (digits.length > MAX_DIGITS) return undefined;
    const shift = exponentOf(exponent);
    if (shift === undefined) return undefined;
    // The digits before the point; negative for zeros behind it.
    const before = integer.length - first + shift;
    if (before > MAX_DIGITS || before < -MAX_DIGITS) return undefined;
    const behind = Math.max(digits.length - before, 0);
    const padded = digits.padStart(behind + 1, '0').padEnd(before, '0');
    if (padded.length > MAX_DIGITS) return undefined;
    const point = padded.length - behind;
    return sign + padded.slice(0, point) + (behind > 0 ? `.${padded.slice(point)}` : '');
}

function exponentOf(text: string): number | undefined {
    const digits = text.replace(/^[+-]?0*/, '');
    if (digits.length > MAX_EXPONENT_DIGITS) return undefined;
    const value = Number(digits);
    return text.startsWith('-') ? -value : value;
}
