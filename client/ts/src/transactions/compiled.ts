// Compiled transactions, instruction by instruction: to compare one that came back from somebody else with what was asked
// for.

import {
    type Address,
    type CompiledTransactionMessage,
    type CompiledTransactionMessageWithLifetime,
    getCompiledTransactionMessageDecoder,
    type ReadonlyUint8Array,
} from '@solana/kit';
import { isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';

/** An instruction of a compiled message, with addresses. */
export type ResolvedInstruction = {
    program: Address;
    /** Each with its address, and whether it signs and is writable. */
    accounts: string[];
    data: ReadonlyUint8Array;
};

/** A compiled message whose addresses are all in it. */
export type PlainMessage = CompiledTransactionMessage &
    CompiledTransactionMessageWithLifetime & { version: 'legacy' | 0 };

/**
 * Decodes the bytes that signers sign.
 *
 * @throws {ClientError} `malformed`: they are no message; `not_asked_for`: the message has another version than ours, or
 * takes addresses from a lookup table.
 */
export function decodeMessage(messageBytes: ReadonlyUint8Array): PlainMessage {
    let message: CompiledTransactionMessage;
    try {
        message = getCompiledTransactionMessageDecoder().decode(messageBytes);
    } catch (cause) {
        throw new ClientError('malformed', `the transaction can't be read: ${cause}`);
    }
    if (message.version !== 'legacy' && message.version !== 0) throw notAskedFor(`its version is ${message.version}`);
    if (message.version === 0 && (message.addressTableLookups ?? []).length > 0) {
        throw notAskedFor('it takes addresses from a lookup table');
    }
    return message as PlainMessage;
}

/**
 * The instructions of a message, with addresses.
 *
 * @throws {ClientError} `malformed`: an instruction names an account that is not there.
 */
export function resolveInstructions(message: PlainMessage): ResolvedInstruction[] {
    const { header, instructions, staticAccounts } = message;
    const account = (index: number) => {
        const address = staticAccounts[index];
        if (address === undefined) throw new ClientError('malformed', `the transaction has no account ${index}`);
        return address;
    };
    const isSigner = (index: number) => index < header.numSignerAccounts;
    const isWritable = (index: number) =>
        isSigner(index)
            ? index < header.numSignerAccounts - header.numReadonlySignerAccounts
            : index < staticAccounts.length - header.numReadonlyNonSignerAccounts;
    return instructions.map(({ accountIndices = [], data = new Uint8Array(), programAddressIndex }) => ({
        program: account(programAddressIndex),
        accounts: accountIndices.map((index) => `${account(index)} ${isSigner(index)} ${isWritable(index)}`),
        data,
    }));
}

/** Whether two instructions do the same with the same accounts. */
export function isSameInstruction(one: ResolvedInstruction, other: ResolvedInstruction | undefined): boolean {
    return (
        other !== undefined &&
        one.program === other.program &&
        one.accounts.length === other.accounts.length &&
        one.accounts.every((account, index) => account === other.accounts[index]) &&
        isSame(one.data, other.data)
    );
}

/** A transaction that is another one than was asked for. */
export const notAskedFor = (why: string): ClientError =>
    new ClientError('not_asked_for', `the transaction is not what was asked for: ${why}`);
