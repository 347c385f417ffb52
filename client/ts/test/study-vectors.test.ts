// The known answers of `programs/generion/vectors/studies.json`, reproduced by code that shares nothing with its maker's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Address } from '@solana/kit';
import {
    decodeLetter,
    deploymentOn,
    deriveStudySecret,
    encodeLetter,
    type LetterDocument,
    openLetter,
    PublicKey,
    readDescription,
    SecretKey,
    sealLetter,
    studyKeyLine,
    verifyDescription,
} from '../src/index.js';
import { assertCode } from './support/refusals.js';
import { bytes, given, hex, vectors } from './support/vectors.js';

type Named = { name: string; error: string };
type Key = Record<'line' | 'public_key' | 'secret' | 'signature' | 'wallet_seed', string> & {
    genesis: string;
    program_id: Address;
    study: Address;
    wallet: Address;
};
type Description = Record<'description' | 'file' | 'genesis' | 'hash' | 'json_sha256', string> & {
    program_id: Address;
    sponsor: Address;
};
type Sealed = Record<'letter' | 'participant_secret' | 'plain' | 'random' | 'study_key' | 'study_secret', string> & {
    application: Address;
    order: Address;
};
type Text = {
    name: string;
    plain: string;
    words: string;
    documents: {
        ciphertext: string;
        sha256: string;
        stores: string[];
        shown: { requirement: number; disclosure: string }[];
    }[];
};

const studies = vectors<{
    keys: Key[];
    descriptions: Description[];
    refused_descriptions: (Named & { file: string })[];
    letters: Sealed[];
    refused_letters: (Named & Pick<Sealed, 'application' | 'letter' | 'order' | 'study_secret'>)[];
    texts: Text[];
    refused_texts: (Named & { plain: string })[];
}>('studies');

const secretOf = <Use extends 'study' | 'encryption'>(use: Use, text: string): SecretKey<Use> => {
    const secret = SecretKey.fromBytes(use, bytes(text));
    assert.ok(secret);
    return secret;
};

test('the key of a study follows from its sponsor’s wallet', async () => {
    for (const {
        genesis,
        line,
        program_id,
        public_key,
        secret,
        signature,
        study,
        wallet,
        wallet_seed,
    } of studies.keys) {
        const deployment = deploymentOn(genesis, program_id);
        assert.equal(studyKeyLine(deployment, study), line);
        const sign = (message: Uint8Array) => ed25519.sign(message, bytes(wallet_seed));
        assert.equal(hex(sign(utf8ToBytes(line))), signature);
        const derived = await deriveStudySecret(deployment, wallet, study, sign);
        assert.equal(hex(derived.toBytes()), secret);
        assert.equal(hex(derived.publicKey.toBytes()), public_key);
    }
    assert.ok(studies.keys.length > 0);
});

test('descriptions are read, hashed, and their signatures verified', () => {
    for (const { description, file, genesis, hash, json_sha256, program_id, sponsor } of studies.descriptions) {
        const read = readDescription(utf8ToBytes(file));
        assert.equal(hex(read.hash), hash);
        assert.equal(hex(read.jsonHash), json_sha256);
        verifyDescription(deploymentOn(genesis, program_id), sponsor, read);
        const { deliveryWindow, studyKey, ...same } = read.description;
        const shown = { ...same, delivery_window: deliveryWindow, study_key: hex(studyKey) };
        const plain = JSON.stringify(shown, (_, value) => (typeof value === 'bigint' ? String(value) : value));
        const expected = description.replace(/"reward":(\d+)/, '"reward":"$1"');
        assert.deepEqual(JSON.parse(plain), JSON.parse(expected));
    }
    assert.ok(studies.descriptions.length > 0);
});

test('every other description is refused', async () => {
    const [{ genesis, program_id, sponsor } = assert.fail()] = studies.descriptions;
    for (const { error, file, name } of studies.refused_descriptions) {
        const read = async () => {
            const description = readDescription(bytes(file));
            verifyDescription(deploymentOn(genesis, program_id), sponsor, description);
        };
        await assertCode(read(), error === 'signature' ? 'not_the_wallets' : 'description', name);
    }
    assert.ok(studies.refused_descriptions.length > 30);
});

test('letters are sealed to the same bytes, and opened', () => {
    for (const one of studies.letters) {
        const { application, letter, order, participant_secret, plain, random, study_key, study_secret } = one;
        const key = PublicKey.fromBytes('study', bytes(study_key));
        assert.ok(key);
        const applicant = secretOf('encryption', participant_secret);
        const sealed = sealLetter(bytes(plain), key, { application, order }, applicant, given(random));
        assert.equal(hex(sealed), letter);
        assert.equal(hex(openLetter(sealed, secretOf('study', study_secret), { application, order })), plain);
    }
    assert.ok(studies.letters.length > 0);
});

test('every other letter is refused', async () => {
    for (const { application, letter, name, order, study_secret } of studies.refused_letters) {
        const open = async () => openLetter(bytes(letter), secretOf('study', study_secret), { application, order });
        await assertCode(open(), 'letter', name);
    }
    assert.ok(studies.refused_letters.length > 10);
});

test('the texts of letters are encoded to the same bytes, and read', async () => {
    for (const { documents, name, plain, words } of studies.texts) {
        const letter = {
            documents: documents.map(
                ({ ciphertext, sha256, shown, stores }): LetterDocument => ({
                    stores,
                    sha256: bytes(sha256),
                    ciphertextDisclosure: bytes(ciphertext),
                    disclosures: shown.map(({ disclosure, requirement }) => ({
                        requirement,
                        disclosure: bytes(disclosure),
                    })),
                }),
            ),
            message: words,
        };
        assert.equal(hex(encodeLetter(letter)), plain, name);
        assert.deepEqual(decodeLetter(bytes(plain)), letter, name);
    }
    for (const { name, plain } of studies.refused_texts) {
        await assertCode((async () => decodeLetter(bytes(plain)))(), 'letter', name);
    }
    assert.ok(studies.texts.length > 0 && studies.refused_texts.length > 10);
});
