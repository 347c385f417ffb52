// Comlink passes on an error's name and message alone. What a screen needs is its code and its details, so these pass as
// plain objects.

import { ClientError, type ClientErrorCode, GatewayError, RefusedTransaction } from '@generion/client';
import { type TransferHandler, transferHandlers } from 'comlink';
import { AccountError, type AccountErrorCode } from '../account/account-error.js';
import { Locked } from '../base/locked.js';
import { FeeTrouble, type FeeTroubleCode } from './fee-trouble.js';
import { LinkTrouble, type LinkTroubleCode } from './link-trouble.js';
import { storeAnswersOf } from './store-answers.js';

type Thrown = { value: unknown };
/** An error as it passes between worker and page. */
export type PlainError =
    | { kind: 'account'; code: AccountErrorCode; details: AccountError['details'] }
    | { kind: 'locked' }
    | { kind: 'link'; code: LinkTroubleCode; details: LinkTrouble['details'] }
    | { kind: 'fees'; code: FeeTroubleCode }
    | { kind: 'client'; code: ClientErrorCode; message: string }
    | { kind: 'store'; message: string; code: string | undefined; isAway: boolean }
    | { kind: 'refused'; message: string }
    | { kind: 'gateway'; url: string; status: number; code: string | undefined; message: string }
    | { kind: 'other'; name: string; message: string };

/** An error, so that it can pass. */
export function plainError(error: unknown): PlainError {
    if (error instanceof AccountError) return { kind: 'account', code: error.code, details: error.details };
    if (error instanceof Locked) return { kind: 'locked' };
    if (error instanceof LinkTrouble) return { kind: 'link', code: error.code, details: error.details };
    if (error instanceof FeeTrouble) return { kind: 'fees', code: error.code };
    if (error instanceof ClientError) return { kind: 'client', code: error.code, message: error.message };
    const answers = storeAnswersOf(error);
    if (answers && error instanceof Error) return { kind: 'store', message: error.message, ...answers };
    if (error instanceof GatewayError) {
        const { code, message, status, url } = error;
        return { kind: 'gateway', url, status, code, message };
    }
    if (error instanceof RefusedTransaction) return { kind: 'refused', message: error.message };
    if (error instanceof Error) return { kind: 'other', name: error.name, message: error.message };
    return { kind: 'other', name: 'Error', message: String(error) };
}

/** The error that has passed. */
export function revivedError(error: PlainError): Error {
    if (error.kind === 'account') return new AccountError(error.code, error.details);
    if (error.kind === 'locked') return new Locked();
    if (error.kind === 'link') return new LinkTrouble(error.code, error.details);
    if (error.kind === 'fees') return new FeeTrouble(error.code);
    if (error.kind === 'client') return new ClientError(error.code, error.message);
    if (error.kind === 'gateway') return new GatewayError(error.url, error.status, error.code, error.message);
    if (error.kind === 'store') return new StoreUnavailable(error.message, error.code, error.isAway);
    if (error.kind === 'refused') return new Refused(error.message);
    return Object.assign(new Error(error.message), { name: error.name });
}

/** No store gave the document, or a store refused. */
export class StoreUnavailable extends Error {
    override readonly name = 'StoreUnavailable';

    constructor(
        message: string,
        /** The store's code, where one refused. */
        readonly code?: string,
        /** Whether the store did not answer at all. */
        readonly isAway = false,
    ) {
        super(message);
    }
}

/** The ledger refused a transaction. */
export class Refused extends Error {
    override readonly name = 'Refused';
}

/** Makes errors of the worker arrive on the page as they were thrown. Both sides call it once. */
export function transferErrors(): void {
    const standard = transferHandlers.get('throw');
    if (!standard) return;
    const handler: TransferHandler<Thrown, PlainError> = {
        canHandle: (value): value is Thrown => standard.canHandle(value),
        serialize: ({ value }) => [plainError(value), []],
        deserialize: (error) => {
            throw revivedError(error);
        },
    };
    transferHandlers.set('throw', handler);
}
