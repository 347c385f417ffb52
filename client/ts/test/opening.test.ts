// A record from its draft to whoever opens it, without a ledger.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { equalBytes } from '@noble/curves/utils.js';
import { address, getAddressDecoder } from '@solana/kit';
import {
    attestedKey,
    attestKey,
    ClientError,
    type ClientErrorCode,
    checkContent,
    contentFacts,
    deploymentOn,
    findRecordPda,
    GENESIS,
    getUserDecoder,
    getUserEncoder,
    keyAttestationLine,
    MAX_CONTENT_LENGTH,
    makeRecord,
    openRecord,
    openRecordElement,
    profileOf,
    RecordElement,
    recordContents,
    SecretKey,
    sealCapsule,
    sealLocator,
    type User,
    verifyCapsuleProof,
    verifyRecordCreator,
    wrapLine,
} from '../src/index.js';

const SEED = new Uint8Array(32).fill(7);
const deployment = deploymentOn(GENESIS.devnet);
const creator = getAddressDecoder().decode(ed25519.getPublicKey(SEED));
const owner = address('SysvarC1ock11111111111111111111111111111111');
const sign = (message: Uint8Array) => ed25519.sign(message, SEED);
const withCode = (code: ClientErrorCode) => (thrown: unknown) => thrown instanceof ClientError && thrown.code === code;

function secretOf(scalar: bigint): SecretKey<'encryption'> {
    const secret = SecretKey.fromScalar('encryption', scalar);
    assert.ok(secret);
    return secret;
}
const secret = secretOf(11n);
const draft = {
    owner,
    ownerKey: secret.publicKey,
    creator,
    element: RecordElement.random(),
    locator: {
        stores: ['https://store.example'],
        sha256: new Uint8Array(32).fill(1),
        size: 5n,
        mediaType: 'text/plain',
        kind: 'note',
        profile: 'document/1',
    },
    content: [],
};

/** What stands on the ledger of a record that was made. */
async function stateOf(signed: boolean) {
    const made = await makeRecord(deployment, draft, signed ? sign : undefined);
    return { ...made, owner, creator, ownerKey: secret.publicKey.toBytes() };
}

test('a new record opens, and shows its creator', async () => {
    for (const isSigned of [true, false]) {
        const state = await stateOf(isSigned);
        const { program } = deployment;
        const [record] = await findRecordPda({ owner, contents: recordContents(state) });
        assert.equal(state.record, record);
        assert.equal(verifyCapsuleProof({ ...state, program, record }, state.proof), undefined);
        // Signed or not, a locator has the same length.
        assert.equal(state.locator.length, 256 + 48);

        const { element, facts, key, locator } = openRecord(state, state.capsule, secret);
        assert.ok(element.point().equals(draft.element.point()));
        assert.ok(equalBytes(key.dataPublicKey(), Uint8Array.from(state.dataPublicKey)));
        assert.equal(locator.kind, 'note');
        assert.ok(facts && equalBytes(facts.root(), Uint8Array.from(state.factsRoot)));
        assert.ok(facts.disclose('kind=note') && facts.disclose('media-type=text/plain'));
        assert.equal(verifyRecordCreator(deployment, state, locator), isSigned ? 'plain' : undefined);
    }
});

test('parts of different records do not open', async () => {
    const state = await stateOf(true);
    assert.throws(() => openRecord(state, state.capsule, secretOf(12n)), withCode('wrong_key'));
    const other = sealCapsule(RecordElement.random(), secret.publicKey).capsule;
    assert.throws(() => openRecordElement(other, secret, state), withCode('wrong_key'));
    const facts = { ...state, factsRoot: new Uint8Array(32).fill(1) };
    assert.throws(() => openRecord(facts, state.capsule, secret), withCode('wrong_facts'));
    const { locator } = openRecord(state, state.capsule, secret);
    assert.throws(() => verifyRecordCreator(deployment, facts, locator), withCode('not_the_wallets'));
});

test('facts that follow from a document’s content are checked with the document', async () => {
    const text = '{"resourceType":"Procedure","status":"completed","performedDateTime":"2026-05"}';
    const content = contentFacts(new TextEncoder().encode(text));
    assert.deepEqual(content, ['resource=Procedure', 'status=completed', 'year=2026', 'month=2026-05']);
    const made = await makeRecord(deployment, {
        ...draft,
        locator: { ...draft.locator, profile: profileOf(content) },
        content,
    });
    const state = { ...made, owner, creator, ownerKey: secret.publicKey.toBytes() };
    const opened = openRecord(state, state.capsule, secret);
    assert.deepEqual([opened.locator.profile, opened.facts], ['fhir-r4/1', undefined]);
    const facts = await checkContent(opened, new Blob([text]));
    assert.ok(facts?.disclose('year=2026') && facts.disclose('kind=note'));
    // The creator attested other facts than those of this document, or the three of any document.
    const long = new Blob([text, ' '.repeat(MAX_CONTENT_LENGTH)]);
    for (const other of [new Blob([text.replace('2026', '2025')]), new Blob(['%PDF']), new Blob([]), long]) {
        await assert.rejects(checkContent(opened, other), withCode('wrong_facts'));
    }
    const changed = openRecord({ ...state, factsRoot: new Uint8Array(32).fill(1) }, state.capsule, secret);
    await assert.rejects(checkContent(changed, new Blob([text])), withCode('wrong_facts'));
    // By `document/1`, which earlier clients wrote, the content isn't looked at.
    const earlier = await stateOf(false);
    assert.ok(await checkContent(openRecord(earlier, earlier.capsule, secret), new Blob([text])));
});

test('facts of an unknown profile are not checked, and can’t be written', async () => {
    const state = await stateOf(false);
    const unknown = { ...draft.locator, profile: 'another/1' };
    const locator = sealLocator(unknown, state.dataPublicKey);
    const opened = openRecord({ ...state, locator }, state.capsule, secret);
    assert.deepEqual([opened.locator.profile, opened.facts], ['another/1', undefined]);
    await assert.rejects(makeRecord(deployment, { ...draft, locator: unknown }), withCode('unknown_profile'));
});

test('a user’s key is accepted if its wallet attests it with its index', async () => {
    const key = secret.publicKey.toBytes();
    const attestation = await attestKey(deployment, { wallet: creator, index: 3, key }, sign);
    const zeros = getUserDecoder().decode(new Uint8Array(getUserEncoder().fixedSize));
    const user: User = { ...zeros, wallet: creator, keyIndex: 3, encryptionKey: key, attestation };
    assert.ok(attestedKey(deployment, user).point.equals(secret.publicKey.point));
    const wrong: [Partial<User>, ClientErrorCode][] = [
        [{ attestation: new Uint8Array(64) }, 'missing'],
        [{ keyIndex: 2 }, 'not_the_wallets'],
        [{ encryptionKey: secretOf(12n).publicKey.toBytes() }, 'not_the_wallets'],
    ];
    for (const [change, code] of wrong) {
        assert.throws(() => attestedKey(deployment, { ...user, ...change }), withCode(code));
    }
    assert.throws(() => attestedKey(deployment, { ...user, keyIndex: 2 }, true), withCode('not_the_wallets'));

    // Two kinds of evidence that are not enough by themselves.
    const line = keyAttestationLine(deployment, { wallet: creator, index: 3, key });
    const memo = { ...user, attestation: sign(wrapLine('memo', line, creator, deployment.program)) };
    const vault = { ...user, wallet: getAddressDecoder().decode(Uint8Array.of(2, ...new Uint8Array(31))) };
    for (const [weak, code] of [
        [memo, 'memo'],
        [vault, 'can_not_sign'],
    ] as const) {
        assert.throws(() => attestedKey(deployment, weak), withCode(code));
        assert.ok(attestedKey(deployment, weak, true).point.equals(secret.publicKey.point));
    }

    // A wallet can attest what is no key.
    const none = new Uint8Array(32);
    const signature = await attestKey(deployment, { wallet: creator, index: 3, key: none }, sign);
    const empty = { ...user, encryptionKey: none, attestation: signature };
    assert.throws(() => attestedKey(deployment, empty), withCode('malformed'));
});
