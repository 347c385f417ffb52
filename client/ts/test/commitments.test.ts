import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, getAddressEncoder, getProgramDerivedAddress } from '@solana/kit';
import {
    ClientError,
    findRecordPda,
    GENERION_PROGRAM_ADDRESS,
    orderTerms,
    padLabel,
    type RecordContents,
    recordContents,
    type Terms,
} from '../src/index.js';
import { hex } from './support/vectors.js';

const [CLOCK, RENT] = [
    address('SysvarC1ock11111111111111111111111111111111'),
    address('SysvarRent111111111111111111111111111111111'),
];
const filled = (byte: number, length = 32) => new Uint8Array(length).fill(byte);
const RECORD: RecordContents = {
    owner: CLOCK,
    creator: CLOCK,
    ownerKey: filled(1),
    dataPublicKey: filled(2),
    capsule: { ephemeral: filled(3), masked: filled(4) },
    factsRoot: filled(5),
    locator: filled(6, 304),
};
const TERMS: Terms = {
    seller: CLOCK,
    price: 1n,
    deliveryWindow: 600,
    label: padLabel('label'),
    onlyBuyer: CLOCK,
    records: [CLOCK, RENT],
};

test('a record’s address depends on everything that its creator decides', async () => {
    const changes: Partial<RecordContents>[] = [
        {},
        { owner: RENT },
        { creator: RENT },
        { ownerKey: filled(9) },
        { dataPublicKey: filled(9) },
        { capsule: { ephemeral: filled(9), masked: filled(4) } },
        { capsule: { ephemeral: filled(3), masked: filled(9) } },
        { factsRoot: filled(9) },
        { locator: filled(6, 303) },
    ];
    const hashes = changes.map((change) => hex(recordContents({ ...RECORD, ...change })));
    assert.equal(new Set(hashes).size, hashes.length);

    const contents = recordContents(RECORD);
    const seeds = ['record', getAddressEncoder().encode(CLOCK), contents];
    const derived = await getProgramDerivedAddress({ programAddress: GENERION_PROGRAM_ADDRESS, seeds });
    assert.deepEqual(await findRecordPda({ owner: CLOCK, contents }), derived);
});

test('the terms depend on everything that a buyer agrees to', () => {
    const changes: Partial<Terms>[] = [
        {},
        { seller: RENT },
        { price: 2n },
        { deliveryWindow: 601 },
        { label: padLabel('other') },
        { onlyBuyer: RENT },
        { records: [CLOCK] },
        { records: [RENT, CLOCK] },
    ];
    const hashes = changes.map((change) => hex(orderTerms(CLOCK, { ...TERMS, ...change })));
    assert.equal(new Set([...hashes, hex(orderTerms(RENT, TERMS))]).size, changes.length + 1);
});

test('a label is padded, and refused if it is too long', () => {
    assert.equal(hex(padLabel('ä')), `c3a4${'00'.repeat(62)}`);
    assert.equal(padLabel('a'.repeat(64)).length, 64);
    const refused = (make: () => unknown, code: string) =>
        assert.throws(make, (thrown) => thrown instanceof ClientError && thrown.code === code);
    refused(() => padLabel('ä'.repeat(33)), 'too_long');
    refused(() => padLabel('a\0b'), 'malformed');
    refused(() => orderTerms(CLOCK, { ...TERMS, label: filled(1, 5) }), 'malformed');
});
