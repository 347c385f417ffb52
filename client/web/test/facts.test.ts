// Facts of a record in plain words.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DEIDENTIFIED } from '@generion/client';
import { factLine, wordsForCodes } from '../src/render/facts.js';
import { unitName } from '../src/render/fhir.js';

const root = new URL('../../../../', import.meta.url);
const line = (fact: string, words = new Map<string, string>()) => factLine(fact, words, unitName);

test('codes have the words of their document, and units are written as people write them', () => {
    const document = readFileSync(new URL('fixtures/fhir/Observation-blood-pressure.json', root), 'utf8');
    const words = wordsForCodes(document);
    assert.deepEqual(line('component=http://loinc.org|8480-6=107 mm[Hg]', words), {
        name: 'component',
        text: 'Systolic blood pressure (LOINC 8480-6): 107 mmHg',
    });
    assert.deepEqual(line('interpretation=L', words), { name: 'interpretation', text: 'low' });
    assert.deepEqual(line('interpretation=H', words), { name: 'interpretation', text: 'H' });
    assert.deepEqual(line('code=http://snomed.info/sct|230690007'), { name: 'code', text: 'SNOMED CT 230690007' });
    assert.deepEqual(line('value=<=5 mmol/L'), { name: 'value', text: '<=5 mmol/L' });
    assert.deepEqual(
        line('value=http://snomed.info/sct|260385009', new Map([['http://snomed.info/sct|260385009', 'Negative']])),
        {
            name: 'value',
            text: 'Negative (SNOMED CT 260385009)',
        },
    );
});

test('a fact that this version does not know is shown as it is, and nothing in a fact is hidden', () => {
    assert.equal(line(DEIDENTIFIED).name, 'deidentified');
    assert.deepEqual(line('shoe-size=44'), { name: undefined, text: 'shoe-size=44' });
    assert.deepEqual(line('code=__proto__|constructor'), { name: 'code', text: '__proto__ constructor' });
    // Turned around by a control character of the document.
    const words = wordsForCodes(JSON.stringify({ system: 'a', code: 'b', display: 'x\u202Ey' }));
    assert.ok(!line('code=a|b', words).text.includes('\u202E'));
    assert.equal(wordsForCodes('no JSON').size, 0);
});

test('every fact of all of HL7’s examples has a label', () => {
    const rows = readFileSync(new URL('fixtures/fhir-example-facts.jsonl', root), 'utf8').trim().split('\n');
    const facts = rows.flatMap((row) => {
        const { alone, with_patient } = JSON.parse(row) as { alone: string[]; with_patient: string[] };
        return [...alone, ...with_patient];
    });
    assert.ok(facts.length > 1_000, `${facts.length}`);
    for (const fact of facts) {
        const { name, text } = line(fact);
        assert.ok(name, fact);
        assert.notEqual(text, '', fact);
    }
});
