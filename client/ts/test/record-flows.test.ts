// What a patient, a clinic and a doctor do with records, against a real ledger and store: in TypeScript on both sides, then
// with the Rust command line on either of them.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Address } from '@solana/kit';
import {
    cardOf,
    checkPrepared,
    checkRecord,
    costOf,
    createRecord,
    deleteRecord,
    documentStatus,
    eraseSavedDocuments,
    findRecipient,
    Gateway,
    GENERION_ERROR__DELETE_NOT_ALLOWED,
    KeyFile,
    KeyRing,
    list,
    listRecords,
    listShares,
    MemoryState,
    type NewDocument,
    nextKeyIndex,
    openOwnRecord,
    openSharedRecord,
    ownKey,
    type Progress,
    prepareRecord,
    publishGivenKey,
    publishKey,
    recipientOfCard,
    recordPlaceholder,
    revokeShare,
    StoreError,
    savedErasures,
    sendPrepared,
    shareRecord,
    stageDocument,
    unlockRecord,
    verifyRecord,
    withdrawRecord,
} from '../src/index.js';
import { type Person, Town } from './support/localnet.js';
import { type Trader, traderOf } from './support/market.js';
import { assertCode, assertProgramError } from './support/refusals.js';
import { packageFolder } from './support/vectors.js';

const OBSERVATION = readFileSync(new URL('../../fixtures/fhir/Observation-blood-pressure.json', packageFolder));
const CONDITION = readFileSync(new URL('../../fixtures/fhir/Condition-stroke.json', packageFolder));
const KIND = 'fhir:Observation/85354-9';

let town: Town;
const people = new Map<string, Trader>();

before(async () => {
    town = await Town.found();
    for (const role of ['patient', 'clinic', 'doctor', 'buyer']) {
        people.set(role, traderOf(town, await town.person(role)));
    }
});

after(async () => await town?.close());

/** Somebody who is there once the town is. */
function the(role: string): Trader {
    const person = people.get(role);
    assert.ok(person, role);
    return person;
}

const addressOf = (role: string) => the(role).wallet.address;

const newDocument = (plain: Uint8Array<ArrayBufferLike>, more: Partial<NewDocument> = {}): NewDocument => ({
    plain: Uint8Array.from(plain),
    owner: addressOf('patient'),
    mediaType: 'application/fhir+json',
    kind: KIND,
    stores: [town.storeUrl],
    ...more,
});

const bytesOf = async (document: Blob) => Buffer.from(await document.arrayBuffer());

/** A record that the clinic writes to the patient, in TypeScript. */
async function written(plain: Uint8Array, more: Partial<NewDocument> = {}): Promise<Address> {
    const { actor, context } = the('clinic');
    return (await createRecord(context, actor, newDocument(plain, more))).outcome.record;
}

/** A record that the patient checked and verified. */
async function verified(plain: Uint8Array): Promise<Address> {
    const record = await written(plain);
    const { actor, context } = the('patient');
    await sendPrepared(context, verifyRecord(context, actor, await checkRecord(context, actor.keys, record)));
    return record;
}

test('a key is published, replaced by the next one, and an older one is refused', async () => {
    for (const role of ['patient', 'doctor']) {
        const { actor, context } = the(role);
        assert.deepEqual(await ownKey(context, actor.keys), { key: 'none' });
        await assertCode(findRecipient(context, addressOf(role)), 'no_key');
        const first = await publishKey(context, actor);
        assert.deepEqual([first.outcome.index, first.outcome.envelope], [0, 'plain']);
        const before = await town.lamports(addressOf(role));
        const cost = await costOf(context, first);
        await sendPrepared(context, first);
        assert.equal(await town.lamports(addressOf(role)), before - cost.rent - cost.fee);
        assert.deepEqual(await ownKey(context, actor.keys), { key: 'present', index: 0 });
    }
    const { actor, context } = the('doctor');
    const card = await cardOf(context, addressOf('doctor'));
    const second = await publishKey(context, actor);
    assert.deepEqual([second.outcome.index, await costOf(context, second)], [1, { rent: 0n, fee: 5_000n }]);
    await sendPrepared(context, second);
    const { evidence, index } = await findRecipient(context, addressOf('doctor'));
    assert.deepEqual([index, evidence], [1, { evidence: 'attested', envelope: 'plain', nodes: 1 }]);
    // The card has the key that was replaced. Who has not seen that takes it.
    await assertCode(recipientOfCard(context, card), 'older_key');
    assert.equal((await recipientOfCard({ ...context, saved: new MemoryState() }, card)).index, 0);
    // The Rust client has the same memory, and finds the same key.
    const shown = await the('doctor').person.does('user', 'show');
    assert.equal(String(shown.key_index ?? shown.index), '1');
});

test('a record is created, checked, verified and opened', async () => {
    const [clinic, patient] = [the('clinic'), the('patient')];
    const seen: Progress[] = [];
    const context = { ...clinic.context, onProgress: (progress: Progress) => void seen.push(progress) };
    const document = newDocument(OBSERVATION);
    const placeholder = await recordPlaceholder(context, clinic.actor, document);
    await checkPrepared(context, placeholder);
    const cost = await costOf(context, placeholder);
    const before = await town.lamports(addressOf('clinic'));
    const { outcome } = await createRecord(context, clinic.actor, document);
    const { documents, record } = outcome;
    assert.equal(await town.lamports(addressOf('clinic')), before - cost.rent - cost.fee);
    assert.ok(documents[0]?.href.startsWith(town.storeUrl));
    const activities = new Set(seen.map(({ activity }) => activity));
    assert.deepEqual([...activities].sort(), ['confirming', 'encrypting', 'reading', 'uploading']);
    const encrypting = seen.filter(({ activity }) => activity === 'encrypting').at(-1);
    assert.deepEqual(encrypting, { activity: 'encrypting', done: OBSERVATION.length, total: OBSERVATION.length });

    const waiting = await listRecords(patient.context, { owner: addressOf('patient'), isVerified: false });
    assert.deepEqual([waiting.accounts.map(({ address }) => address), waiting.doubts], [[record], []]);
    const [listed] = waiting.accounts;
    assert.ok(listed);
    const unlocked = await unlockRecord(patient.context, patient.actor.keys, listed);
    assert.deepEqual([unlocked.locator.kind, unlocked.signature], [KIND, 'plain']);

    const checked = await checkRecord(patient.context, patient.actor.keys, record);
    assert.deepEqual([checked.isSelfIssued, checked.signature], [false, 'plain']);
    assert.ok(checked.facts?.disclose(`kind=${KIND}`));
    assert.deepEqual(await bytesOf(checked.document), OBSERVATION);
    assert.equal(checked.document.type, '');
    await sendPrepared(patient.context, verifyRecord(patient.context, patient.actor, checked));
    assert.equal((await town.read('record', record)).verified, 1);
    assert.deepEqual(
        await bytesOf((await openOwnRecord(patient.context, patient.actor.keys, record)).document),
        OBSERVATION,
    );

    const ofClinic = await listRecords(clinic.context, { creator: addressOf('clinic') });
    assert.deepEqual(
        ofClinic.accounts.map(({ address }) => address),
        [record],
    );
    assert.deepEqual(
        (await listRecords(clinic.context, { creator: addressOf('clinic'), isVerified: false })).accounts,
        [],
    );
});

test('a large document passes as a stream, and the Rust client opens it', async () => {
    const [clinic, patient] = [the('clinic'), the('patient')];
    const plain = new Uint8Array(3_000_000).map((_, index) => (index * 7919) >> 5);
    const chunks: number[] = [];
    const spool = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
        const parts: Blob[] = [];
        for (const reader = stream.getReader(); ; ) {
            const { done, value } = await reader.read();
            if (done) return new Blob(parts);
            chunks.push(value.length);
            parts.push(new Blob([value]));
        }
    };
    const { outcome } = await createRecord({ ...clinic.context, spool }, clinic.actor, newDocument(plain));
    assert.ok(chunks.length > 20 && Math.max(...chunks) < 200_000, `${chunks.length} chunks`);
    await patient.person.does('record', 'open', outcome.record, '--to', 'large.bin');
    assert.ok(readFileSync(join(town.folder, 'large.bin')).equals(plain));
});

test('what an owner must not sign for is refused', async () => {
    const [clinic, patient, doctor] = [the('clinic'), the('patient'), the('doctor')];
    const { context } = patient;
    const { keys } = patient.actor;
    const others = await written(CONDITION, { eraseAuthority: addressOf('clinic') });
    await assertCode(checkRecord(context, keys, others), 'wrong_erase_authority');
    await checkRecord(context, keys, others, addressOf('clinic'));
    await assertCode(checkRecord(context, doctor.actor.keys, others), 'not_yours');
    await assertCode(checkRecord({ ...context, isAllowed: () => false }, keys, others), 'store_not_allowed');
    await assertCode(openOwnRecord(context, keys, addressOf('clinic')), 'not_found');

    // A document that is not at the store any more, because its erase authority erased it.
    const erased = await written(CONDITION);
    const { locator } = await unlockRecord(context, keys, {
        address: erased,
        state: await town.read('record', erased),
    });
    await sendPrepared(context, await deleteRecord(context, patient.actor, erased));
    const [done] = await eraseSavedDocuments(context, patient.wallet);
    assert.deepEqual([done?.record, done?.erasures], [erased, [{ store: town.storeUrl, result: 'erased' }]]);
    await assert.rejects(documentStatus(town.storeUrl, locator.sha256), { code: 'erased' });

    // One that was never there, and one that is encrypted to another key.
    const recipient = await findRecipient(clinic.context, addressOf('patient'));
    const document = newDocument(OBSERVATION);
    const staged = await stageDocument(clinic.context, clinic.wallet, document);
    const missing = { ...staged, locator: { ...staged.locator, sha256: new Uint8Array(32).fill(7) } };
    const lost = await prepareRecord(clinic.context, clinic.actor, document, recipient, missing);
    await sendPrepared(clinic.context, lost);
    await assert.rejects(
        checkRecord(context, keys, lost.outcome.record),
        (error: Error) => error instanceof StoreError && error.code === 'not_found',
    );
    await assert.rejects(openOwnRecord(context, keys, lost.outcome.record), (error: Error) => {
        const errors = error instanceof AggregateError ? error.errors : [];
        return errors.length === 1 && errors[0] instanceof StoreError && errors[0].code === 'not_found';
    });
    const other = await stageDocument(clinic.context, clinic.wallet, document);
    const swapped = await prepareRecord(clinic.context, clinic.actor, document, recipient, {
        element: other.element,
        locator: staged.locator,
        content: staged.content,
    });
    await sendPrepared(clinic.context, swapped);
    // Its creator attests what the document doesn't say.
    const { content } = staged;
    assert.ok(content.includes('resource=Observation'));
    const lie = { ...staged, content: content.map((fact) => fact.replace('Observation', 'Condition')) };
    const lied = await prepareRecord(clinic.context, clinic.actor, document, recipient, lie);
    await sendPrepared(clinic.context, lied);
    await assertCode(checkRecord(context, keys, lied.outcome.record), 'wrong_facts');
    await assertCode(openOwnRecord(context, keys, lied.outcome.record), 'wrong_facts');
    await assertCode(checkRecord(context, keys, swapped.outcome.record), 'wrong_key');
});

test('a store that is down is passed over only if the record needs fewer', async () => {
    const clinic = the('clinic');
    // Port 9 discards, if anything listens there at all.
    const stores = ['http://127.0.0.1:9', town.storeUrl];
    await assert.rejects(createRecord(clinic.context, clinic.actor, newDocument(OBSERVATION, { stores })), TypeError);
    const two = newDocument(OBSERVATION, { stores, neededStores: 2 });
    await assert.rejects(createRecord(clinic.context, clinic.actor, two), TypeError);
    const record = await written(OBSERVATION, { stores, neededStores: 1 });
    const { actor, context } = the('patient');
    const { locator } = await checkRecord(context, actor.keys, record);
    assert.deepEqual(locator.stores, [town.storeUrl]);
    await assertCode(createRecord(clinic.context, clinic.actor, newDocument(OBSERVATION, { stores: [] })), 'stores');
    const long = newDocument(OBSERVATION, { kind: 'x'.repeat(600) });
    await assertCode(createRecord(clinic.context, clinic.actor, long), 'too_long');
});

test('a key that was replaced while the document was on its way is noticed, and the record is made for the new one', async () => {
    const [clinic, doctor] = [the('clinic'), the('doctor')];
    // The clinic has a card of the doctor's from before the doctor publishes the next key.
    const card = await cardOf(doctor.context, addressOf('doctor'));
    await sendPrepared(doctor.context, await publishKey(doctor.context, doctor.actor));
    const fresh = { ...clinic.context, saved: new MemoryState() };
    const document = newDocument(OBSERVATION, { owner: addressOf('doctor') });
    await assert.rejects(createRecord(fresh, clinic.actor, document, { card }), { code: 'refused' });

    // The doctor publishes another one while the document is uploaded.
    const uploads: string[] = [];
    const slow: typeof fetch = async (...request) => {
        uploads.push(String(request[0]));
        if (uploads.length === 1) await sendPrepared(doctor.context, await publishKey(doctor.context, doctor.actor));
        return await fetch(...request);
    };
    const late = { ...fresh, storeOptions: { fetch: slow } };
    const { outcome } = await createRecord(late, clinic.actor, document);
    // Encrypted anew, with another key.
    assert.equal(new Set(uploads).size, 2);
    assert.equal(outcome.documents[0]?.href, uploads[1]);
    assert.equal((await town.read('record', outcome.record)).keyIndex, 3);
    const opened = await openOwnRecord(doctor.context, doctor.actor.keys, outcome.record);
    assert.deepEqual(await bytesOf(opened.document), OBSERVATION);
    const forPatient = newDocument(OBSERVATION);
    await assertCode(createRecord(fresh, clinic.actor, forPatient, { card }), 'unusable_card');
});

test('a record is shared with an expiry, listed on both sides, opened, and revoked', async () => {
    const [patient, doctor] = [the('patient'), the('doctor')];
    const { actor, context } = patient;
    const unverified = await written(CONDITION);
    const recipient = await findRecipient(context, addressOf('doctor'));
    await assertCode(shareRecord(context, actor, unverified, recipient), 'not_verified');
    const record = await verified(CONDITION);
    const now = BigInt(Math.floor(Date.now() / 1000));
    await assertCode(shareRecord(context, actor, record, recipient, now - 1n), 'expiry_in_past');
    await assertCode(shareRecord(context, actor, record, recipient, 0n), 'expiry_in_past');
    await assertCode(shareRecord(context, doctor.actor, record, recipient), 'not_yours');
    const prepared = await shareRecord(context, actor, record, recipient, now + 3_600n);
    const { share } = prepared.outcome;
    await sendPrepared(context, prepared);
    await assertCode(shareRecord(context, actor, record, recipient), 'already_shared');

    const filters = [{ owner: addressOf('patient') }, { recipient: addressOf('doctor') }, { record }];
    for (const filter of filters) {
        const { accounts, doubts } = await listShares(doctor.context, filter);
        assert.deepEqual([accounts.map(({ address }) => address), doubts], [[share], []]);
        assert.equal(accounts[0]?.state.expiresAt, now + 3_600n);
    }
    const opened = await openSharedRecord(doctor.context, doctor.actor.keys, share);
    assert.deepEqual([opened.address, opened.record.owner, opened.signature], [record, addressOf('patient'), 'plain']);
    assert.deepEqual(await bytesOf(opened.document), CONDITION);
    await assertCode(openSharedRecord(context, actor.keys, share), 'not_yours');
    await doctor.person.does('share', 'open', share, '--to', 'shared.json');
    assert.deepEqual(readFileSync(join(town.folder, 'shared.json')), CONDITION);

    await assertCode(revokeShare(doctor.context, doctor.actor, share), 'not_yours');
    await sendPrepared(context, await revokeShare(context, actor, share));
    assert.deepEqual((await listShares(context, { owner: addressOf('patient') })).accounts, []);
    await assertCode(openSharedRecord(doctor.context, doctor.actor.keys, share), 'not_found');
    await assertCode(revokeShare(context, actor, share), 'not_found');
});

test('a deletion is remembered until the document is erased, and a clinic withdraws no sooner than it may', async () => {
    const [patient, clinic] = [the('patient'), the('clinic')];
    const { actor, context } = patient;
    const record = await written(CONDITION);
    await assertCode(withdrawRecord(context, actor, record), 'not_yours');
    const early = await withdrawRecord(clinic.context, clinic.actor, record);
    await assertProgramError(sendPrepared(clinic.context, early), GENERION_ERROR__DELETE_NOT_ALLOWED);

    const deletion = await deleteRecord(context, actor, record);
    // The page closes between saving and sending: the document of a record that is there is not erased.
    await deletion.saveFirst?.();
    assert.deepEqual(await eraseSavedDocuments(context, patient.wallet), []);
    await sendPrepared(context, deletion);
    assert.ok(await town.isGone(record));
    const isDown = { ...context, storeOptions: { fetch: () => Promise.reject(new TypeError('fetch failed')) } };
    const [failed] = await eraseSavedDocuments(isDown, patient.wallet);
    assert.deepEqual([failed?.record, failed?.erasures[0]?.result], [record, 'failed']);
    const saved = await savedErasures(context.saved, town.deployment, patient.wallet.address);
    assert.deepEqual(
        saved.map((erasure) => erasure.record),
        [record],
    );
    // Nobody else erases it.
    assert.deepEqual(await eraseSavedDocuments(context, clinic.wallet), []);
    const [done] = await eraseSavedDocuments(context, patient.wallet);
    assert.deepEqual(done, { record, erasures: [{ store: town.storeUrl, result: 'erased' }] });
    assert.deepEqual(await eraseSavedDocuments(context, patient.wallet), []);
});

test('a gateway’s list is believed by its bytes, and the nodes take its place', async () => {
    const { context } = the('patient');
    const filter = { owner: addressOf('patient') };
    const byNodes = await listRecords(context, filter);
    const gateway = new Gateway('http://127.0.0.1:9');
    const { accounts, doubts } = await listRecords({ ...context, gateway }, filter);
    assert.deepEqual(accounts, byNodes.accounts);
    assert.deepEqual(
        doubts.map(({ code }) => code),
        ['gateway'],
    );

    // The real one, once its index has caught up.
    const real = { ...context, gateway: new Gateway(town.gatewayUrl) };
    for (const deadline = Date.now() + 60_000; ; ) {
        const listing = await listRecords(real, filter);
        if (listing.doubts.length === 0 && listing.accounts.length === byNodes.accounts.length) {
            assert.deepEqual(listing.accounts, byNodes.accounts);
            return;
        }
        assert.ok(Date.now() < deadline, String(listing.doubts[0]?.message ?? listing.accounts.length));
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
});

test('a clinic in Rust, a patient in TypeScript, and a share to a doctor in Rust; and a patient in Rust', async () => {
    const [patient, clinic, doctor] = [the('patient'), the('clinic'), the('doctor')];
    const { actor, context } = patient;
    const record = await byRust(clinic.person, OBSERVATION, addressOf('patient'));
    const checked = await checkRecord(context, actor.keys, record);
    assert.deepEqual([await bytesOf(checked.document), checked.signature], [OBSERVATION, 'plain']);
    await sendPrepared(context, verifyRecord(context, actor, checked));
    const recipient = await findRecipient(context, addressOf('doctor'));
    const share = await sendPrepared(context, await shareRecord(context, actor, record, recipient));
    await doctor.person.does('share', 'open', share.outcome.share, '--to', 'rust.json');
    assert.deepEqual(readFileSync(join(town.folder, 'rust.json')), OBSERVATION);

    // The Rust client checks, verifies, shares and deletes what TypeScript wrote.
    const other = await written(CONDITION);
    await patient.person.does('record', 'verify', other);
    const shared = await patient.person.does('share', 'create', other, '--with', addressOf('doctor'));
    const address = String(shared.share?.address ?? shared.address) as Address;
    const opened = await openSharedRecord(doctor.context, doctor.actor.keys, address);
    assert.deepEqual(await bytesOf(opened.document), CONDITION);
    assert.equal((await list(town.ledger, 'share', { recipient: addressOf('doctor') })).accounts.length, 2);
});

test('a key file of either client is read by the other', async () => {
    const [patient, clinic] = [the('patient'), the('clinic')];
    const { context } = patient;
    const typed = 'correct horse battery staple\n';
    await patient.person.types(typed, 'key', 'export', '--to', 'rust.key', '--new-passphrase-fd', '0');
    const file = await KeyFile.read(readFileSync(join(town.folder, 'rust.key'), 'utf8'), typed.trim());
    assert.deepEqual([file.wallet, file.deployment, file.indexes], [addressOf('patient'), town.deployment, [0]]);
    const record = await written(CONDITION);
    assert.deepEqual(await bytesOf((await openOwnRecord(context, file, record)).document), CONDITION);

    // A random key, which the wallet attests and does not know: it is saved before it is published.
    const secret = KeyFile.randomSecret();
    const index = await nextKeyIndex(context, addressOf('patient'));
    const prepared = await publishGivenKey(context, patient.actor, index, secret.publicKey);
    file.insert(index, secret);
    file.attest(index, prepared.outcome.attestation);
    writeFileSync(join(town.folder, 'typescript.key'), await file.write(typed.trim()), { mode: 0o600 });
    await sendPrepared(context, prepared);
    assert.deepEqual(await ownKey(context, patient.actor.keys), { key: 'foreign', index });
    assert.deepEqual(await ownKey(context, file), { key: 'present', index });
    const ring = new KeyRing(file, patient.actor.keys);
    const { outcome } = await createRecord(clinic.context, clinic.actor, newDocument(OBSERVATION));
    await assertCode(openOwnRecord(context, patient.actor.keys, outcome.record), 'foreign_key');
    assert.deepEqual(await bytesOf((await openOwnRecord(context, ring, outcome.record)).document), OBSERVATION);
    const flags = ['--key-file', 'typescript.key', '--passphrase-fd', '0', '--to', 'by-key-file.json'];
    await patient.person.types(typed, 'record', 'open', outcome.record, ...flags);
    assert.deepEqual(readFileSync(join(town.folder, 'by-key-file.json')), OBSERVATION);
});

/** A record that the Rust client writes. */
async function byRust(writer: Person, document: Uint8Array, owner: Address): Promise<Address> {
    writeFileSync(join(town.folder, 'document.json'), document);
    const flags = ['--owner', owner, '--store', town.storeUrl];
    const created = await writer.does('record', 'create', 'document.json', ...flags);
    return String(created.record?.address) as Address;
}
