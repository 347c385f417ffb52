// A transaction that the ledger refused.

import type { Signature } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { type GenerionError, getGenerionErrorMessage } from '../generated/index.js';

/** The ledger refused a transaction. It changed nothing; if it was sent, its fee was paid. */
export class RefusedTransaction extends ClientError {
    constructor(
        /** The signature; `undefined` if the transaction was not sent. */
        readonly signature: Signature | undefined,
        /** The number of the program's error, one of `GENERION_ERROR__…`; `undefined` for errors of other programs. */
        readonly programError: GenerionError | undefined,
        /** The ledger's own word for the error. */
        readonly reason: unknown,
        /** The log, as far as a node showed it. */
        readonly logs: readonly string[],
    ) {
        const said =
            programError === undefined ? JSON.stringify(reason, inText) : getGenerionErrorMessage(programError);
        super('refused', `the ledger refused the transaction: ${said}`);
    }
}

const inText = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

const [FIRST_ERROR, LAST_ERROR] = [6000, 6999];

/**
 * The program's error in a transaction error, such as `{ InstructionError: [0, { Custom: 6000 }] }`. `failed` is the
 * program of that instruction, if known: other programs have numbers of their own.
 */
export function programErrorOf(error: unknown, isOurs: (instruction: number) => boolean): GenerionError | undefined {
    if (typeof error !== 'object' || error === null || !('InstructionError' in error)) return undefined;
    const [index, reason] = error.InstructionError as [number | bigint, unknown];
    if (typeof reason !== 'object' || reason === null || !('Custom' in reason)) return undefined;
    const number = Number(reason.Custom);
    if (!isOurs(Number(index)) || number < FIRST_ERROR || number > LAST_ERROR) return undefined;
    return number as GenerionError;
}
