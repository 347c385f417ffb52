// What documents tell: the same as the Rust client finds, and whatever is planted anywhere in the examples.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import {
    brief,
    countsOf,
    isIdentifying,
    KIND_WORDS,
    REVEALED_KINDS,
    type Revealed,
    type RevealedResource,
    reveal,
    revealedWords,
    someOfEach,
} from '../src/fhir/index.js';
import { packageFolder } from './support/vectors.js';

const FIXTURES = new URL('../../fixtures/fhir/', packageFolder);
/** The tests of the Rust client compare what it finds with the same file. */
const EXPECTED = new URL('../sdk/tests/fhir/expected.json', packageFolder);

type Report = [string, [string, string, string, number, boolean][], [string, number][]];
type Expected = {
    documents: { bytes: string; report: Report }[];
    examples: { name: string; report: Report; damaged: string[] }[];
    large: { listed: number; unlisted: number };
};
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const look = (document: string | Uint8Array<ArrayBuffer>): Promise<Revealed> => reveal(new Blob([document]));

async function lookInto(document: Json): Promise<RevealedResource> {
    const revealed = await look(JSON.stringify(document));
    assert.ok(revealed.is === 'resource', revealedWords(revealed));
    return revealed;
}

/** A report as the file with what is expected has it. */
function reportOf(revealed: Revealed): Report {
    if (revealed.is === 'opaque') return [revealedWords(revealed), [], []];
    const { unlisted, values } = revealed;
    return [
        revealedWords(revealed),
        values.map(({ isSubject, kind, occurrences, path, text }) => [
            KIND_WORDS[kind],
            path,
            text,
            occurrences,
            isSubject,
        ]),
        REVEALED_KINDS.flatMap((kind): [string, number][] => {
            const count = unlisted[kind];
            return count === undefined ? [] : [[KIND_WORDS[kind], count]];
        }),
    ];
}

const expected = JSON.parse(readFileSync(EXPECTED, 'utf8')) as Expected;
const examples = readdirSync(FIXTURES)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, bytes: Uint8Array.from(readFileSync(new URL(name, FIXTURES))) }));

/** Numbers that look like chance and are the same in each run (Knuth's MMIX), as the Rust tests have them. */
class Chance {
    #state: bigint;

    constructor(seed: bigint) {
        this.#state = seed;
    }

    below(limit: number): number {
        this.#state = BigInt.asUintN(64, this.#state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
        return Number((this.#state >> 33n) % BigInt(limit));
    }
}

const MARKS = new TextEncoder().encode('"{}[]:,\\u0_');

/** A document that was cut, overwritten or doubled in one to three places, as the Rust tests do it. */
function damage(chance: Chance, whole: Uint8Array): Uint8Array<ArrayBuffer> {
    let damaged = [...whole];
    for (let times = chance.below(3); times >= 0; times -= 1) {
        const at = chance.below(damaged.length);
        switch (chance.below(4)) {
            case 0:
                damaged = damaged.slice(0, Math.max(at, 1));
                break;
            case 1:
                damaged[at] = chance.below(256);
                break;
            case 2:
                damaged[at] = MARKS[chance.below(MARKS.length)] as number;
                break;
            default: {
                const end = Math.min(at + chance.below(200), damaged.length);
                const piece = damaged.slice(at, end);
                damaged.splice(chance.below(damaged.length), 0, ...piece);
            }
        }
    }
    return Uint8Array.from(damaged);
}

test('documents that readers read differently tell what the Rust client says that they tell', async () => {
    assert.ok(expected.documents.length >= 60);
    for (const { bytes, report } of expected.documents) {
        const document = Uint8Array.from(hexToBytes(bytes));
        assert.deepEqual(reportOf(await look(document)), report, JSON.stringify(new TextDecoder().decode(document)));
    }
});

test('the examples tell what the Rust client says that they tell, whole and damaged', async () => {
    assert.deepEqual(
        examples.map(({ name }) => name),
        expected.examples.map(({ name }) => name),
    );
    const chance = new Chance(2n);
    for (const [index, { bytes, name }] of examples.entries()) {
        const { damaged, report } = expected.examples[index] as Expected['examples'][number];
        assert.deepEqual(reportOf(await look(bytes)), report, name);
        assert.ok(damaged.length >= 100);
        for (const [time, hash] of damaged.entries()) {
            const copy = damage(chance, bytes);
            const found = reportOf(await look(copy));
            const own = bytesToHex(sha256(new TextEncoder().encode(JSON.stringify(found))).subarray(0, 4));
            assert.equal(own, hash, `${name}, copy ${time}: ${JSON.stringify(found).slice(0, 2000)}`);
        }
    }
});

test('what does not fit in memory is counted, as the Rust client counts it', async () => {
    const note = Array.from({ length: 20_000 }, (_, number) => ({ text: `${number}${'é'.repeat(600)}` }));
    const { unlisted, values } = await lookInto({ resourceType: 'Observation', note });
    assert.deepEqual({ listed: values.length, unlisted: unlisted.free_text }, expected.large);
    assert.equal(values.length + (unlisted.free_text ?? 0), 20_000);
});

test('a document that is too large is not looked into', async () => {
    const revealed = await look(new Uint8Array((64 << 20) + 1));
    assert.deepEqual(revealed, { is: 'opaque', opaque: { why: 'too_large', limit: 64 << 20 } });
    assert.ok(isIdentifying(revealed));
    assert.equal(
        revealedWords(revealed),
        "a document that can't be looked into (it is larger than 64 MiB): take it that it names you",
    );
});

test('what is too deep or too long can not be looked into, and what fits just so can', async () => {
    const nested = (depth: number) =>
        `{"resourceType":"Patient","extension":${'[{"extension":'.repeat(depth)}[]${'}]'.repeat(depth)}}`;
    // The document itself, two for each extension, and the list at the end.
    assert.equal((await look(nested(63))).is, 'resource');
    assert.deepEqual(await look(nested(64)), { is: 'opaque', opaque: { why: 'too_deep', limit: 128 } });
    const long = { is: 'opaque', opaque: { why: 'too_long', limit: 16 << 10 } };
    assert.deepEqual(await look(`{"resourceType":"Patient","${'n'.repeat(100_000)}":1}`), long);
    assert.deepEqual(await look(`{"resourceType":"Bundle","total":${'1'.repeat(100_000)}}`), long);
});

test('a short list begins with the person, has some of each kind, and says things in few words', async () => {
    const encounter = (number: number) => ({
        resource: {
            resourceType: 'Encounter',
            id: `e${number}`,
            text: { status: 'generated', div: `<div><p>Visit <b>${number}</b></p></div>` },
            subject: { reference: 'Patient/1', display: 'Mara Quill' },
            extension: [{ url: 'https://clinic.example/StructureDefinition/ward', valueString: `Ward ${number}` }],
            serviceProvider: { display: 'Clinic at the Lake' },
        },
    });
    const patient = { resource: { resourceType: 'Patient', name: [{ family: 'Quill' }], birthDate: '1931-05-02' } };
    const entry = [...Array.from({ length: 50 }, (_, number) => encounter(number)), patient, encounter(50)];
    const revealed = await lookInto({ resourceType: 'Bundle', type: 'collection', entry });
    const list = someOfEach(revealed);
    assert.ok(list.length <= 20);
    assert.deepEqual(
        list.slice(0, 3).map((value) => [value.kind, brief(value), value.isSubject]),
        [
            ['name', 'Mara Quill', true],
            ['name', 'Quill', true],
            ['birth_date', '1931-05-02', true],
        ],
    );
    const counts = countsOf(revealed);
    assert.deepEqual(
        counts.map(([kind]) => kind),
        REVEALED_KINDS.filter((kind) => list.some((value) => value.kind === kind)),
    );
    for (const kind of REVEALED_KINDS) assert.ok(list.filter((value) => value.kind === kind).length <= 3, kind);
    const extension = list.find(({ kind }) => kind === 'unchecked_extension');
    assert.equal(extension && brief(extension), 'ward');
    const clinic = revealed.values.filter(({ text }) => text === 'Clinic at the Lake');
    assert.deepEqual(
        clinic.map(({ occurrences }) => occurrences),
        [51],
    );
    // What is known is harmless.
    const harmless = await lookInto({ resourceType: 'Observation', status: 'final', effectiveDateTime: '2016' });
    assert.ok(!isIdentifying(harmless));
});
