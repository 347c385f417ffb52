// A study's description: the form of its file, its signature, and its agreement with the ledger.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Address, getAddressDecoder } from '@solana/kit';
import {
    type ClientErrorCode,
    deploymentOn,
    descriptionJson,
    factHash,
    GENESIS,
    readDescription,
    readTail,
    requireDescribed,
    type Study,
    type StudyDescription,
    signDescription,
    studyKeyLine,
    tailBytes,
    verifyDescription,
} from '../src/index.js';
import { assertCode } from './support/refusals.js';

const secret = new Uint8Array(32).fill(7);
const sponsor = getAddressDecoder().decode(ed25519.getPublicKey(secret));
const sign = (message: Uint8Array) => ed25519.sign(message, secret);
const deployment = deploymentOn(GENESIS.localnet);
const study = getAddressDecoder().decode(new Uint8Array(32).fill(9));
const creator = getAddressDecoder().decode(new Uint8Array(32).fill(3));

const facts = ['code=http://loinc.org|4548-4', 'year=2026'].sort((one, other) =>
    Buffer.compare(Buffer.from(factHash(one)), Buffer.from(factHash(other))),
);
const words = {
    title: 'Sugar in winter',
    purpose: 'Whether blood sugar follows the season',
    sponsor: 'An institute',
    contact: 'study@example.org',
    asked: 'One HbA1c of this year',
    use: 'Means by month',
    retention: 'Two years',
    criteria: 'An HbA1c of 2026',
};
const description: StudyDescription = {
    study,
    studyKey: new Uint8Array(32).fill(5),
    admission: 'open',
    reward: 18_446_744_073_709_551_615n,
    deliveryWindow: 86_400,
    records: 1,
    creators: [creator],
    requirements: facts.map((fact, group) => ({ group, fact })),
    texts: { en: words, de: { ...words, ethics: 'Votum 12/2026' } },
};

/** The study that the description describes, on the ledger. */
const onLedger = (hash: Uint8Array): Study =>
    ({
        sponsor,
        studyKey: description.studyKey,
        admission: 0,
        reward: description.reward,
        deliveryWindow: description.deliveryWindow,
        recordCount: 1,
        descriptionHash: hash,
        requirementCount: 2,
        creatorCount: 1,
        tail: tailBytes({
            requirements: facts.map((fact, group) => ({ group, factHash: factHash(fact) })),
            creators: [creator],
            url: 'https://example.org/study',
        }),
    }) as unknown as Study;

const failsWith = (work: () => unknown, code: ClientErrorCode, name?: string) =>
    assertCode((async () => work())(), code, name);

test('a description is signed, read, and agrees with its study', async () => {
    const file = await signDescription(deployment, sponsor, description, sign);
    const read = readDescription(file);
    assert.deepEqual(read.description, description);
    assert.deepEqual(read.hash, sha256(file));
    assert.equal(verifyDescription(deployment, sponsor, read), 'plain');
    requireDescribed(study, onLedger(read.hash), read);
    assert.equal(readTail(onLedger(read.hash)).url, 'https://example.org/study');
});

test('a signature of another wallet, cluster or text is refused', async () => {
    const file = await signDescription(deployment, sponsor, description, sign);
    const read = readDescription(file);
    await failsWith(() => verifyDescription(deployment, creator, read), 'not_the_wallets');
    await failsWith(() => verifyDescription(deploymentOn(GENESIS.devnet), sponsor, read), 'not_the_wallets');
    const changed = Buffer.from(file);
    changed[changed.indexOf('winter')] = 0x57;
    await failsWith(() => verifyDescription(deployment, sponsor, readDescription(changed)), 'not_the_wallets');
    // The whole file is hashed: white space behind the JSON makes another file, and another signed text.
    const longer = concatBytes(file, utf8ToBytes(' '));
    assert.notDeepEqual(readDescription(longer).hash, read.hash);
    await failsWith(() => verifyDescription(deployment, sponsor, readDescription(longer)), 'not_the_wallets');
    await failsWith(() => requireDescribed(study, onLedger(read.hash), readDescription(longer)), 'description');
});

test('a description in another form is refused', async () => {
    const file = await signDescription(deployment, sponsor, description, sign);
    const first = Buffer.from(file).subarray(0, file.indexOf(0x0a) + 1);
    const json = Buffer.from(file).subarray(first.length).toString('utf8');
    const variants: Record<string, string | Uint8Array> = {
        'no first line': json,
        'another version': `${first.toString('latin1').replace('v1', 'v2')}${json}`,
        'a short signature': `generion-study v1 2\n${json}`,
        'a carriage return': `${first.toString('latin1').trimEnd()}\r\n${json}`,
        'a name twice': first + json.replace('"records": 1', '"records": 1, "records": 1'),
        'a float': first + json.replace('"records": 1', '"records": 1.0'),
        'an exponent': first + json.replace('"records": 1', '"records": 1e0'),
        'a negative number': first + json.replace('"records": 1', '"records": -1'),
        'too large a number': first + json.replace('18446744073709551615', '18446744073709551616'),
        'too many records': first + json.replace('"records": 1', '"records": 256'),
        'an unknown name': first + json.replace('"records": 1', '"records": 1, "colour": "red"'),
        'an unknown name in a text': first + json.replace('"ethics"', '"ethics2"'),
        'a missing name': first + json.replace('"study_key"', '"key"'),
        'an empty text': first + json.replace('Sugar in winter', ''),
        'no texts': first + JSON.stringify({ ...JSON.parse(json.replace('18446744073709551615', '1')), texts: {} }),
        'an unknown admission': first + json.replace('"open"', '"closed"'),
        'a key in capitals': first + json.replace('0505', '0A05'),
        'no fact': first + json.replace('year=2026', 'year'),
        'no language': first + json.replace('"en"', '"English (British)"'),
        'a byte order mark': Buffer.concat([first, Buffer.from('\ufeff'), Buffer.from(json)]),
        'a lone surrogate': first + json.replace('winter', '\\ud800'),
        'no UTF-8': Buffer.concat([first, Buffer.from(json).fill(0xff, 40, 41)]),
        'more than 64 KiB': first + json.replace('winter', 'w'.repeat(65_536)),
        'too many levels': first + json.replace('"records": 1', `"records": ${'['.repeat(16)}${']'.repeat(16)}`),
    };
    for (const [name, variant] of Object.entries(variants)) {
        const bytes = typeof variant === 'string' ? utf8ToBytes(variant) : variant;
        await failsWith(() => readDescription(bytes), 'description', name);
    }
});

test('a description that differs from its study is refused, and so is a hidden requirement', async () => {
    const file = await signDescription(deployment, sponsor, description, sign);
    const read = readDescription(file);
    const ledger = onLedger(read.hash);
    const other = getAddressDecoder().decode(new Uint8Array(32).fill(8));
    const differing: Partial<Study>[] = [
        { studyKey: new Uint8Array(32).fill(6) },
        { admission: 1 },
        { reward: 1n },
        { deliveryWindow: 600 },
        { recordCount: 2 },
        { descriptionHash: new Uint8Array(32) },
        { requirementCount: 1, creatorCount: 0, tail: ledger.tail.slice(0, 33) },
        { creatorCount: 0 },
    ];
    for (const difference of differing) {
        const name = Object.keys(difference).join();
        await failsWith(() => requireDescribed(study, { ...ledger, ...difference }, read), 'description', name);
    }
    await failsWith(() => requireDescribed(other, ledger, read), 'description');
    const tail = tailBytes({
        requirements: facts.map((fact, group) => ({
            group,
            factHash: group ? sha256(utf8ToBytes('x=y')) : factHash(fact),
        })),
        creators: [creator],
        url: '',
    });
    await failsWith(() => requireDescribed(study, { ...ledger, tail }, read), 'hidden_requirement');
    await failsWith(() => requireDescribed(study, { ...ledger, tail: tail.slice(0, 97) }, read), 'malformed');
});

test('the lines name their study and the deployment', () => {
    const { genesis, program } = deployment;
    assert.equal(
        studyKeyLine(deployment, study as Address),
        'Generion study key v1. WARNING: whoever has this signature can read all data that this study collects. ' +
            `Sign only in the Generion app. genesis=${genesis} program=${program} study=${study}`,
    );
    assert.match(Buffer.from(descriptionJson(description)).toString('utf8'), /"reward": 18446744073709551615,/);
});
