import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '@solana/kit';
import * as client from '../src/index.js';
import {
    type BelievedPurchase,
    CapsuleRandomness,
    type CapsuleStatement,
    ClientError,
    type DeliveryStatement,
    deliveryKey,
    deliverySecret,
    deliverySeed,
    deliveryWeights,
    deploymentOn,
    deriveSettleSecret,
    isSettleSecret,
    type KeyUse,
    makeDelivery,
    openCapsule,
    PublicKey,
    proveCapsule,
    RecordElement,
    SecretKey,
    sealCapsule,
    verifyCapsuleProof,
    verifyDelivery,
} from '../src/index.js';
import { bytes, capsuleOf, given, hex, snakeCase, vectors } from './support/vectors.js';

/** The number of one of the program's errors. */
function errorNumber(name: string): number {
    const constant = `GENERION_ERROR__${snakeCase(name).slice(1).toUpperCase()}`;
    const number = (client as { [name: string]: unknown })[constant];
    assert.equal(typeof number, 'number', constant);
    return number as number;
}

function secretOf<Use extends client.KeyUse>(use: Use, text: string): SecretKey<Use> {
    const secret = SecretKey.fromBytes(use, bytes(text));
    assert.ok(secret);
    return secret;
}

test('capsules are sealed to the same bytes, and open', () => {
    const file = vectors<{
        cases: { name: string; uniform: string; element: string; secret: string; random: string; capsule: string }[];
        malformed: { name: string; capsule: string }[];
    }>('capsules');
    for (const { name, uniform, element, secret, random, capsule } of file.cases) {
        const key = secretOf('encryption', secret);
        const sealed = sealCapsule(RecordElement.random(given(uniform)), key.publicKey, given(random)).capsule;
        assert.equal(hex(sealed.ephemeral) + hex(sealed.masked), capsule, name);
        assert.equal(hex(openCapsule(capsuleOf(capsule), key).point().toBytes()), element, name);
    }
    const key = secretOf('encryption', file.cases[0]?.secret ?? '');
    for (const { name, capsule } of file.malformed) {
        assert.throws(
            () => openCapsule(capsuleOf(capsule), key),
            (thrown) => thrown instanceof ClientError && thrown.code === 'malformed',
            name,
        );
    }
    assert.ok(file.cases.length >= 3 && file.malformed.length >= 11);
});

type ProofFields = {
    name: string;
    program_id: Address;
    record: Address;
    creator: Address;
    owner_key: string;
    data_public_key: string;
    capsule: string;
    challenge: string;
    response: string;
};

const capsuleStatement = (vector: ProofFields): CapsuleStatement => ({
    program: vector.program_id,
    record: vector.record,
    creator: vector.creator,
    ownerKey: bytes(vector.owner_key),
    dataPublicKey: bytes(vector.data_public_key),
    capsule: capsuleOf(vector.capsule),
});

test('capsule proofs have the same bytes, and are checked as the program checks them', () => {
    const file = vectors<{
        cases: (ProofFields & { r: string; random: string })[];
        refused: (ProofFields & { error: string })[];
    }>('capsule-proofs');
    for (const vector of file.cases) {
        const randomness = new CapsuleRandomness(secretOf('encryption', vector.r).scalar());
        const proof = proveCapsule(capsuleStatement(vector), randomness, given(vector.random));
        assert.equal(hex(proof.challenge), vector.challenge);
        assert.equal(hex(proof.response), vector.response);
        assert.equal(verifyCapsuleProof(capsuleStatement(vector), proof), undefined);
    }
    for (const vector of file.refused) {
        const proof = { challenge: bytes(vector.challenge), response: bytes(vector.response) };
        const error = verifyCapsuleProof(capsuleStatement(vector), proof);
        assert.equal(error, errorNumber(vector.error), vector.name);
    }
    assert.ok(file.cases.length >= 2 && file.refused.length >= 23);
});

/** 16 bytes as they are in the vectors. */
const weightText = (weight: bigint) =>
    hex(Uint8Array.from({ length: 16 }, (_, index) => Number((weight >> BigInt(8 * index)) & 0xffn)));

test('a batch has the same weights', () => {
    const file = vectors<{ cases: { seed: string; weights: string[] }[] }>('weights');
    for (const { seed, weights } of file.cases) {
        assert.deepEqual(deliveryWeights(bytes(seed), weights.length).map(weightText), weights);
    }
    assert.ok(file.cases.length >= 2);
});

type DeliveryFields = {
    name: string;
    program_id: Address;
    purchase: Address;
    deadline: string;
    terms: string;
    owner_key: string;
    buyer_key: string;
    settle_key: string;
    records: { record: Address; capsule: string; delivered: string }[];
    challenge: string;
    owner_response: string;
    ephemeral_response: string;
};

const deliveryStatement = (vector: DeliveryFields): DeliveryStatement => ({
    program: vector.program_id,
    purchase: vector.purchase,
    deadline: BigInt(vector.deadline),
    terms: bytes(vector.terms),
    ownerKey: bytes(vector.owner_key),
    buyerKey: bytes(vector.buyer_key),
    settleKey: bytes(vector.settle_key),
    items: vector.records.map(({ record, capsule, delivered }) => ({
        address: record,
        capsule: capsuleOf(capsule),
        delivered: capsuleOf(delivered),
    })),
});

const deliveryProof = (vector: DeliveryFields) => ({
    challenge: bytes(vector.challenge),
    ownerResponse: bytes(vector.owner_response),
    ephemeralResponse: bytes(vector.ephemeral_response),
});

const deliveries = vectors<{
    cases: (DeliveryFields & {
        genesis: string;
        owner_secret: string;
        buyer_secret: string;
        settle_secret: string;
        delivery_key: string;
        random: string;
        elements: string[];
        seed: string;
        weights: string[];
    })[];
    refused: (DeliveryFields & { error: string })[];
}>('deliveries');

/** What the seller of a vector believes. */
function believedOf(vector: DeliveryFields): BelievedPurchase {
    const buyerKey = PublicKey.fromBytes('purchase', bytes(vector.buyer_key));
    assert.ok(buyerKey);
    const { deadline, purchase, terms } = vector;
    return { purchase, deadline: BigInt(deadline), buyerKey, terms: bytes(terms) };
}

test('deliveries have the same bytes, are valid, and open for the buyer after the settlement', () => {
    for (const vector of deliveries.cases) {
        const { name, genesis, program_id } = vector;
        const buyer = secretOf('purchase', vector.buyer_secret);
        const believed = believedOf(vector);
        const delivery = makeDelivery(
            deploymentOn(genesis, program_id),
            secretOf('encryption', vector.owner_secret),
            believed,
            vector.records.map(({ record, capsule }) => ({ address: record, capsule: capsuleOf(capsule) })),
            given(vector.random),
        );
        assert.equal(hex(delivery.settleKey), vector.settle_key, name);
        const settle = secretOf('settle', vector.settle_secret).publicKey;
        assert.equal(hex(deliveryKey(believed.buyerKey, settle).toBytes()), vector.delivery_key, name);
        assert.deepEqual(
            delivery.capsules.map(({ ephemeral, masked }) => hex(ephemeral) + hex(masked)),
            vector.records.map(({ delivered }) => delivered),
            name,
        );
        assert.equal(hex(delivery.proof.challenge), vector.challenge, name);
        assert.equal(hex(delivery.proof.ownerResponse), vector.owner_response, name);
        assert.equal(hex(delivery.proof.ephemeralResponse), vector.ephemeral_response, name);

        const statement = deliveryStatement(vector);
        const seed = deliverySeed(statement);
        assert.equal(hex(seed), vector.seed, name);
        assert.deepEqual(deliveryWeights(seed, vector.weights.length).map(weightText), vector.weights, name);
        assert.equal(verifyDelivery(statement, delivery.proof), undefined, name);
        const elements = (secret: SecretKey<KeyUse>) =>
            delivery.capsules.map((capsule) => hex(openCapsule(capsule, secret).point().toBytes()));
        assert.deepEqual(elements(deliverySecret(buyer, bytes(vector.settle_secret))), vector.elements, name);
        assert.ok(!elements(buyer).some((element) => vector.elements.includes(element)), name);
    }
    assert.deepEqual(
        deliveries.cases.map(({ records }) => records.length),
        [1, 2, 3, 9, 10],
    );
});

test('deliveries are refused with the program’s errors', () => {
    for (const vector of deliveries.refused) {
        const error = verifyDelivery(deliveryStatement(vector), deliveryProof(vector));
        assert.equal(error, errorNumber(vector.error), vector.name);
    }
    assert.ok(deliveries.refused.length >= 101);
});

test('an empty batch and one of too many records are refused', () => {
    const [vector] = deliveries.cases;
    assert.ok(vector);
    const owner = secretOf('encryption', vector.owner_secret);
    const deployment = deploymentOn(vector.genesis, vector.program_id);
    const record = { address: vector.purchase, capsule: capsuleOf(vector.records[0]?.capsule ?? '') };
    for (const count of [0, 11]) {
        const records = Array.from({ length: count }, () => record);
        assert.throws(
            () => makeDelivery(deployment, owner, believedOf(vector), records),
            (thrown) => thrown instanceof ClientError && thrown.code === 'too_long',
        );
    }
});

test('settle keys are derived, and their secrets accepted, as the program does', () => {
    const file = vectors<{
        cases: {
            name: string;
            owner_secret: string;
            genesis: string;
            program_id: Address;
            purchase: Address;
            deadline: string;
            buyer_key: string;
            terms: string;
            settle_secret: string;
            settle_key: string;
            delivery_key: string;
        }[];
        refused_secrets: { name: string; settle_key: string; settle_secret: string; error: string }[];
        refused_keys: { name: string; buyer_key: string; settle_key: string }[];
    }>('settle-keys');
    const keyOf = <Use extends KeyUse>(use: Use, text: string) => PublicKey.fromBytes(use, bytes(text));
    for (const vector of file.cases) {
        const { name, genesis, program_id, deadline, purchase, terms } = vector;
        const buyerKey = keyOf('purchase', vector.buyer_key);
        assert.ok(buyerKey);
        const secret = deriveSettleSecret(
            deploymentOn(genesis, program_id),
            secretOf('encryption', vector.owner_secret),
            { purchase, deadline: BigInt(deadline), buyerKey, terms: bytes(terms) },
        );
        assert.equal(hex(secret.toBytes()), vector.settle_secret, name);
        assert.equal(hex(secret.publicKey.toBytes()), vector.settle_key, name);
        assert.equal(hex(deliveryKey(buyerKey, secret.publicKey).toBytes()), vector.delivery_key, name);
        assert.ok(isSettleSecret(bytes(vector.settle_secret), bytes(vector.settle_key)), name);
    }
    for (const { name, settle_key, settle_secret, error } of file.refused_secrets) {
        assert.equal(errorNumber(error), client.GENERION_ERROR__SETTLE_KEY_INVALID);
        assert.ok(!isSettleSecret(bytes(settle_secret), bytes(settle_key)), name);
    }
    for (const { name, buyer_key, settle_key } of file.refused_keys) {
        const [buyer, settle] = [keyOf('purchase', buyer_key), keyOf('settle', settle_key)];
        assert.ok(buyer, name);
        if (settle) assert.throws(() => deliveryKey(buyer, settle), ClientError, name);
    }
    assert.ok(file.cases.length >= 9 && file.refused_secrets.length >= 8 && file.refused_keys.length >= 7);
});
