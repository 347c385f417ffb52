// A fact (docs/PROTOCOL.md, section 3): a line `name=value`.

/** Bytes of the longest fact. */
export const MAX_FACT_LENGTH = 128;

/** `name=value`: lower-case letters, digits and hyphens before the first `=`, printable ASCII after it. */
const FACT = /^[a-z0-9-]+=[ -~]+$/;

/** Whether a text is a fact. */
export function isFact(text: string): boolean {
    return FACT.test(text) && text.length <= MAX_FACT_LENGTH;
}

/**
 * The fact that `name` has `value`; `undefined` if the text is no valid fact. Such a fact is left out, never shortened.
 */
export function factOf(name: string, value: string): string | undefined {
    const fact = `${name}=${value}`;
    return !name.includes('=') && isFact(fact) ? fact : undefined;
}
