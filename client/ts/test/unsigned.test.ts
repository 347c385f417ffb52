// Unsigned transactions from somebody else, honest and not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    type Address,
    address,
    appendTransactionMessageInstructions,
    type Blockhash,
    compileTransaction,
    createNoopSigner,
    createTransactionMessage,
    getTransactionEncoder,
    type Instruction,
    pipe,
    setTransactionMessageFeePayer,
    setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import { ClientError, getPurchaseInstructionAsync, readUnsignedTransaction } from '../src/index.js';

const BUYER = address('4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM');
const OTHER = address('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR');
const ORDER = address('CktRuQ2mttgRGkXJtyksdKHjUdc2C4TgDzyB98oEzy8');
const BUDGET = address('ComputeBudget111111111111111111111111111111');
const SYSTEM = address('11111111111111111111111111111111');
const LIFETIME = { blockhash: 'GgBaCs3NCBuZN12kCJgAW63ydqohFkHEdfdEXBPzLHq' as Blockhash, lastValidBlockHeight: 150n };

const purchase = (order: Address, terms: number) =>
    getPurchaseInstructionAsync({
        buyer: createNoopSigner(BUYER),
        order,
        buyerKey: new Uint8Array(32).fill(7),
        terms: new Uint8Array(32).fill(terms),
    });

const limit: Instruction = { programAddress: BUDGET, data: new Uint8Array([2, 0x40, 0x0d, 0x03, 0]) };
const price = (microLamports: number): Instruction => {
    const data = new Uint8Array(9);
    data[0] = 3;
    new DataView(data.buffer).setBigUint64(1, BigInt(microLamports), true);
    return { programAddress: BUDGET, data };
};

/** A transaction on the wire. */
function wire(instructions: Instruction[], feePayer: Address = BUYER, version: 'legacy' | 0 = 'legacy') {
    const transaction = pipe(
        createTransactionMessage({ version }),
        (empty) => setTransactionMessageFeePayer(feePayer, empty),
        (paid) => setTransactionMessageLifetimeUsingBlockhash(LIFETIME, paid),
        (timed) => appendTransactionMessageInstructions(instructions, timed),
        (whole) => compileTransaction(whole),
    );
    return getTransactionEncoder().encode(transaction);
}

test('a transaction that does what was asked for is read, with and without a compute budget', async () => {
    const asked = await purchase(ORDER, 1);
    for (const version of ['legacy', 0] as const) {
        for (const budget of [[], [limit], [limit, price(5_000)]]) {
            const bytes = wire([...budget, asked], BUYER, version);
            const read = readUnsignedTransaction(bytes, 150n, { feePayer: BUYER, instructions: [asked] });
            assert.deepEqual(Object.keys(read.signatures), [BUYER]);
            assert.deepEqual(read.lifetimeConstraint, LIFETIME);
        }
    }
});

test('a transaction that does anything else is refused before a wallet sees it', async () => {
    const asked = await purchase(ORDER, 1);
    const transfer: Instruction = {
        programAddress: SYSTEM,
        accounts: [
            { address: BUYER, role: 3 },
            { address: OTHER, role: 1 },
        ],
        data: new Uint8Array([2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    };
    const [first, ...rest] = asked.accounts;
    const cases: [string, Uint8Array | ReturnType<typeof wire>][] = [
        ['other terms: another price', wire([await purchase(ORDER, 2)])],
        ['another order', wire([await purchase(OTHER, 1)])],
        ['a transfer behind it', wire([asked, transfer])],
        ['a transfer in its place', wire([transfer])],
        ['nothing', wire([limit])],
        ['twice', wire([asked, asked])],
        ['another fee payer', wire([asked], OTHER)],
        ['data with a byte more', wire([{ ...asked, data: new Uint8Array([...(asked.data ?? []), 0]) }])],
        ['another program', wire([{ ...asked, programAddress: OTHER }])],
        ['another order of accounts', wire([{ ...asked, accounts: [...rest, first] } as Instruction])],
        ['a high priority fee', wire([limit, price(1_000_000_000), asked])],
        ['a high price without a limit', wire([price(1_000_000), asked])],
        ['a second limit', wire([limit, limit, asked])],
        ['a heap', wire([{ programAddress: BUDGET, data: new Uint8Array([1, 0, 0, 4, 0]) }, asked])],
    ];
    for (const [name, bytes] of cases) {
        assert.throws(
            () => readUnsignedTransaction(bytes, 150n, { feePayer: BUYER, instructions: [asked] }),
            (error) => error instanceof ClientError && error.code === 'not_asked_for',
            name,
        );
    }
});

test('a signature that is there already is refused, and so is what is no transaction', async () => {
    const asked = await purchase(ORDER, 1);
    const signed = Uint8Array.from(wire([asked]));
    signed[1] = 1;
    const ask = { feePayer: BUYER, instructions: [asked] };
    for (const [bytes, code] of [
        [signed, 'not_asked_for'],
        [new Uint8Array(), 'malformed'],
        [signed.subarray(0, 80), 'malformed'],
    ] as const) {
        assert.throws(
            () => readUnsignedTransaction(bytes, 150n, ask),
            (error) => error instanceof ClientError && error.code === code,
        );
    }
});
