// Facts that follow from the content of documents, and the readers that they follow with.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentFacts, factsOf, isFact, MAX_CONTENT_LENGTH, profileOf } from '../src/index.js';
import { bytes, vectors } from './support/vectors.js';

const file = vectors<{
    maximum: number;
    cases: { name: string; document?: string; document_hex?: string; spaces?: number; facts: string[] }[];
    copies: { name: string; document: string; facts: string[] }[];
}>('fhir-facts');

test('facts follow from a document to the byte', () => {
    assert.equal(file.maximum, MAX_CONTENT_LENGTH);
    for (const { name, document, document_hex = '', spaces = 0, facts } of file.cases) {
        const written = document === undefined ? bytes(document_hex) : new TextEncoder().encode(document);
        const whole = new Uint8Array(written.length + spaces).fill(0x20);
        whole.set(written);
        assert.deepEqual(contentFacts(whole), facts, name);
        const locator = { profile: 'fhir-r4/1', kind: 'a', mediaType: 'b', sha256: new Uint8Array(32) };
        const all = factsOf(locator, facts) ?? [];
        assert.deepEqual([all.length, new Set(all).size], [facts.length + 3, facts.length + 3], name);
        assert.ok(all.length <= 32 && all.every(isFact), name);
    }
    assert.ok(file.cases.length >= 50);
});

test('research copies have a fact of their own, and no month', () => {
    const locator = { kind: 'a', mediaType: 'b', sha256: new Uint8Array(32) };
    for (const { name, document, facts } of file.copies) {
        const content = contentFacts(new TextEncoder().encode(document));
        const of = (profile: string) => (factsOf({ ...locator, profile }, content) ?? []).slice(3);
        assert.deepEqual(of('safe-harbor-document/1'), facts, name);
        assert.ok(!of('fhir-r4/1').some((fact) => fact.startsWith('deidentified=')), name);
        // This client can't tell what the rules would change, and so attests nothing of it.
        assert.notEqual(profileOf(content), 'safe-harbor-document/1', name);
    }
    assert.equal(file.copies.length, 11);
});

/** Nothing takes time that grows faster than the document does. */
test('documents of 1 MiB that are made to cost time take five seconds of the processor at most', () => {
    const filled = (before: string, piece: string, behind: string) => {
        const count = Math.floor((MAX_CONTENT_LENGTH - before.length - behind.length) / piece.length);
        return new TextEncoder().encode(before + piece.repeat(count) + behind);
    };
    const quantity = (number: string) =>
        `{"resourceType":"Observation","status":"final","valueQuantity":{"system":"http://unitsofmeasure.org","code":"1","value":${number}`;
    const hostile: [string, Uint8Array, number][] = [
        ['a long number', filled(quantity('1'), '0', '}}'), 2],
        ['a long fraction of zeros', filled(quantity('0.'), '0', '1}}'), 2],
        ['a long exponent', filled(quantity('1e'), '9', '}}'), 2],
        ['a long string', filled('{"resourceType":"Observation","status":"final","x":"', 'a', '"}'), 2],
        ['many escapes', filled('{"resourceType":"Observation","status":"final","x":"', '\\n', '"}'), 2],
        ['many items', filled('{"resourceType":"Observation","status":"final","x":[0', ',0', ']}'), 2],
        [
            'codes and values of one component',
            filled(
                '{"resourceType":"Observation","status":"final","component":[{"code":{"coding":[{}',
                ',{"system":"s","code":"a"}',
                ']},"valueCodeableConcept":{"coding":[{"system":"s","code":"a"}]}}]}',
            ),
            3,
        ],
    ];
    for (const [name, document, count] of hostile) {
        const start = process.cpuUsage();
        assert.equal(contentFacts(document).length, count, name);
        const { user } = process.cpuUsage(start);
        assert.ok(user < 5_000_000, `${name}: ${user} µs`);
    }
});
