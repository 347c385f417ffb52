// FHIR documents as a person reads them. The documents are HL7's examples.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readFhir } from '../src/render/fhir.js';
import { oneLine } from '../src/render/plain-text.js';

const FOLDER = new URL('../../../../fixtures/fhir/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

test('an observation reads as its values with units', () => {
    const [part] = readFhir(fixture('Observation-blood-pressure.json')) ?? [];
    assert.equal(part?.type, 'Observation');
    const lines = new Map(part?.lines.map(({ label, text }) => [label, text]));
    assert.equal(lines.get('Systolic blood pressure'), '107 mmHg');
    assert.equal(lines.get('Diastolic blood pressure'), '60 mmHg');
    assert.equal(lines.get('Effective'), '2012-09-17');
});

test('every example has a title and lines, and none of them is an object', () => {
    for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.json'))) {
        const parts = readFhir(fixture(name));
        assert.ok(parts && parts.length > 0, name);
        for (const { lines } of parts) {
            for (const { label, text } of lines) {
                assert.ok(label !== '' && text !== '' && !text.includes('[object'), `${name}: ${label}: ${text}`);
            }
        }
    }
});

test("what is no FHIR is told apart, and a resource's own markup is never shown", () => {
    assert.equal(readFhir('hello'), undefined);
    assert.equal(readFhir('[1]'), undefined);
    assert.equal(readFhir('{"a": 1}'), undefined);
    const [part] =
        readFhir('{"resourceType":"Basic","code":{"text":"x"},"text":{"div":"<img src=x onerror=y>"}}') ?? [];
    assert.deepEqual(part, { type: 'Basic', title: 'x', lines: [{ label: 'Code', text: 'x' }] });
});

test('a number keeps its digits, and no part of a resource is left out because it has no short form', () => {
    const [part] = readFhir('{"resourceType":"Observation","valueQuantity":{"value":1.10,"unit":"mg"}}') ?? [];
    assert.deepEqual(part?.lines, [{ label: 'Value', text: '1.10 mg' }]);
    const [allergy] = readFhir(fixture('AllergyIntolerance-example.json')) ?? [];
    assert.match(allergy?.lines.find(({ label }) => label === 'Reaction')?.text ?? '', /Manifestation: /);
});

test('values within values are read to a depth, and a long part to a number of lines', () => {
    const nested = (depth: number) => `{"resourceType":"Basic","a":${'['.repeat(depth)}1${']'.repeat(depth)}}`;
    assert.equal(readFhir(nested(100))?.[0]?.lines[0]?.text, '…');
    // Deeper than the parser goes: no resource that this app reads.
    assert.equal(readFhir(nested(100_000)), undefined);
    const fields = Array.from({ length: 1_000 }, (_, index) => `"f${index}":"x"`).join(',');
    assert.equal(readFhir(`{"resourceType":"Basic",${fields}}`)?.[0]?.lines.length, 200);
});

test('a bundle within bundles is read to a depth, and a long one to a number of parts', () => {
    let nested = '{"resourceType":"Basic","code":{"text":"deep"}}';
    for (let depth = 0; depth < 50; depth += 1) {
        nested = `{"resourceType":"Bundle","title":"b","entry":[{"resource":${nested}}]}`;
    }
    assert.equal(readFhir(nested)?.length, 5);
    const entries = Array(1_000).fill('{"resource":{"resourceType":"Basic","code":{"text":"one"}}}');
    assert.equal(readFhir(`{"resourceType":"Bundle","type":"batch","entry":[${entries.join(',')}]}`)?.length, 200);
});

test("a stranger's text can neither turn its direction nor hide characters", () => {
    assert.equal(oneLine('a\u202Eb\u200Bc\n\td\u0007'), 'abc d');
    assert.equal(oneLine('x'.repeat(400)).length, 301);
});

test('units read as people write them, and a value is compared with its range where both are comparable', () => {
    const lab = (value: string, ...ranges: string[]) =>
        readFhir(`{"resourceType":"Observation","valueQuantity":${value},"referenceRange":[${ranges.join(',')}]}`)?.[0];
    const quantity = (value: number, code = '10*9/L') => `{"value":${value},"unit":"odd","code":"${code}"}`;
    const range = `{"low":${quantity(4)},"high":${quantity(10)}}`;
    const within = lab(quantity(6.5), range);
    assert.deepEqual(within?.lines, [
        { label: 'Value', text: '6.5 ×10⁹/L' },
        { label: 'Reference range', text: '4 ×10⁹/L – 10 ×10⁹/L' },
    ]);
    assert.equal(within?.isWithinRange, true);
    assert.equal(lab(quantity(10.1), range)?.isWithinRange, false);
    assert.equal(lab(quantity(3), `{"high":${quantity(10)}}`)?.isWithinRange, true);
    assert.equal(lab(quantity(3), `{"high":${quantity(10)}}`)?.lines[1]?.text, '≤ 10 ×10⁹/L');
    assert.equal(lab(quantity(3), `{"low":${quantity(4)}}`)?.isWithinRange, false);
    // Other units, several ranges, no numbers, and less-than values are compared with nothing.
    assert.equal(lab(quantity(6.5, 'g/L'), range)?.isWithinRange, undefined);
    assert.equal(lab(quantity(6.5), range, range)?.isWithinRange, undefined);
    assert.equal(lab('{"value":"x","code":"10*9/L"}', range)?.isWithinRange, undefined);
    assert.equal(lab('{"value":6,"comparator":"<","code":"10*9/L"}', range)?.isWithinRange, undefined);
    assert.equal(lab(quantity(6.5))?.isWithinRange, undefined);
    // Names of JavaScript's own objects are no units.
    assert.equal(lab(quantity(1, 'constructor'))?.lines[0]?.text, '1 odd');
});
