// Values that can't be meant: they are refused, and never padded, cut, rounded or dropped.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '@solana/kit';
import {
    deploymentOn,
    documentUrl,
    encryptionKeyLine,
    findRecordPda,
    GENESIS,
    getCapsuleEncoder,
    getCreateRecordInstructionDataEncoder,
    keyAttestationLine,
    type PublicKey,
    RecordElement,
    RecordKey,
    recordLine,
    SecretKey,
    sealCapsule,
    sealLocator,
    toAgeRecipient,
    toJson,
} from '../src/index.js';

const deployment = deploymentOn(GENESIS.localnet);
const wallet = '11111111111111111111111111111111' as Address;
const secret = SecretKey.fromScalar('encryption', 7n) as SecretKey<'encryption'>;
const element = RecordElement.random();
const key = element.recordKey(wallet, wallet);

test('bytes of another length are refused wherever a length is fixed', async () => {
    const zeros = new Uint8Array(32);
    for (const wrong of [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(31), new Uint8Array(33)]) {
        assert.throws(() => documentUrl('https://store.example', wrong), RangeError);
        assert.throws(() => keyAttestationLine(deployment, { wallet, index: 0, key: wrong }), RangeError);
        const record = { creator: wallet, owner: wallet, dataPublicKey: zeros, document: zeros, factsRoot: zeros };
        for (const field of ['dataPublicKey', 'document', 'factsRoot']) {
            assert.throws(() => recordLine(deployment, { ...record, [field]: wrong }), RangeError, field);
        }
        assert.throws(() => toAgeRecipient(wrong), RangeError);
        assert.throws(() => new RecordKey(wrong), RangeError);
        await assert.rejects(findRecordPda({ owner: wallet, contents: wrong }), RangeError);
        assert.throws(() => sealLocator({} as never, wrong), RangeError);
        const args = {
            dataPublicKey: wrong,
            capsule: { ephemeral: zeros, masked: zeros },
            proof: { challenge: new Uint8Array(16), response: zeros },
            factsRoot: zeros,
            locator: zeros,
        };
        assert.throws(() => getCreateRecordInstructionDataEncoder().encode(args), RangeError);
        assert.throws(() => getCapsuleEncoder().encode({ ephemeral: zeros, masked: wrong }), RangeError);
    }
});

test('an index that is no whole number of 32 bits derives no key', () => {
    for (const index of [-1, -1.5, 0.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY]) {
        assert.throws(() => encryptionKeyLine(deployment, index), RangeError, `${index}`);
        const key = new Uint8Array(32);
        assert.throws(() => keyAttestationLine(deployment, { wallet, index, key }), RangeError, `${index}`);
    }
    assert.match(encryptionKeyLine(deployment, 2 ** 32 - 1), / index=4294967295$/);
});

test('a secret can’t be cloned, which would lose it without a word', () => {
    const { randomness } = sealCapsule(element, secret.publicKey);
    for (const value of [secret, element, key, randomness]) {
        assert.throws(() => structuredClone(value), { name: 'DataCloneError' });
        assert.throws(() => structuredClone({ nested: [value] }), { name: 'DataCloneError' });
    }
});

test('JSON has numbers as decimal text and bytes as hexadecimal text', () => {
    const value = { price: 2n ** 63n, at: -1n, key: Uint8Array.of(0, 255), list: [1n], nothing: undefined, none: null };
    assert.equal(toJson(value), '{"price":"9223372036854775808","at":"-1","key":"00ff","list":["1"],"none":null}');
    const publicKey = secret.publicKey as PublicKey<'encryption'>;
    assert.equal(toJson({ publicKey }), `{"publicKey":"${Buffer.from(publicKey.toBytes()).toString('hex')}"}`);
    assert.ok(!toJson({ secret, key, element }).includes(Buffer.from(key.toBytes()).toString('hex')));
});
