import { AccountError } from '../account/account-error.js';
import type { Texts } from '../texts/en.js';

/** The sentence for an error. One that the app did not expect gets a sentence that names no cause. */
export function sentenceFor(error: unknown, texts: Texts): string {
    if (!(error instanceof AccountError)) return texts.app.unexpected;
    const { code, details } = error;
    if (code === 'word_count') return texts.errors.word_count(details.count ?? 0);
    if (code === 'unknown_word') return texts.errors.unknown_word(details.position ?? 0);
    return texts.errors[code];
}
