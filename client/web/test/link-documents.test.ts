// Documents in a file behind a health link. A stranger wrote it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { documentsOf } from '../src/render/link-documents.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const found = async (contentType: string, content: string) => {
    const { documents, hasAccess } = await documentsOf({ contentType, content: new Blob([content]) });
    const read = documents.map(async ({ document, isCard, mediaType }) => ({
        mediaType,
        text: await document.text(),
        ...(isCard && { isCard }),
    }));
    return { documents: await Promise.all(read), ...(hasAccess && { hasAccess }) };
};
const FHIR = 'application/fhir+json';

test('a FHIR document without attachments stays as it is, to its last digit', async () => {
    const text = '{ "resourceType": "Observation", "valueQuantity": {"value": 1.10} }';
    assert.deepEqual(await found(`${FHIR}; fhirVersion=4.0`, text), { documents: [{ mediaType: FHIR, text }] });
    assert.deepEqual(await found('', text), { documents: [{ mediaType: FHIR, text }] });
});

test('a document that only travels in a frame comes out of it, and what is about it stays', async () => {
    const attachment = { contentType: 'Application/PDF; x=1', data: base64('%PDF') };
    const frame = { resourceType: 'DocumentReference', status: 'current', content: [{ attachment }] };
    const bundle = (...resources: object[]) =>
        JSON.stringify({
            resourceType: 'Bundle',
            type: 'collection',
            entry: resources.map((resource) => ({ resource })),
        });
    const pdf = { mediaType: 'application/pdf', text: '%PDF' };
    assert.deepEqual(await found(FHIR, bundle(frame)), { documents: [pdf] });
    assert.deepEqual(await found(FHIR, JSON.stringify(frame)), { documents: [pdf] });
    const described = { ...frame, description: 'A letter' };
    const { content: _, ...rest } = described;
    assert.deepEqual(await found(FHIR, bundle(described)), {
        documents: [{ mediaType: FHIR, text: bundle(rest) }, pdf],
    });
    const report = { resourceType: 'DiagnosticReport', code: { text: 'X' }, presentedForm: [attachment, { url: 'a' }] };
    const kept = { resourceType: 'DiagnosticReport', code: { text: 'X' }, presentedForm: [{ url: 'a' }] };
    assert.deepEqual(await found(FHIR, JSON.stringify(report)), {
        documents: [{ mediaType: FHIR, text: JSON.stringify(kept) }, pdf],
    });
    // Data that is no base64 stays where it is.
    const broken = JSON.stringify({ ...frame, content: [{ attachment: { data: '%%%' } }] });
    assert.deepEqual(await found(FHIR, broken), { documents: [{ mediaType: FHIR, text: broken }] });
});

test('health cards give their document, packed or not, and a broken one gives none', async () => {
    const card = (header: object, payload: Buffer) =>
        `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload.toString('base64url')}.signature`;
    const fhirBundle = {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [{ resource: { resourceType: 'Patient' } }],
    };
    const payload = Buffer.from(
        JSON.stringify({ iss: 'https://a.example', vc: { credentialSubject: { fhirBundle } } }),
    );
    const cards = [
        card({ zip: 'DEF', alg: 'ES256' }, deflateRawSync(payload)),
        card({ alg: 'ES256' }, payload),
        card({ zip: 'DEF' }, payload),
        card({ zip: 'DEF' }, deflateRawSync(Buffer.alloc(2 ** 22 + 1))),
        'no card',
        7,
    ];
    const one = { mediaType: FHIR, text: JSON.stringify(fhirBundle), isCard: true };
    const file = JSON.stringify({ verifiableCredential: cards });
    assert.deepEqual(await found('application/smart-health-card', file), { documents: [one, one] });
});

test('access to a server is not used, other files are handed on as they are, and depth and number have an end', async () => {
    assert.deepEqual(await found('application/smart-api-access', '{"access_token":"x"}'), {
        documents: [],
        hasAccess: true,
    });
    assert.deepEqual(await found('text/html', '<b>x</b>'), {
        documents: [{ mediaType: 'text/html', text: '<b>x</b>' }],
    });
    assert.deepEqual(await found(FHIR, 'no JSON'), { documents: [{ mediaType: FHIR, text: 'no JSON' }] });
    const attachment = { contentType: 'text/plain', data: base64('x') };
    const many = { resourceType: 'DocumentReference', content: Array(300).fill({ attachment }) };
    assert.equal((await found(FHIR, JSON.stringify(many))).documents.length, 100);
    let deep: object = { resourceType: 'DocumentReference', content: [{ attachment }] };
    for (let depth = 0; depth < 20; depth += 1) deep = { resourceType: 'Bundle', entry: [{ resource: deep }] };
    assert.deepEqual(await found(FHIR, JSON.stringify(deep)), {
        documents: [{ mediaType: FHIR, text: JSON.stringify(deep) }],
    });
});
