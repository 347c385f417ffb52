import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bech32 } from '@scure/base';
import type { Address } from '@solana/kit';
import {
    ClientError,
    type ClientErrorCode,
    decodeLocator,
    decryptDocument,
    encodeLocator,
    encryptDocument,
    type Locator,
    openLocator,
    RecordElement,
    RecordKey,
    sealLocator,
    toAgeRecipient,
} from '../src/index.js';
import { bytes, given, hex, inVectorForm, vectors } from './support/vectors.js';

const withCode = (code: ClientErrorCode) => (thrown: unknown) => thrown instanceof ClientError && thrown.code === code;

test('a record’s key follows from its element, its owner and its creator', () => {
    const file = vectors<{
        cases: {
            uniform: string;
            element: string;
            owner: Address;
            creator: Address;
            record_key: string;
            data_public_key: string;
            age_identity: string;
            age_recipient: string;
        }[];
    }>('records');
    for (const vector of file.cases) {
        const element = RecordElement.random(given(vector.uniform));
        assert.equal(hex(element.point().toBytes()), vector.element);
        const key = element.recordKey(vector.owner, vector.creator);
        assert.equal(hex(key.toBytes()), vector.record_key);
        assert.equal(hex(key.dataPublicKey()), vector.data_public_key);
        assert.equal(key.toAgeIdentity(), vector.age_identity);
        assert.equal(toAgeRecipient(key.dataPublicKey()), vector.age_recipient);
    }
    assert.ok(file.cases.length >= 3);
});

type LocatorFields = { url: string; sha256: string; size: string; media_type: string; kind: string };
const locators = vectors<{
    record_key: string;
    data_public_key: string;
    cases: { name: string; locator: LocatorFields; encoded: string; ephemeral_secret: string; sealed: string }[];
    too_long: { locator: LocatorFields; length: number };
    refused_encodings: { name: string; encoded: string; error: ClientErrorCode }[];
    refused_seals: { name: string; sealed: string; error: ClientErrorCode }[];
}>('locators');

function locatorOf({ url, sha256, size, media_type, kind }: LocatorFields): Locator {
    return { url, sha256: bytes(sha256), size: BigInt(size), mediaType: media_type, kind };
}

test('locators are padded and sealed to the same bytes, and open', async () => {
    const key = new RecordKey(bytes(locators.record_key));
    assert.equal(hex(key.dataPublicKey()), locators.data_public_key);
    for (const { name, locator, encoded, ephemeral_secret, sealed } of locators.cases) {
        assert.equal(hex(encodeLocator(locatorOf(locator))), encoded, name);
        assert.deepEqual(inVectorForm(decodeLocator(bytes(encoded))), locator, name);
        const made = await sealLocator(locatorOf(locator), key.dataPublicKey(), given(ephemeral_secret));
        assert.equal(hex(made), sealed, name);
        assert.deepEqual(inVectorForm(await openLocator(bytes(sealed), key)), locator, name);
    }
    assert.ok(locators.cases.length >= 6);
});

test('a locator that is too long is refused', () => {
    const { locator, length } = locators.too_long;
    assert.throws(
        () => encodeLocator(locatorOf(locator)),
        (thrown) => withCode('too_long')(thrown) && String(thrown).includes(` ${length} bytes`),
    );
});

test('what is no locator is refused', async () => {
    for (const { name, encoded, error } of locators.refused_encodings) {
        assert.throws(() => decodeLocator(bytes(encoded)), withCode(error), name);
    }
    const key = new RecordKey(bytes(locators.record_key));
    for (const { name, sealed, error } of locators.refused_seals) {
        await assert.rejects(openLocator(bytes(sealed), key), withCode(error), name);
    }
    assert.ok(locators.refused_encodings.length >= 11 && locators.refused_seals.length >= 8);
});

test('documents of other age tools open, and what is damaged or another’s does not', async () => {
    const file = vectors<{
        age_identity: string;
        plain: string;
        ciphertext: string;
        refused: { name: string; age_identity: string; ciphertext: string; error: ClientErrorCode }[];
    }>('documents');
    const keyOf = (identity: string) => new RecordKey(bech32.decodeToBytes(identity.toLowerCase()).bytes);
    const plain = await decryptDocument(Buffer.from(file.ciphertext, 'base64'), keyOf(file.age_identity));
    assert.equal(new TextDecoder().decode(plain), file.plain);
    for (const { name, age_identity, ciphertext, error } of file.refused) {
        const opened = decryptDocument(Buffer.from(ciphertext, 'base64'), keyOf(age_identity));
        await assert.rejects(opened, withCode(error), name);
    }
    assert.equal(file.refused.length, 4);
});

test('a document that is encrypted here opens here', async () => {
    const key = RecordElement.random().recordKey(
        '11111111111111111111111111111111' as Address,
        '11111111111111111111111111111111' as Address,
    );
    const plain = new TextEncoder().encode('a document');
    const ciphertext = await encryptDocument(plain, key.dataPublicKey());
    assert.deepEqual(await decryptDocument(ciphertext, key), plain);
});
