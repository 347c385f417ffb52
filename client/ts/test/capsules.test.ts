import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '@solana/kit';
import * as client from '../src/index.js';
import {
    CapsuleRandomness,
    type CapsuleStatement,
    ClientError,
    type DeliveryStatement,
    deliverySeed,
    deliveryWeights,
    makeDelivery,
    openCapsule,
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

test('capsule proofs are made to the same bytes, and checked as the program does', () => {
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

test('a batch is folded by the same weights', () => {
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
    owner_key: string;
    buyer_key: string;
    records: { record: Address; capsule: string; delivered: string }[];
    challenge: string;
    owner_response: string;
    ephemeral_response: string;
};

const deliveryStatement = (vector: DeliveryFields): DeliveryStatement => ({
    program: vector.program_id,
    purchase: vector.purchase,
    ownerKey: bytes(vector.owner_key),
    buyerKey: bytes(vector.buyer_key),
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
        owner_secret: string;
        buyer_secret: string;
        random: string;
        elements: string[];
        seed: string;
        weights: string[];
    })[];
    refused: (DeliveryFields & { error: string })[];
}>('deliveries');

test('deliveries are made to the same bytes, hold, and open as the buyer', () => {
    for (const vector of deliveries.cases) {
        const { name, program_id: program, purchase } = vector;
        const buyer = secretOf('purchase', vector.buyer_secret);
        const delivery = makeDelivery(
            { program, purchase },
            secretOf('encryption', vector.owner_secret),
            buyer.publicKey,
            vector.records.map(({ record, capsule }) => ({ address: record, capsule: capsuleOf(capsule) })),
            given(vector.random),
        );
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
        const elements = delivery.capsules.map((capsule) => hex(openCapsule(capsule, buyer).point().toBytes()));
        assert.deepEqual(elements, vector.elements, name);
    }
    assert.deepEqual(
        deliveries.cases.map(({ records }) => records.length),
        [1, 2, 3, 9, 10],
    );
});

test('deliveries are refused as the program refuses them', () => {
    for (const vector of deliveries.refused) {
        const error = verifyDelivery(deliveryStatement(vector), deliveryProof(vector));
        assert.equal(error, errorNumber(vector.error), vector.name);
    }
    assert.ok(deliveries.refused.length >= 34);
});

test('an empty batch, or one of too many records, is not made', () => {
    const [vector] = deliveries.cases;
    assert.ok(vector);
    const owner = secretOf('encryption', vector.owner_secret);
    const { publicKey } = secretOf('purchase', vector.buyer_secret);
    const record = { address: vector.purchase, capsule: capsuleOf(vector.records[0]?.capsule ?? '') };
    for (const count of [0, 11]) {
        assert.throws(
            () =>
                makeDelivery(
                    { program: vector.program_id, purchase: vector.purchase },
                    owner,
                    publicKey,
                    Array.from({ length: count }, () => record),
                ),
            (thrown) => thrown instanceof ClientError && thrown.code === 'too_long',
        );
    }
});
