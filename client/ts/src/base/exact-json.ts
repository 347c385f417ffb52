// JSON as the Rust client reads and writes it: whole numbers have 64 bits, more than a `number` holds.

/** Marks a number among the strings: no text of this client's files holds a NUL. */
const MARK = '\u0000';
const MARKED = /"\\u0000(-?\d+)"/g;
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const WHOLE = /^-?\d+$/;

/**
 * The value of a JSON text, with a `bigint` for each whole number.
 *
 * @throws {SyntaxError} It is no JSON.
 */
export function parseExactJson(text: string): unknown {
    // As JSON alone first: what is marked below could make JSON of what is none.
    JSON.parse(text);
    const marked = text.replace(TOKENS, (token) => (WHOLE.test(token) ? `"\\u0000${token}"` : token));
    return JSON.parse(marked, (_, value: unknown) =>
        typeof value === 'string' && value.startsWith(MARK) ? wholeNumber(value.slice(1)) : value,
    );
}

function wholeNumber(text: string): bigint {
    if (!WHOLE.test(text)) throw new SyntaxError('a text holds a NUL');
    return BigInt(text);
}

/** JSON of a value, with indented lines and a newline at its end; a `bigint` becomes a number. */
export function exactJson(value: unknown): string {
    const marked = JSON.stringify(
        value,
        (_, field: unknown) => (typeof field === 'bigint' ? `${MARK}${field}` : field),
        2,
    );
    return `${marked.replace(MARKED, '$1')}\n`;
}
