// Envelopes: what wallets wrap around a line before they sign it (docs/PROTOCOL.md, section 2).

import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Address, address, getShortU16Encoder, getU16Encoder } from '@solana/kit';
import { addressBytes, copy } from '../base/bytes.js';

/**
 * How a signer wrapped a line:
 *
 * - `plain`: no envelope;
 * - `version_1`: an off-chain message of version 1; `version_1_with_length`: as Ledger's app first wrote it;
 * - `version_0`: one of version 0, with the program as its application; `version_0_without_domain`: without
 *   application;
 * - `legacy`: one of the format before version 0 had applications and signers;
 * - `memo`: a memo in a transaction that can't land, from a wallet that signs only transactions.
 */
export type Envelope = (typeof ENVELOPES)[number];

/** All envelopes, in the order in which a verifier tries them. */
export const ENVELOPES = [
    'plain',
    'version_1',
    'version_1_with_length',
    'version_0',
    'version_0_without_domain',
    'legacy',
    'memo',
] as const;

/** The prefix of every off-chain message. No transaction begins with it. */
const PREFIX = Uint8Array.of(0xff, ...utf8ToBytes('solana offchain'));
const MEMO_PROGRAM = address('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
/** Printable ASCII. All lines consist of it. */
const RESTRICTED_ASCII = 0;

/** The bytes that a wallet signs for a line. */
export function wrapLine(envelope: Envelope, line: string, wallet: Address, program: Address): Uint8Array<ArrayBuffer> {
    const text = utf8ToBytes(line);
    const signer = addressBytes(wallet);
    const length = copy(getU16Encoder().encode(text.length));
    const message = (...parts: (Uint8Array | number)[]) =>
        concatBytes(PREFIX, ...parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part)));
    switch (envelope) {
        case 'plain':
            return text;
        case 'version_1':
            return message(1, 1, signer, text);
        case 'version_1_with_length':
            return message(1, 1, signer, length, text);
        case 'version_0':
            return message(0, addressBytes(program), RESTRICTED_ASCII, 1, signer, length, text);
        case 'version_0_without_domain':
            return message(0, new Uint8Array(32), RESTRICTED_ASCII, 1, signer, length, text);
        case 'legacy':
            return message(0, RESTRICTED_ASCII, length, text);
        case 'memo':
            return memo(text, signer);
    }
}

/**
 * A legacy transaction message: `signer` signs and pays, the block hash is zeros, and the only instruction is a memo
 * without accounts.
 */
function memo(text: Uint8Array, signer: Uint8Array): Uint8Array<ArrayBuffer> {
    const [signers, readonlySigners, readonlyOthers, accounts] = [1, 0, 1, 2];
    const [instructions, programIndex, accountIndices] = [1, 1, 0];
    return concatBytes(
        Uint8Array.of(signers, readonlySigners, readonlyOthers, accounts),
        signer,
        addressBytes(MEMO_PROGRAM),
        new Uint8Array(32),
        Uint8Array.of(instructions, programIndex, accountIndices),
        copy(getShortU16Encoder().encode(text.length)),
        text,
    );
}
