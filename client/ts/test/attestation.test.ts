import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { address, getAddressDecoder, getAddressEncoder, getCompiledTransactionMessageDecoder } from '@solana/kit';
import {
    type AttestedKey,
    type AttestedRecord,
    attestKey,
    attestRecord,
    ClientError,
    type ClientErrorCode,
    deploymentOn,
    ENVELOPES,
    type Envelope,
    GENESIS,
    keyAttestationLine,
    recordLine,
    verifyKeyAttestation,
    verifyRecordAttestation,
    verifyRecordCreator,
    wrapLine,
} from '../src/index.js';
import { hex } from './support/vectors.js';

const SEED = new Uint8Array(32).fill(7);
const deployment = deploymentOn(GENESIS.devnet);
const wallet = getAddressDecoder().decode(ed25519.getPublicKey(SEED));
const attested: AttestedKey = { wallet, index: 3, key: new Uint8Array(32).fill(0xab) };
const record: AttestedRecord = {
    creator: wallet,
    owner: address('SysvarC1ock11111111111111111111111111111111'),
    dataPublicKey: new Uint8Array(32).fill(1),
    document: new Uint8Array(32).fill(2),
    factsRoot: new Uint8Array(32).fill(3),
};
const sign = (message: Uint8Array) => ed25519.sign(message, SEED);
const withCode = (code: ClientErrorCode) => (thrown: unknown) => thrown instanceof ClientError && thrown.code === code;

test('lines have the specified text', () => {
    assert.equal(
        keyAttestationLine(deployment, attested),
        'Generion encryption key attestation v1. Sign only in the Generion app. ' +
            'genesis=EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG ' +
            `program=GeneRion11111111111111111111111111111111111 index=3 key=${'ab'.repeat(32)}`,
    );
    assert.equal(
        recordLine(deployment, record),
        'Generion record v1. genesis=EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG ' +
            'program=GeneRion11111111111111111111111111111111111 owner=SysvarC1ock11111111111111111111111111111111 ' +
            `key=${'01'.repeat(32)} document=${'02'.repeat(32)} facts=${'03'.repeat(32)}`,
    );
    assert.throws(() => keyAttestationLine({ ...deployment, genesis: 'x' }, attested), withCode('malformed'));
});

test('an attested key is accepted in every envelope, and no other key is', async () => {
    const line = keyAttestationLine(deployment, attested);
    for (const envelope of ENVELOPES) {
        const signature = sign(wrapLine(envelope, line, wallet, deployment.program));
        assert.equal(verifyKeyAttestation(deployment, attested, signature), envelope);
        const others: [AttestedKey, typeof deployment][] = [
            [{ ...attested, index: 4 }, deployment],
            [{ ...attested, key: record.document }, deployment],
            [attested, deploymentOn(GENESIS.testnet)],
            [attested, { ...deployment, program: record.owner }],
        ];
        for (const [other, where] of others) {
            assert.throws(() => verifyKeyAttestation(where, other, signature), withCode('not_the_wallets'), envelope);
        }
    }
    assert.deepEqual(await attestKey(deployment, attested, sign), sign(utf8ToBytes(line)));
});

test('envelopes follow the specification of off-chain messages', () => {
    const prefix = `ff${Buffer.from('solana offchain').toString('hex')}`;
    const [signer, program] = [wallet, record.owner].map((one) => hex(getAddressEncoder().encode(one)));
    const expected = {
        plain: '6162',
        version_1: `${prefix}0101${signer}6162`,
        version_1_with_length: `${prefix}0101${signer}02006162`,
        version_0: `${prefix}00${program}0001${signer}02006162`,
        version_0_without_domain: `${prefix}00${'00'.repeat(32)}0001${signer}02006162`,
        legacy: `${prefix}000002006162`,
    };
    for (const [envelope, wrapped] of Object.entries(expected)) {
        assert.equal(hex(wrapLine(envelope as Envelope, 'ab', wallet, record.owner)), wrapped, envelope);
    }
});

test('the memo is a message with one signer and one instruction, which kit reads', () => {
    const line = recordLine(deployment, record);
    const message = getCompiledTransactionMessageDecoder().decode(wrapLine('memo', line, wallet, deployment.program));
    assert.ok(message.version === 'legacy');
    assert.deepEqual(message.header, {
        numSignerAccounts: 1,
        numReadonlySignerAccounts: 0,
        numReadonlyNonSignerAccounts: 1,
    });
    assert.deepEqual(message.staticAccounts, [wallet, 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr']);
    assert.equal(message.lifetimeToken, '11111111111111111111111111111111');
    assert.equal(message.instructions.length, 1);
    const [instruction] = message.instructions;
    assert.equal(instruction?.programAddressIndex, 1);
    assert.deepEqual(instruction?.accountIndices ?? [], []);
    assert.equal(new TextDecoder().decode(Uint8Array.from(instruction?.data ?? [])), line);
});

test('a missing signature, a wallet that can’t sign and a foreign signature have different errors', async () => {
    const zeros = new Uint8Array(64);
    assert.throws(() => verifyKeyAttestation(deployment, attested, zeros), withCode('missing'));
    // y = 2 is of no point.
    const vault = { ...attested, wallet: getAddressDecoder().decode(Uint8Array.of(2, ...new Uint8Array(31))) };
    for (const signature of [zeros, sign(utf8ToBytes('x'))]) {
        assert.throws(() => verifyKeyAttestation(deployment, vault, signature), withCode('can_not_sign'));
    }
    const stranger = (message: Uint8Array) => ed25519.sign(message, new Uint8Array(32).fill(8));
    await assert.rejects(attestKey(deployment, attested, stranger), withCode('not_the_wallets'));
    await assert.rejects(attestRecord(deployment, record, stranger), withCode('not_the_wallets'));
});

test('the signature in the locator shows who wrote a record', async () => {
    const signature = await attestRecord(deployment, record, sign);
    assert.equal(verifyRecordAttestation(deployment, record, signature), 'plain');
    const locator = {
        stores: ['https://store.example'],
        sha256: record.document,
        size: 1n,
        mediaType: 'text/plain',
        kind: 'text',
        profile: 'document/1',
    };
    assert.equal(verifyRecordCreator(deployment, record, { ...locator, signature }), 'plain');
    assert.equal(verifyRecordCreator(deployment, record, locator), undefined);
    const another = { ...locator, signature, sha256: record.factsRoot };
    assert.throws(() => verifyRecordCreator(deployment, record, another), withCode('not_the_wallets'));
});
