// Units of measure: UCUM's, as far as medicine uses them, and the words that people write for them.

const set = (words: string, separator = ' '): ReadonlySet<string> => new Set(words.split(separator));

/** Symbols that take a prefix. */
const METRIC = set('g l L mol m s Pa Hz U [IU] [iU] osm eq V A W J N cal Bq Gy Sv K kat bar Ohm F S T m[Hg] m[H2O]');
/** Symbols that take none. */
const OTHERS = set(
    '% min h d wk mo a deg Cel [degF] [lb_av] [oz_av] [in_i] [ft_i] [in_us] [ft_us] [mi_i] [gal_us] [foz_us] ' +
        "[cup_us] [tsp_us] [tbs_us] [drp] [ppm] [ppb] [pH] [arb'U] [CFU] [HPF] [LPF] [APL'U] [GPL'U] [MPL'U] [diop] " +
        '[Cal] dB',
);
const PREFIXES = 'T G M k h da d c m u µ μ n p f'.split(' ');
/** What stands in braces says something to people, and could be anything. */
const ANNOTATIONS = set(
    '1.73_m2 beats beat breaths nominal score copies cells cell cfu CFU rbc RBC wbc WBC hpf HPF lpf LPF count counts ' +
        'events tablet tbl puff dose ratio index titer INR # spray',
);
/** Written out, in lower case. */
const WORDS = set(
    'lb, lbs, pound, pounds, oz, ounce, ounces, in, inch, inches, ft, feet, kg, mmhg, mm hg, mm[hg], ' +
        'beats/minute, beats/min, beats per minute, bpm, breaths/minute, breaths/min, breaths per minute, percent, ' +
        'year, years, yr, yrs, month, months, week, weeks, day, days, hour, hours, hr, hrs, minute, minutes, second, ' +
        'seconds, sec, degrees c, degrees f, degc, degf, °c, °f, celsius, fahrenheit, tablet, tablets, capsule, ' +
        'capsules, puff, puffs, drop, drops, dose, doses, iu, iu/ml, iu/l, unit, units, ph',
    ', ',
);
/** Most digits of a number in a unit, as in `10*3/uL`. */
const DIGITS = 3;
/** Most parts of a unit, as in `mL/min/kg`. */
const PARTS = 5;

/** Whether a text is a unit, as programs or as people write it. */
export const isUnit = (text: string): boolean => isUcum(text) || WORDS.has(text.toLowerCase());

/**
 * Whether a text is a unit in UCUM's notation. It has one number at most: more of them are dates, addresses of machines and
 * numbers of patients (`12/25/74`, `192.168.1.20`). A number alone is a unit if it is 1 or a power of ten.
 */
export function isUcum(text: string): boolean {
    const unit = text.startsWith('/') ? text.slice(1) : text;
    // Dots and strokes within brackets and braces join nothing.
    let [depth, start] = [0, 0];
    const parts: (Part | undefined)[] = [];
    for (let at = 0; at < unit.length; at += 1) {
        const letter = unit.charAt(at);
        if (letter === '[' || letter === '{') {
            depth += 1;
        } else if (letter === ']' || letter === '}') {
            depth = Math.max(0, depth - 1);
        } else if ((letter === '.' || letter === '/') && depth === 0) {
            parts.push(partOf(unit.slice(start, at)));
            start = at + 1;
        }
    }
    parts.push(partOf(unit.slice(start)));
    const count = (part: Part): number => parts.filter((one) => one === part).length;
    if (parts.length > PARTS || parts.includes(undefined)) return false;
    const isNumber = count('symbol') === 0 && count('power') === 0;
    return count('number') + count('power') <= 1 && (!isNumber || unit === '1');
}

/** A symbol with its power or words in braces, a number, or a power of ten. */
type Part = 'symbol' | 'number' | 'power';

function partOf(text: string): Part | undefined {
    const brace = text.endsWith('}') ? text.indexOf('{') : -1;
    const isAnnotated = brace >= 0;
    if (isAnnotated && !ANNOTATIONS.has(text.slice(brace + 1, -1))) return undefined;
    const symbol = isAnnotated ? text.slice(0, brace) : text;
    if (symbol === '') return isAnnotated ? 'symbol' : undefined;
    if (symbol.startsWith('10*') || symbol.startsWith('10^')) {
        const power = symbol.slice(3).replace(/^[-+]/, '');
        return power.length < DIGITS && /^[0-9]*$/.test(power) ? 'power' : undefined;
    }
    if (/^[0-9]*$/.test(symbol)) return symbol.length <= DIGITS ? 'number' : undefined;
    const withSign = symbol.replace(/[0-9]+$/, '');
    if (symbol.length - withSign.length > 1) return undefined;
    const base = withSign.endsWith('-') ? withSign.slice(0, -1) : withSign;
    return METRIC.has(base) || OTHERS.has(base) || isPrefixed(base) ? 'symbol' : undefined;
}

const isPrefixed = (symbol: string): boolean =>
    PREFIXES.some((prefix) => symbol.startsWith(prefix) && METRIC.has(symbol.slice(prefix.length)));
