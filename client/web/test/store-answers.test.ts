// Sentences and kept documents by the answers of stores and nodes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientError, StoreError } from '@generion/client';
import type { Address } from '@solana/kit';
import { sentenceFor } from '../src/base/told.js';
import { isUnreachable } from '../src/base/unreachable.js';
import { de } from '../src/texts/de.js';
import { en } from '../src/texts/en.js';
import { fateByError, fateOf } from '../src/worker/deleting.js';
import { isDocumentGone } from '../src/worker/store-answers.js';
import { plainError, revivedError } from '../src/worker/transfer-errors.js';

const away = new StoreError('https://a.example', 0, undefined, 'no answer');
const erased = new StoreError('https://b.example', 410, 'erased', 'erased');
const lacking = new StoreError('https://c.example', 404, 'not_found', 'not there');
const busy = new StoreError('https://d.example', 503, 'busy', 'busy');
const wrong = new ClientError('wrong_document', 'other bytes');
const all = (...errors: Error[]) => new AggregateError(errors, 'no store has it');
const passed = (error: unknown) => revivedError(plainError(error));

test('there is no answer only where nothing answered', () => {
    for (const error of [away, all(away), all(away, away), new ClientError('no_node', '')]) {
        assert.ok(isUnreachable(passed(error)), error.message);
    }
    const answered = [erased, all(erased), all(away, busy), all(away, wrong), all(), busy];
    for (const error of [...answered, new ClientError('too_few_nodes', ''), new ClientError('stores', '')]) {
        assert.ok(!isUnreachable(passed(error)), error.message);
    }
});

test('a document is gone where each of its stores says so, and this is told', () => {
    for (const error of [erased, lacking, all(erased), all(lacking, erased)]) assert.ok(isDocumentGone(error));
    for (const error of [away, busy, wrong, all(erased, away), all(erased, wrong), all()]) {
        assert.ok(!isDocumentGone(error), error.message);
    }
    for (const texts of [en, de]) {
        assert.equal(sentenceFor(passed(all(lacking, erased)), texts), texts.problems.store_erased);
        assert.equal(sentenceFor(passed(lacking), texts), texts.problems.store_lacks);
        assert.equal(sentenceFor(passed(all(erased, away)), texts), texts.problems.store);
        assert.equal(sentenceFor(passed(all(away, away)), texts), texts.problems.store_away);
    }
});

test('each refusal of an upload that a person can do something about is told by its own sentence', () => {
    for (const [status, code, name] of [
        [507, 'storage_full', 'store_full'],
        [403, 'quota_exceeded', 'store_full'],
        [401, 'outside_time_window', 'store_clock'],
        [403, 'uploader_not_allowed', 'store_refused'],
        [413, 'too_large', 'store_too_large'],
    ] as const) {
        const refusal = passed(new StoreError('https://a.example', status, code, 'refused'));
        for (const texts of [en, de]) assert.equal(sentenceFor(refusal, texts), texts.problems[name], code);
    }
});

test('a document that is not erased yet is told with the reason', () => {
    const record = 'record' as Address;
    const store = 'https://a.example';
    const failed = (error: unknown) => fateOf(record, [{ record, erasures: [{ store, result: 'failed', error }] }]);
    assert.equal(fateOf(record, [{ record, erasures: [{ store, result: 'gone' }] }]), 'erased');
    assert.equal(failed(away), 'away');
    assert.equal(failed(busy), 'refused');
    assert.equal(failed(new ClientError('store_not_allowed', '')), 'refused');
    assert.equal(fateOf(record, []), 'unconfirmed');
    for (const code of ['too_few_nodes', 'nodes_disagree', 'no_node'] as const) {
        assert.equal(fateByError(new ClientError(code, '')), code);
    }
    assert.equal(fateByError(new TypeError('')), 'unconfirmed');
    for (const texts of [en, de]) assert.equal(new Set(Object.values(texts.deleting.fates)).size, 8);
});
