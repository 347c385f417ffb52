// What documents tell: whatever is planted anywhere in the examples is reported.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isIdentifying, opaqueWords, type Revealed, reveal, revealedWords } from '../src/fhir/index.js';
import { packageFolder } from './support/vectors.js';

const FIXTURES = new URL('../../fixtures/fhir/', packageFolder);

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const look = (document: string): Promise<Revealed> => reveal(new Blob([document]));

/** What names somebody, in several forms. */
const PLANTED = [
    'Mara Quill',
    'MRN-00482913',
    '078-05-1120',
    '1931-05-02',
    'mara.quill@example.org',
    'https://clinic.example/Patient/Mara-Quill',
    'QUILL',
];

type Place = (string | number)[];

function placesIn(value: Json, here: Place = []): Place[] {
    const own = here.length > 0 ? [here] : [];
    if (Array.isArray(value)) return [...own, ...value.flatMap((item, index) => placesIn(item, [...here, index]))];
    if (typeof value !== 'object' || value === null) return own;
    return [...own, ...Object.entries(value).flatMap(([name, item]) => placesIn(item, [...here, name]))];
}

/** As reports have it, such as `Patient.name[0].family`. */
const pathOf = (document: { resourceType: string }, place: Place): string =>
    document.resourceType + place.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');

/** A copy of a document in which the value at a place is another. */
function changed(document: Json, [step, ...rest]: Place, change: (value: Json) => Json): Json {
    if (step === undefined) return change(document);
    if (Array.isArray(document)) {
        return document.map((item, index) => (index === step ? changed(item, rest, change) : item));
    }
    const fields = document as { [name: string]: Json };
    return { ...fields, [step]: changed(fields[step] as Json, rest, change) };
}

const examples = readdirSync(FIXTURES)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
        name,
        document: JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8')) as { resourceType: string },
    }));

test('every example can be looked into', async () => {
    assert.equal(examples.length, 14);
    for (const { document, name } of examples) {
        const revealed = await look(JSON.stringify(document));
        assert.equal(revealed.is, 'resource', `${name}: ${revealedWords(revealed)}`);
    }
});

test('what is planted anywhere in the examples is reported where it is', async () => {
    let count = 0;
    for (const { document, name } of examples) {
        const places = placesIn(document);
        // Everywhere in the small examples three, in the large one only one; other ones from place to place.
        const each = places.length > 1000 ? 1 : 3;
        for (const place of places) {
            for (let time = 0; time < each; time += 1) {
                const planted = PLANTED[count % PLANTED.length] as string;
                count += 1;
                const path = pathOf(document, place);
                const revealed = await look(JSON.stringify(changed(document, place, () => planted)));
                assert.ok(isIdentifying(revealed));
                if (revealed.is === 'resource') {
                    const isTold = revealed.values.some((value) => value.path === path && value.text === planted);
                    assert.ok(isTold, `${name}: ${planted} at ${path}`);
                } else {
                    // A type that nobody knows, and nothing else.
                    assert.ok(path.endsWith('resourceType'), `${name}: ${planted} at ${path}`);
                    assert.ok(opaqueWords(revealed.opaque).endsWith(planted));
                }
            }
        }
    }
    assert.ok(count > 4000, `${count} times`);
});

test('an element that is added anywhere in the examples is noticed', async () => {
    for (const { document, name } of examples) {
        for (const place of [[], ...placesIn(document)]) {
            let isObject = false;
            const added = changed(document, place, (value) => {
                isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
                return isObject ? { ...(value as { [name: string]: Json }), patientName: 'Mara Quill' } : value;
            });
            if (isObject) assert.equal((await look(JSON.stringify(added))).is, 'opaque', `${name} at ${place}`);
        }
    }
});
