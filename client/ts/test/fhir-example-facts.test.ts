// The facts of all examples of FHIR R4 and of the International Patient Summary are those that the Rust client derives.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { contentFacts } from '../src/index.js';
import { packageFolder } from './support/vectors.js';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, packageFolder));
const lines = (text: string) => text.split('\n').filter((line) => line !== '');

const PATIENT = '{"resourceType":"Patient","gender":"female","birthDate":"1970-02","address":[{"country":"DE"}]}';

/** A Bundle of an example and a patient, whom the first subject of the example names. */
function withPatient(example: string): string {
    const [, reference = 'none'] =
        /"subject":\{"reference":"([^"]*)"/.exec(example) ?? /"patient":\{"reference":"([^"]*)"/.exec(example) ?? [];
    const url = reference.includes(':') ? reference : `https://hospital.example/${reference}`;
    return `{"resourceType":"Bundle","type":"collection","entry":[{"resource":${example}},{"fullUrl":"${url}","resource":${PATIENT}}]}`;
}

const facts = (document: string) => contentFacts(new TextEncoder().encode(document));

test('examples have the facts that the Rust client derives', () => {
    type Expected = { name: string; alone: string[]; with_patient: string[] };
    const expected = lines(fixture('fhir-example-facts.jsonl').toString()).map((line) => JSON.parse(line) as Expected);
    const byName = new Map(expected.map((one) => [one.name, one]));
    const examples = lines(gunzipSync(fixture('fhir-examples.tsv.gz')).toString());
    assert.ok(examples.length > 700 && byName.size > 100);
    for (const line of examples) {
        const [name = '', example = ''] = line.split('\t');
        const { alone = [], with_patient: known = [] } = byName.get(name) ?? {};
        assert.deepEqual([facts(example), facts(withPatient(example))], [alone, known], name);
    }
});
