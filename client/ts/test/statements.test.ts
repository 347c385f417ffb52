// What is hashed and what is signed: the known answers of contents, terms, attestations, facts and store addresses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '@solana/kit';
import { decodeKey } from '../src/crypto/group.js';
import {
    ANYONE,
    ClientError,
    type ClientErrorCode,
    cardText,
    documentUrl,
    type Envelope,
    FactTree,
    factHash,
    factsOf,
    findRecordPda,
    isFact,
    isStoreUrl,
    keyAttestationLine,
    orderTerms,
    padLabel,
    RecordElement,
    readCard,
    recordContents,
    recordLine,
    sortRecords,
    verifyDisclosure,
    verifyKeyAttestation,
    verifyRecordAttestation,
    wrapLine,
} from '../src/index.js';
import { bytes, capsuleOf, hex, vectors } from './support/vectors.js';

test('records’ addresses follow from their contents', async () => {
    const { cases } = vectors<{
        cases: {
            name: string;
            program_id: Address;
            owner: Address;
            creator: Address;
            owner_key: string;
            data_public_key: string;
            capsule: string;
            facts_root: string;
            locator: string;
            contents: string;
            address: Address;
            bump: number;
        }[];
    }>('contents');
    for (const { name, program_id: programAddress, owner, creator, capsule, ...vector } of cases) {
        const contents = recordContents({
            owner,
            creator,
            ownerKey: bytes(vector.owner_key),
            dataPublicKey: bytes(vector.data_public_key),
            capsule: capsuleOf(capsule),
            factsRoot: bytes(vector.facts_root),
            locator: bytes(vector.locator),
        });
        assert.equal(hex(contents), vector.contents, name);
        const found = await findRecordPda({ owner, contents }, { programAddress });
        assert.deepEqual(found, [vector.address, vector.bump], name);
    }
    assert.ok(cases.length >= 14);
});

test('terms are hashed', () => {
    const { cases } = vectors<{
        cases: {
            name: string;
            order: Address;
            seller: Address;
            price: string;
            delivery_window: number;
            label: string;
            only_buyer: Address | null;
            records: Address[];
            terms: string;
        }[];
    }>('terms');
    for (const { name, order, seller, price, delivery_window, label, only_buyer, records, terms } of cases) {
        const hash = orderTerms(order, {
            seller,
            price: BigInt(price),
            deliveryWindow: delivery_window,
            label: padLabel(label),
            onlyBuyer: only_buyer ?? ANYONE,
            records,
        });
        assert.equal(hex(hash), terms, name);
        assert.deepEqual(sortRecords([...records.toReversed(), ...records]), records, name);
    }
    assert.ok(cases.length >= 12);
});

type Signed = { genesis: string; program_id: Address; line: string; signature: string };
type KeyVector = Signed & { wallet: Address; index: number; key: string };
type RecordVector = Signed & {
    creator: Address;
    owner: Address;
    data_public_key: string;
    document: string;
    facts_root: string;
};
type Refused = { name: string; error: ClientErrorCode };
type InEnvelope = { envelope: Envelope; message: string };
const attestations = vectors<{
    keys: (KeyVector & InEnvelope)[];
    records: (RecordVector & InEnvelope)[];
    refused: (KeyVector & Refused)[];
    refused_records: (RecordVector & Refused)[];
}>('attestations');

const deploymentOf = ({ genesis, program_id: program }: Signed) => ({ genesis, program });
const keyOf = ({ wallet, index, key }: KeyVector) => ({ wallet, index, key: bytes(key) });
const recordOf = ({ creator, owner, data_public_key, document, facts_root }: RecordVector) => ({
    creator,
    owner,
    dataPublicKey: bytes(data_public_key),
    document: bytes(document),
    factsRoot: bytes(facts_root),
});

test('attested keys and records are accepted in each envelope', () => {
    for (const vector of attestations.keys) {
        const [deployment, key] = [deploymentOf(vector), keyOf(vector)];
        assert.equal(keyAttestationLine(deployment, key), vector.line);
        assert.equal(hex(wrapLine(vector.envelope, vector.line, vector.wallet, vector.program_id)), vector.message);
        assert.equal(verifyKeyAttestation(deployment, key, bytes(vector.signature)), vector.envelope);
    }
    for (const vector of attestations.records) {
        const [deployment, record] = [deploymentOf(vector), recordOf(vector)];
        assert.equal(recordLine(deployment, record), vector.line);
        assert.equal(hex(wrapLine(vector.envelope, vector.line, vector.creator, vector.program_id)), vector.message);
        assert.equal(verifyRecordAttestation(deployment, record, bytes(vector.signature)), vector.envelope);
    }
    assert.ok(attestations.keys.length >= 9 && attestations.records.length >= 7);
});

test('other texts, other envelopes and signatures that fail strict verification are refused', () => {
    const refused = (name: string, code: ClientErrorCode, verify: () => unknown) =>
        assert.throws(verify, (thrown) => thrown instanceof ClientError && thrown.code === code, name);
    for (const vector of attestations.refused) {
        const [deployment, key] = [deploymentOf(vector), keyOf(vector)];
        refused(vector.name, vector.error, () => verifyKeyAttestation(deployment, key, bytes(vector.signature)));
    }
    for (const vector of attestations.refused_records) {
        const [deployment, record] = [deploymentOf(vector), recordOf(vector)];
        refused(vector.name, vector.error, () => verifyRecordAttestation(deployment, record, bytes(vector.signature)));
    }
    assert.ok(attestations.refused.length >= 37 && attestations.refused_records.length >= 8);
});

const cards = vectors<{
    cards: (KeyVector & { attestation: string; envelope: Envelope; card: string })[];
    refused: (Refused & { card: string })[];
}>('cards');

test('cards are written and read', () => {
    for (const vector of cards.cards) {
        const [deployment, key, attestation] = [deploymentOf(vector), keyOf(vector), bytes(vector.attestation)];
        assert.equal(cardText({ deployment, key, attestation }), vector.card);
        for (const text of [vector.card, ` ${vector.card}\n`]) {
            const { envelope, ...card } = readCard(text);
            assert.equal(envelope, vector.envelope);
            assert.deepEqual(card.deployment, deployment);
            assert.equal(cardText(card), vector.card);
        }
    }
    assert.ok(cards.cards.length >= 4);
});

test('invalid cards, and cards in another form, are refused', () => {
    for (const { name, card, error } of cards.refused) {
        assert.throws(
            () => readCard(card),
            (thrown) => thrown instanceof ClientError && thrown.code === error,
            name,
        );
    }
    assert.ok(cards.refused.length >= 19);
});

const facts = vectors<{
    cases: {
        name: string;
        element: string;
        data_public_key: string;
        facts: string[];
        root: string;
        disclosures: { fact: string; fact_hash: string; disclosure: string }[];
    }[];
    profiles: { profile: string; kind: string; media_type: string; ciphertext_sha256: string; facts: string[] }[];
    refused_facts: { name: string; text: string }[];
    refused_lists: { name: string; facts: string[] }[];
    refused_disclosures: { name: string; root: string; fact_hash: string; disclosure: string }[];
}>('facts');

function treeOf(element: string, dataPublicKey: string, lines: string[]): FactTree {
    const point = decodeKey(bytes(element));
    assert.ok(point);
    return new FactTree(new RecordElement(point), bytes(dataPublicKey), lines);
}

test('facts, their root and their disclosures follow from a document', () => {
    for (const { profile, kind, media_type: mediaType, ciphertext_sha256, facts: expected } of facts.profiles) {
        assert.deepEqual(factsOf({ profile, kind, mediaType, sha256: bytes(ciphertext_sha256) }, []), expected);
    }
    for (const { name, element, data_public_key, facts: lines, root, disclosures } of facts.cases) {
        const tree = treeOf(element, data_public_key, lines);
        assert.equal(hex(tree.root()), root, name);
        assert.equal(disclosures.length, lines.length);
        for (const { fact, fact_hash, disclosure } of disclosures) {
            assert.equal(hex(factHash(fact)), fact_hash, name);
            assert.equal(hex(tree.disclose(fact) ?? []), disclosure, name);
            assert.ok(verifyDisclosure(bytes(root), bytes(fact_hash), bytes(disclosure)), name);
        }
    }
    assert.ok(facts.cases.length >= 5 && facts.profiles.length >= 5);
});

test('invalid facts, lists of facts and disclosures are refused', () => {
    for (const { name, text } of facts.refused_facts) assert.ok(!isFact(text), name);
    const [{ element, data_public_key } = { element: '', data_public_key: '' }] = facts.cases;
    for (const { name, facts: lines } of facts.refused_lists) {
        assert.throws(() => treeOf(element, data_public_key, lines), ClientError, name);
    }
    for (const { name, root, fact_hash, disclosure } of facts.refused_disclosures) {
        assert.ok(!verifyDisclosure(bytes(root), bytes(fact_hash), bytes(disclosure)), name);
    }
    assert.ok(facts.refused_facts.length >= 13 && facts.refused_lists.length >= 2);
    assert.ok(facts.refused_disclosures.length >= 9);
});

test('stores’ addresses have one form', () => {
    const file = vectors<{
        document_id: string;
        cases: { url: string; document: string }[];
        refused: { name: string; url: string }[];
    }>('store-urls');
    for (const { url, document } of file.cases) {
        assert.ok(isStoreUrl(url), url);
        assert.equal(documentUrl(url, bytes(file.document_id)).href, document);
    }
    for (const { name, url } of file.refused) assert.ok(!isStoreUrl(url), name);
    assert.ok(file.cases.length >= 27 && file.refused.length >= 71);
});
