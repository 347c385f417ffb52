// Health links of one's own, on a real ledger: made on one device, shown again and ended on another.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
    createRecord,
    endLink,
    type FlowContext,
    type KeySource,
    LinkError,
    listLinks,
    MemoryState,
    makeLink,
    openLink,
    openOwnRecord,
    publishKey,
    readLink,
    StoreError,
    sendPrepared,
    WalletKeys,
} from '../src/index.js';
import { LinkStore } from './support/link-store.js';
import { Town } from './support/localnet.js';
import { type Trader, traderOf } from './support/market.js';
import { assertCode } from './support/refusals.js';
import { packageFolder } from './support/vectors.js';

const OBSERVATION = readFileSync(new URL('../../fixtures/fhir/Observation-blood-pressure.json', packageFolder));
const VIEWER = 'https://app.example/app/';
const VISIT = { recipient: 'Dr. Löwe', isAllowed: () => true };

let town: Town;
let store: LinkStore;
let patient: Trader;
before(async () => {
    [town, store] = await Promise.all([Town.found(), LinkStore.start()]);
    patient = traderOf(town, await town.person('patient'));
    await sendPrepared(patient.context, await publishKey(patient.context, patient.actor));
});
after(async () => {
    store?.stop();
    await town?.close();
});

const isInactive = (error: unknown) => error instanceof LinkError && error.code === 'inactive';
const inAnHour = () => Math.floor(Date.now() / 1000) + 3_600;

/** A record of the patient's, opened. */
async function record(plain: Uint8Array, mediaType: string) {
    const clinic = traderOf(town, await town.person('clinic'));
    const owner = patient.wallet.address;
    const { outcome } = await createRecord(clinic.context, clinic.actor, {
        plain: Uint8Array.from(plain),
        owner,
        mediaType,
        kind: 'fhir:Observation/85354-9',
        stores: [town.storeUrl],
    });
    return await openOwnRecord(patient.context, patient.actor.keys, outcome.record);
}

/** Another device of the patient's: the same wallet, and nothing else. */
function otherDevice(): { context: FlowContext; keys: KeySource } {
    const context = { ledger: town.ledger, saved: new MemoryState(), isAllowed: () => true };
    return { context, keys: new WalletKeys(patient.wallet) };
}

test('a link opens the copy of a record; another device lists it, shows it again and ends it', async () => {
    const opened = await record(OBSERVATION, 'application/fhir+json');
    const wanted = { store: store.url, expiresAt: inAnHour(), label: 'Blood pressure', viewer: VIEWER };
    const made = await makeLink(patient.context, patient.actor.keys, opened, wanted);
    const link = readLink(made.link);
    assert.deepEqual([link.label, link.expiresAt, link.isDirectFile], ['Blood pressure', wanted.expiresAt, true]);
    const [file] = await openLink(link, VISIT);
    // The very bytes: their hash is still the one that the clinic signed.
    assert.deepEqual(Buffer.from(await (file?.content as Blob).arrayBuffer()), OBSERVATION);
    // The store learns neither the wallet nor what is in the file.
    const kept = JSON.stringify([...store.files].map(([path, { file, ...rest }]) => [path, file.toString(), rest]));
    for (const secret of [patient.wallet.address, opened.address, 'Blood pressure', link.key, 'Observation']) {
        assert.ok(!kept.includes(secret), secret);
    }

    const other = otherDevice();
    const { failed, links } = await listLinks(other.context, other.keys, [store.url], VIEWER);
    assert.deepEqual(failed, []);
    assert.deepEqual(links, [made]);
    assert.equal(made.record, opened.address);
    await endLink(other.context, other.keys, made);
    await assert.rejects(openLink(link, VISIT), isInactive);
    assert.deepEqual(await listLinks(other.context, other.keys, [store.url]), { links: [], failed: [] });
    // A second tap, or a second device.
    await endLink(patient.context, patient.actor.keys, made);
});

test('the store of this build keeps links, and the Rust command line and this client take them from each other', async () => {
    const opened = await record(OBSERVATION, 'application/fhir+json');
    const { context, actor, person } = patient;
    const wanted = { store: town.storeUrl, expiresAt: inAnHour(), label: 'From TypeScript', viewer: VIEWER };
    const made = await makeLink(context, actor.keys, opened, wanted);
    const where = ['--store', town.storeUrl];
    const doctor = await town.person('doctor');
    const copy = join(town.folder, 'copy.json');
    await doctor.types(made.link, 'share', 'open-link', '--recipient', 'Dr. Meier', '--to', copy);
    assert.deepEqual(readFileSync(copy), OBSERVATION);
    const listed = await person.does('share', 'links', ...where);
    const [theirs] = listed.links as unknown as { id: string; label: string; expires_at: number; record: string }[];
    assert.deepEqual([theirs?.label, theirs?.expires_at, theirs?.record], [made.label, made.expiresAt, made.record]);
    await person.does('share', 'revoke-link', ...where, String(theirs?.id));
    await assert.rejects(openLink(readLink(made.link), VISIT), isInactive);

    const label = ['--label', 'From Rust', '--expires', '2days', '--viewer', VIEWER];
    const link = String((await person.does('share', 'link', ...where, ...label, opened.address)).link);
    const [file] = await openLink(readLink(link), VISIT);
    assert.deepEqual(Buffer.from(await (file?.content as Blob).arrayBuffer()), OBSERVATION);
    const other = otherDevice();
    const { failed, links } = await listLinks(other.context, other.keys, [town.storeUrl], VIEWER);
    assert.deepEqual([failed, links.map((one) => [one.label, one.link])], [[], [['From Rust', link]]]);
    for (const one of links) await endLink(other.context, other.keys, one);
    await assert.rejects(openLink(readLink(link), VISIT), isInactive);
    assert.deepEqual(await listLinks(other.context, other.keys, [town.storeUrl]), { links: [], failed: [] });
});

test('a document that is not FHIR travels within a DocumentReference, also one that only says that it is FHIR', async () => {
    const documents = [
        ['application/pdf', Buffer.from('%PDF-1.7 \xff', 'latin1')],
        ['application/fhir+json', Buffer.from('[1, 2]')],
        ['application/json', Buffer.from('{"resourceType":"Patient"}')],
    ] as const;
    for (const [mediaType, plain] of documents) {
        const opened = { ...(await record(plain, mediaType)) };
        const wanted = { store: store.url, expiresAt: inAnHour(), label: '' };
        const made = await makeLink(patient.context, patient.actor.keys, opened, wanted);
        assert.equal(made.label, undefined);
        const [file] = await openLink(readLink(made.link), VISIT);
        assert.equal(file?.contentType, 'application/fhir+json');
        const bundle = JSON.parse(await (file?.content as Blob).text());
        assert.deepEqual([bundle.resourceType, bundle.type], ['Bundle', 'collection']);
        const [{ fullUrl, resource }] = bundle.entry;
        assert.match(fullUrl, /^urn:uuid:[0-9a-f-]{36}$/);
        const { attachment } = resource.content[0];
        assert.equal(attachment.contentType, mediaType);
        assert.deepEqual(Buffer.from(attachment.data, 'base64'), plain);
        await endLink(patient.context, patient.actor.keys, made);
    }
});

test('a link that is over opens no more, is listed no more, and a new one needs a time ahead', async () => {
    const opened = await record(OBSERVATION, 'application/fhir+json');
    const made = await makeLink(patient.context, patient.actor.keys, opened, {
        store: store.url,
        expiresAt: inAnHour(),
        label: 'Short',
    });
    store.ahead = 3_601;
    await assert.rejects(openLink(readLink(made.link), VISIT), isInactive);
    assert.deepEqual((await listLinks(patient.context, patient.actor.keys, [store.url])).links, []);
    // The device's clock says otherwise than the store's.
    const late = { store: store.url, expiresAt: inAnHour(), label: '' };
    await assert.rejects(
        makeLink(patient.context, patient.actor.keys, opened, late),
        (error) => error instanceof StoreError && error.code === 'invalid_expiry',
    );
    store.ahead = 0;
    await endLink(patient.context, patient.actor.keys, made);
    const past = { store: store.url, expiresAt: Math.floor(Date.now() / 1000), label: '' };
    await assertCode(makeLink(patient.context, patient.actor.keys, opened, past), 'expiry_in_past');
});

test('nothing goes to a store whose address is too long for a link', async () => {
    const opened = await record(OBSERVATION, 'application/fhir+json');
    const before = store.asked.length;
    const long = `${store.url}/${'p'.repeat(40)}`;
    await assert.rejects(
        makeLink(patient.context, patient.actor.keys, opened, { store: long, expiresAt: inAnHour(), label: '' }),
        (error) => error instanceof LinkError && error.code === 'store_address',
    );
    assert.equal(store.asked.length, before);
});

test('a store can neither make up a link nor move one, and one that does not answer hides no other', async () => {
    const opened = await record(OBSERVATION, 'application/fhir+json');
    const wanted = { store: store.url, expiresAt: inAnHour(), label: 'Mine' };
    const made = await makeLink(patient.context, patient.actor.keys, opened, wanted);
    const lies: [string, (links: unknown[]) => unknown[]][] = [
        ['a note of its own', (links) => links.map((one) => ({ ...(one as object), note: 'made.up' }))],
        ['another file', (links) => links.map((one) => ({ ...(one as object), sha256: '0'.repeat(64) }))],
        ['another end', (links) => links.map((one) => ({ ...(one as object), expiry: made.expiresAt + 1 }))],
    ];
    const asPatient = (stores: string[]) => listLinks(patient.context, patient.actor.keys, stores);
    for (const [name, lie] of lies) {
        store.lie = lie;
        assert.deepEqual(await asPatient([store.url]), { links: [], failed: [] }, name);
    }
    for (const lie of [() => [null], () => [{}], () => Array(257).fill({})]) {
        store.lie = lie;
        const { failed, links } = await asPatient([store.url]);
        assert.deepEqual([links.length, failed.length], [0, 1]);
    }
    store.lie = undefined;
    const dead = 'http://127.0.0.1:1';
    const { failed, links } = await asPatient([dead, store.url]);
    assert.deepEqual(
        links.map(({ label }) => label),
        ['Mine'],
    );
    assert.deepEqual(
        failed.map((one) => one.store),
        [dead],
    );
    await endLink(patient.context, patient.actor.keys, made);
});

test('links of an earlier key are found after a rotation; somebody else finds none of them and ends none', async () => {
    const opened = await record(OBSERVATION, 'application/fhir+json');
    const wanted = { store: store.url, expiresAt: inAnHour(), label: 'Earlier' };
    const made = await makeLink(patient.context, patient.actor.keys, opened, wanted);
    const doctor = traderOf(town, await town.person('doctor'));
    await assertCode(listLinks(doctor.context, doctor.actor.keys, [store.url]), 'no_key');
    await sendPrepared(doctor.context, await publishKey(doctor.context, doctor.actor));
    assert.deepEqual(await listLinks(doctor.context, doctor.actor.keys, [store.url]), { links: [], failed: [] });
    await assert.rejects(
        endLink(doctor.context, doctor.actor.keys, made),
        (error) => error instanceof StoreError && error.code === 'not_erase_authority',
    );
    await sendPrepared(patient.context, await publishKey(patient.context, patient.actor));
    const other = otherDevice();
    const { links } = await listLinks(other.context, other.keys, [store.url]);
    assert.deepEqual(
        links.map(({ keyIndex, label }) => [keyIndex, label]),
        [[made.keyIndex, 'Earlier']],
    );
    await endLink(other.context, other.keys, made);
});
