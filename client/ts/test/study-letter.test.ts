// Letters of applicants: their lengths, their encryption, and every other encoding refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, getAddressDecoder } from '@solana/kit';
import {
    decodeLetter,
    encodeLetter,
    LETTER_LENGTHS,
    LETTER_OVERHEAD,
    type Letter,
    MAX_LETTER_LEN,
    openLetter,
    SecretKey,
    sealLetter,
} from '../src/index.js';
import { assertCode } from './support/refusals.js';

const filled = (byte: number, length = 32) => new Uint8Array(length).fill(byte);
const addressOf = (byte: number): Address => getAddressDecoder().decode(filled(byte));
const secretOf = <Use extends 'study' | 'encryption'>(use: Use, byte: number): SecretKey<Use> => {
    const secret = SecretKey.fromScalar(use, BigInt(byte));
    assert.ok(secret);
    return secret;
};

const [study, applicant] = [secretOf('study', 11), secretOf('encryption', 12)];
const parties = { application: addressOf(1), order: addressOf(2) };
const letterOf = (disclosures: number, message = 'Grüße'): Letter => ({
    documents: [
        {
            stores: ['https://store.example.org'],
            sha256: filled(3),
            ciphertextDisclosure: filled(4, 192),
            disclosures: Array.from({ length: disclosures }, (_, requirement) => ({
                requirement,
                disclosure: filled(5 + requirement, 192),
            })),
        },
    ],
    message,
});
const fails = (work: () => unknown, name?: string) => assertCode((async () => work())(), 'letter', name);

test('a letter is padded to one of three lengths, and read back', async () => {
    for (const [disclosures, message, length] of [
        [0, '', 256],
        [0, 'Grüße', 560],
        [1, 'Grüße', 560],
        [2, 'Grüße', 688],
    ] as const) {
        const padded = encodeLetter(letterOf(disclosures, message));
        assert.equal(padded.length, length);
        assert.deepEqual(decodeLetter(padded), letterOf(disclosures, message));
    }
    assert.equal(LETTER_LENGTHS[2] + LETTER_OVERHEAD, MAX_LETTER_LEN);
    await fails(() => encodeLetter(letterOf(3)), 'three disclosures');
    await fails(() => encodeLetter(letterOf(0, 'ü'.repeat(128))), 'a long message');
    const [document] = letterOf(0).documents;
    assert.ok(document);
    for (const wrong of [
        { ...document, stores: [] },
        { ...document, stores: ['http://store.example.org/'] },
        { ...document, stores: ['https://a.example', 'https://a.example'] },
        { ...document, sha256: filled(1, 31) },
        { ...document, ciphertextDisclosure: filled(1, 191) },
    ]) {
        await fails(() => encodeLetter({ documents: [wrong], message: '' }));
    }
});

test('any other encoding of a letter is refused', async () => {
    const padded = encodeLetter(letterOf(1));
    const changed = (at: number, byte: number) => {
        const bytes = padded.slice();
        bytes[at] = byte;
        return bytes;
    };
    await fails(() => decodeLetter(new Uint8Array()), 'nothing');
    await fails(() => decodeLetter(changed(0, 2)), 'a version');
    await fails(() => decodeLetter(changed(1, 0)), 'a document less');
    await fails(() => decodeLetter(changed(1, 255)), 'many documents');
    await fails(() => decodeLetter(changed(2, 0)), 'no store');
    await fails(() => decodeLetter(changed(4, 0xff)), 'a store that is no text');
    await fails(() => decodeLetter(changed(4, 0x48)), 'a store in capitals');
    await fails(() => decodeLetter(changed(559, 1)), 'padding');
    await fails(() => decodeLetter(padded.slice(0, 559)), 'short padding');
    const longer = new Uint8Array(688);
    longer.set(padded);
    await fails(() => decodeLetter(longer), 'long padding');
});

test('a sealed letter opens with the study’s secret, for its application and order alone', async () => {
    const padded = encodeLetter(letterOf(1));
    const sealed = sealLetter(padded, study.publicKey, parties, applicant);
    assert.equal(sealed.length, 608);
    assert.deepEqual(openLetter(sealed, study, parties), padded);
    await fails(() => openLetter(sealed, secretOf('study', 13), parties), 'another study');
    await fails(() => openLetter(sealed, study, { ...parties, order: addressOf(3) }), 'another order');
    await fails(() => openLetter(sealed, study, { ...parties, application: addressOf(3) }), 'another application');
    for (const at of [0, 32, 607]) {
        const damaged = sealed.slice();
        damaged[at] = (damaged[at] ?? 0) ^ 1;
        await fails(() => openLetter(damaged, study, parties), `byte ${at}`);
    }
    const identity = sealed.slice();
    identity.fill(0, 0, 32);
    await fails(() => openLetter(identity, study, parties), 'the identity as ephemeral key');
    await fails(() => openLetter(sealed.slice(0, 600), study, parties), 'another length');
});

test('a repeating random generator gives different letters different keys', () => {
    const stuck = (length: number) => new Uint8Array(length);
    const one = sealLetter(encodeLetter(letterOf(1)), study.publicKey, parties, applicant, stuck);
    const again = sealLetter(encodeLetter(letterOf(1)), study.publicKey, parties, applicant, stuck);
    const other = sealLetter(encodeLetter(letterOf(1, 'other')), study.publicKey, parties, applicant, stuck);
    assert.deepEqual(again, one);
    assert.notDeepEqual(other.slice(0, 32), one.slice(0, 32));
});
