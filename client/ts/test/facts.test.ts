import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import {
    ClientError,
    FACT_LEAVES,
    FactTree,
    factHash,
    factOf,
    factsOf,
    isFact,
    type Locator,
    RecordElement,
    verifyDisclosure,
} from '../src/index.js';
import { hex } from './support/vectors.js';

const KEY = new Uint8Array(32).fill(9);
const element = RecordElement.random(() => new Uint8Array(64).fill(3));
const LOCATOR: Locator = {
    stores: ['https://store.example'],
    sha256: new Uint8Array(32).fill(1),
    size: 5n,
    mediaType: 'application/fhir+json',
    kind: 'fhir:Observation/4548-4',
    profile: 'document/1',
};

test('a fact is a name and a value in printable ASCII', () => {
    for (const fact of ['kind=fhir:Observation/4548-4', 'value=7.2 %', 'a==', 'a-1= ~', `a=${'b'.repeat(126)}`]) {
        assert.ok(isFact(fact), fact);
    }
    for (const text of ['', '=', 'a', 'a=', '=a', 'A=a', 'a_b=a', 'a b=a', 'a=\t', 'a=b\n', 'a=ä', 'a=\x7f']) {
        assert.ok(!isFact(text), text);
    }
    assert.ok(!isFact(`a=${'b'.repeat(127)}`));
    assert.equal(factOf('gender', 'female'), 'gender=female');
    assert.equal(factOf('a=b', 'c'), undefined);
    // printf gender=female | sha256sum
    assert.equal(hex(factHash('gender=female')), '3c093f70d6fc88da7b2fdb18bf8d628af937fb7d5f57e58af3d732adb7ec1f4c');
});

test('the facts of a document follow from its locator, without invalid ones', () => {
    const hash = 'ciphertext-sha256=0101010101010101010101010101010101010101010101010101010101010101';
    assert.deepEqual(factsOf(LOCATOR, []), ['kind=fhir:Observation/4548-4', 'media-type=application/fhir+json', hash]);
    assert.deepEqual(factsOf({ ...LOCATOR, kind: 'größe' }, []), ['media-type=application/fhir+json', hash]);
    assert.equal(factsOf({ ...LOCATOR, profile: 'document/2' }, []), undefined);
});

test('a disclosure reveals one fact and nothing else', () => {
    const facts = factsOf(LOCATOR, []) ?? [];
    const tree = new FactTree(element, KEY, facts);
    for (const fact of facts) {
        const disclosure = tree.disclose(fact);
        assert.ok(disclosure);
        assert.equal(disclosure.length, 192);
        assert.ok(verifyDisclosure(tree.root(), factHash(fact), disclosure), fact);
        assert.ok(!verifyDisclosure(tree.root(), factHash('kind=another'), disclosure));
        assert.ok(!verifyDisclosure(tree.root(), new Uint8Array(32), disclosure));
        assert.ok(!verifyDisclosure(tree.root(), factHash(fact), disclosure.slice(0, 160)));
        assert.ok(!verifyDisclosure(tree.root(), factHash(fact), concatBytes(disclosure, KEY)));
        for (let at = 0; at < 192; at += 32) {
            const changed = Uint8Array.from(disclosure);
            changed[at] = (changed[at] ?? 0) ^ 1;
            assert.ok(!verifyDisclosure(tree.root(), factHash(fact), changed), `byte ${at}`);
        }
    }
    assert.equal(tree.disclose('kind=another'), undefined);
});

test('zeros are no fact’s hash, although a leaf can be made of zeros', () => {
    const zeros = new Uint8Array(32);
    const leaf = sha256(concatBytes(Uint8Array.of(0), zeros, zeros));
    let root = leaf;
    for (let level = 0; level < 5; level += 1) root = sha256(concatBytes(Uint8Array.of(1), zeros, root));
    assert.ok(!verifyDisclosure(root, zeros, new Uint8Array(192)));
});

test('the root depends on the element, the key and the facts', () => {
    const facts = factsOf(LOCATOR, []) ?? [];
    const roots = [
        new FactTree(element, KEY, facts),
        new FactTree(RecordElement.random(), KEY, facts),
        new FactTree(element, new Uint8Array(32).fill(8), facts),
        new FactTree(element, KEY, facts.slice(1)),
        new FactTree(element, KEY, facts.toReversed()),
        new FactTree(element, KEY, []),
    ].map((tree) => hex(tree.root()));
    assert.equal(new Set(roots).size, roots.length);
});

test('a tree has at most as many facts as leaves, each once', () => {
    const facts = Array.from({ length: FACT_LEAVES }, (_, index) => `fact=${index}`);
    const tree = new FactTree(element, KEY, facts);
    for (const fact of facts) {
        assert.ok(verifyDisclosure(tree.root(), factHash(fact), tree.disclose(fact) ?? new Uint8Array()));
    }
    const refused = (given: string[], code: string) =>
        assert.throws(
            () => new FactTree(element, KEY, given),
            (thrown) => thrown instanceof ClientError && thrown.code === code,
        );
    refused([...facts, 'fact=32'], 'too_long');
    refused(['fact=0', 'fact=0'], 'malformed');
    refused(['no fact'], 'malformed');
});
