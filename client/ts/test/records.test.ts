import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bech32 } from '@scure/base';
import type { Address } from '@solana/kit';
import {
    ClientError,
    type ClientErrorCode,
    decodeLocator,
    decryptDocument,
    documentUrl,
    encodeLocator,
    encryptDocument,
    type Locator,
    MAX_HEADER_LENGTH,
    MAX_STANZAS,
    openLocator,
    PADDED_LENGTHS,
    RecordElement,
    RecordKey,
    sealLocator,
    toAgeRecipient,
} from '../src/index.js';
import { bytes, given, hex, inVectorForm, vectors } from './support/vectors.js';

const withCode = (code: ClientErrorCode) => (thrown: unknown) => thrown instanceof ClientError && thrown.code === code;

test('a record’s key depends on its element, its owner and its creator', () => {
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

type LocatorFields = {
    stores: string[];
    sha256: string;
    size: string;
    media_type: string;
    kind: string;
    profile: string;
    copy: string | null;
    signature: string | null;
};
const locators = vectors<{
    record_key: string;
    data_public_key: string;
    padded_lengths: number[];
    cases: {
        name: string;
        locator: LocatorFields;
        encoded: string;
        documents: string[];
        ephemeral_secret: string;
        sealed: string;
    }[];
    refused_locators: { name: string; locator: LocatorFields; error: ClientErrorCode }[];
    refused_encodings: { name: string; encoded: string; error: ClientErrorCode }[];
    refused_seals: { name: string; sealed: string; error: ClientErrorCode }[];
}>('locators');

function locatorOf({ stores, sha256, size, media_type, kind, profile, copy, signature }: LocatorFields): Locator {
    return {
        stores,
        sha256: bytes(sha256),
        size: BigInt(size),
        mediaType: media_type,
        kind,
        profile,
        copy: copy === null ? undefined : bytes(copy),
        signature: signature === null ? undefined : bytes(signature),
    };
}

test('locators are padded and sealed to the same bytes, and open', async () => {
    const key = new RecordKey(bytes(locators.record_key));
    assert.equal(hex(key.dataPublicKey()), locators.data_public_key);
    assert.deepEqual([...PADDED_LENGTHS], locators.padded_lengths);
    for (const { name, locator, encoded, documents, ephemeral_secret, sealed } of locators.cases) {
        assert.equal(hex(encodeLocator(locatorOf(locator))), encoded, name);
        const decoded = decodeLocator(bytes(encoded));
        assert.deepEqual(inVectorForm(decoded), locator, name);
        assert.deepEqual(
            decoded.stores.map((store) => documentUrl(store, decoded.sha256).href),
            documents,
        );
        const made = sealLocator(locatorOf(locator), key.dataPublicKey(), given(ephemeral_secret));
        assert.equal(hex(made), sealed, name);
        assert.deepEqual(inVectorForm(openLocator(bytes(sealed), key)), locator, name);
    }
    assert.ok(locators.cases.length >= 9);
});

test('invalid locators are neither written nor read', async () => {
    for (const { name, locator, error } of locators.refused_locators) {
        assert.throws(() => encodeLocator(locatorOf(locator)), withCode(error), name);
    }
    for (const { name, encoded, error } of locators.refused_encodings) {
        assert.throws(() => decodeLocator(bytes(encoded)), withCode(error), name);
    }
    const key = new RecordKey(bytes(locators.record_key));
    for (const { name, sealed, error } of locators.refused_seals) {
        assert.throws(() => openLocator(bytes(sealed), key), withCode(error), name);
    }
    assert.ok(locators.refused_locators.length >= 6 && locators.refused_encodings.length >= 19);
    assert.ok(locators.refused_seals.length >= 9);
});

test('a field of the wrong length is not written', () => {
    const [{ locator } = { locator: undefined }] = locators.cases;
    assert.ok(locator);
    const good = locatorOf(locator);
    const short = new Uint8Array(31).fill(1);
    for (const wrong of [{ sha256: short }, { copy: short }, { signature: short }, { stores: ['https://a/'] }]) {
        assert.throws(() => encodeLocator({ ...good, ...wrong }), withCode('malformed'));
    }
});

test('documents of other age tools open; damaged and foreign ones do not', async () => {
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

test('a document that this library encrypts opens with this library', async () => {
    const key = RecordElement.random().recordKey(
        '11111111111111111111111111111111' as Address,
        '11111111111111111111111111111111' as Address,
    );
    const plain = new TextEncoder().encode('a document');
    const ciphertext = await encryptDocument(plain, key.dataPublicKey());
    assert.deepEqual(await decryptDocument(ciphertext, key), plain);
});

test('a long header is refused before it is parsed', async () => {
    const key = new RecordKey(new Uint8Array(32).fill(7));
    const document = await encryptDocument(new TextEncoder().encode('a document'), key.dataPublicKey());
    const text = Buffer.from(document).toString('latin1');
    // Behind the version and before what is there: the header's authentication code is wrong then.
    const withStanzas = (stanza: string, count: number) =>
        Uint8Array.from(Buffer.from(text.replace('\n', `\n${stanza.repeat(count)}`), 'latin1'));
    const stanza = '-> another\n\n';
    const body = `${'A'.repeat(64)}\n`;
    const long = `-> another\n${body.repeat(MAX_HEADER_LENGTH / body.length)}\n`;

    const opened = (bytes: Uint8Array) => decryptDocument(bytes, key);
    await assert.rejects(opened(withStanzas(stanza, MAX_STANZAS - 1)), withCode('damaged'));
    await assert.rejects(opened(withStanzas(stanza, MAX_STANZAS)), withCode('too_long'));
    await assert.rejects(opened(withStanzas(long, 1)), withCode('too_long'));
    await assert.rejects(opened(withStanzas('-> another\n', 1)), withCode('damaged'));
    // As many bytes as are looked at, and no end of a header in them.
    const endless = Buffer.from(`age-encryption.org/v1\n${stanza.repeat(MAX_HEADER_LENGTH)}`, 'latin1');
    await assert.rejects(opened(Uint8Array.from(endless)), withCode('too_long'));
    await assert.rejects(opened(Uint8Array.from(endless.subarray(0, MAX_HEADER_LENGTH))), withCode('damaged'));
    await assert.rejects(opened(new Uint8Array()), withCode('damaged'));
});
