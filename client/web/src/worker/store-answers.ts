// Answers of stores that did not give a document.

import { StoreError } from '@generion/client';

/** Answers of stores. `code`: that of a refusal, if one refused; `isAway`: not one of them answered at all. */
export type StoreAnswers = { code: string | undefined; isAway: boolean };

const GONE: readonly (string | undefined)[] = ['erased', 'not_found'];

/** The answers of stores in an error; `undefined`: the error is not one of stores. */
export function storeAnswersOf(error: unknown): StoreAnswers | undefined {
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    const said = errors.filter((one) => one instanceof StoreError);
    if (said.length === 0) return error instanceof AggregateError ? { code: undefined, isAway: false } : undefined;
    const isAway = said.length === errors.length && said.every(({ status }) => status === 0);
    const codes = said.map(({ code }) => code);
    // Gone is what each of them says to be gone: another store could still have it.
    const isGone = said.length === errors.length && codes.every((code) => GONE.includes(code));
    if (isGone) return { code: codes.includes('erased') ? 'erased' : 'not_found', isAway };
    return { code: codes.find((code) => code !== undefined && !GONE.includes(code)), isAway };
}

/** Whether each store of a document says that it does not have it any more. */
export const isDocumentGone = (error: unknown): boolean => GONE.includes(storeAnswersOf(error)?.code ?? '');
