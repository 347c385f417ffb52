// A gateway, honest and lying, in place of `fetch`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64 } from '@scure/base';
import {
    type Address,
    address,
    appendTransactionMessageInstructions,
    type Blockhash,
    compileTransaction,
    createNoopSigner,
    createTransactionMessage,
    pipe,
    setTransactionMessageFeePayer,
    setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import {
    type Accounts,
    ClientError,
    type ClientErrorCode,
    Gateway,
    GatewayError,
    getVerifyRecordInstruction,
} from '../src/index.js';
import { bytes, vectors } from './support/vectors.js';

type Item = { [field: string]: unknown };
type AccountFile = { program_id: Address; cases: { account: string; address: Address; data: string }[] };

const file = vectors<AccountFile>('accounts');
const OTHER = address('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR');

/** All accounts of a kind in the vectors, as a gateway shows them. */
function itemsOf(kind: keyof Accounts): Item[] {
    const cases = file.cases.filter(({ account }) => account.toLowerCase() === kind);
    return cases.map(({ address, data }) => ({
        address,
        lamports: '18446744073709551615',
        slot: '7',
        data: base64.encode(bytes(data)),
    }));
}

/** The first of a kind. */
function itemOf(kind: keyof Accounts): Item {
    const [item] = itemsOf(kind);
    assert.ok(item);
    return item;
}

/** A gateway that answers with these, one behind the other, and the last one for ever; and what it was asked. */
function answering(...answers: (Response | Item)[]): { gateway: Gateway; asked: [string, RequestInit][] } {
    const asked: [string, RequestInit][] = [];
    const answer = async (url: string | URL | Request, init: RequestInit = {}) => {
        asked.push([String(url), init]);
        const next = answers[Math.min(asked.length, answers.length) - 1];
        return next instanceof Response ? next : Response.json(next);
    };
    const options = { program: file.program_id, fetch: answer as typeof fetch };
    return { gateway: new Gateway('https://gateway.example/', options), asked };
}

/** With some bytes of an account changed. */
function changed(item: Item, at: number): Item {
    const data = Uint8Array.from(base64.decode(item.data as string));
    data[at] = (data[at] ?? 0) ^ 1;
    return { ...item, data: base64.encode(data) };
}

const hasCode = (code: ClientErrorCode) => (error: unknown) => error instanceof ClientError && error.code === code;

test('an account is read from its bytes, with numbers of 64 bits', async () => {
    for (const kind of ['order', 'purchase', 'record', 'share', 'user'] as const) {
        for (const item of itemsOf(kind)) {
            const { gateway, asked } = answering({ ...item, price: '1', owner: OTHER });
            const listed = (await answering({ items: [item], next: null }).gateway.page(kind, {})).items[0];
            assert.ok(listed);
            const of = kind === 'user' ? (listed.state as Accounts['user']).wallet : listed.address;
            assert.deepEqual(await gateway.account(kind, of), listed);
            assert.equal(listed.lamports, 18446744073709551615n);
            assert.equal(listed.slot, 7n);
            const [url, init] = asked[0] ?? [];
            assert.equal(url, `https://gateway.example/v1/${kind}s/${of}`);
            assert.equal(init?.redirect, 'error');
        }
    }
});

test('an invented account is refused, whatever list it is in', async () => {
    const record = itemOf('record');
    const lies: [Item, ClientErrorCode][] = [
        [{ ...record, address: OTHER }, 'wrong_address'],
        // A byte of the contents, which the address covers.
        [changed(record, 200), 'wrong_address'],
        [changed(record, 0), 'wrong_kind'],
        [changed(record, 8), 'unknown_version'],
        [{ ...record, data: 'AA' }, 'malformed'],
        [{ ...record, data: undefined }, 'malformed'],
        [{ ...record, lamports: 5 }, 'malformed'],
        [{ ...record, slot: '-1' }, 'malformed'],
        [{ ...record, address: undefined }, 'malformed'],
        [itemOf('order'), 'wrong_kind'],
    ];
    for (const [lie, code] of lies) {
        await assert.rejects(answering({ items: [lie], next: null }).gateway.page('record', {}), hasCode(code));
        await assert.rejects(answering(lie).gateway.account('record', record.address as Address), hasCode(code));
    }
});

test('another account than the one that was asked for is refused', async () => {
    for (const kind of ['order', 'record', 'user'] as const) {
        await assert.rejects(answering(itemOf(kind)).gateway.account(kind, OTHER), hasCode('not_asked_for'));
    }
});

test('what does not match the filters is refused, and so is what is listed twice', async () => {
    const page = (items: Item[]) => answering({ items, next: null }).gateway;
    const record = itemOf('record');
    const { state } = (await page([record]).page('record', {})).items[0] ?? {};
    assert.ok(state);
    const verified = state.verified !== 0;
    const honest = { owner: state.owner, creator: state.creator, verified, created_from: state.createdAt };
    assert.equal((await page([record]).page('record', honest)).items.length, 1);
    for (const filters of [
        { owner: OTHER },
        { creator: OTHER },
        { verified: !verified },
        { created_from: state.createdAt + 1n },
        { created_before: state.createdAt },
    ]) {
        await assert.rejects(page([record]).page('record', filters), hasCode('not_asked_for'));
    }
    await assert.rejects(page([record, record]).page('record', {}), hasCode('not_asked_for'));

    const order = itemOf('order');
    const sold = (await page([order]).page('order', {})).items[0]?.state;
    assert.ok(sold);
    for (const filters of [
        { seller: OTHER },
        { label: 'another label' },
        { price_from: sold.price + 1n },
        { price_up_to: sold.price - 1n },
        { record: OTHER },
        { only_buyer: OTHER },
    ]) {
        await assert.rejects(page([order]).page('order', filters), hasCode('not_asked_for'));
    }
});

test('a list goes from page to page, and not in circles', async () => {
    const record = itemOf('record');
    const honest = answering({ items: [record], next: 'a' }, { items: [], next: 'b' }, { items: [], next: null });
    const listed = [];
    for await (const { address } of honest.gateway.list('record', {}, { limit: 1 })) listed.push(address);
    assert.deepEqual(listed, [record.address]);
    const urls = honest.asked.map(([url]) => url.slice(url.indexOf('?')));
    assert.deepEqual(urls, ['?limit=1', '?limit=1&cursor=a', '?limit=1&cursor=b']);

    const endless = answering({ items: [], next: 'a' });
    const all = async () => {
        for await (const _ of endless.gateway.list('record', {}));
    };
    await assert.rejects(all, hasCode('malformed'));
    assert.equal(endless.asked.length, 2);
});

test('a refusal has its code, and what is no answer of a gateway has none', async () => {
    const problem = { code: 'too_many_requests', detail: 'wait' };
    const limited = new Response(JSON.stringify(problem), { status: 429, headers: { 'retry-after': '3' } });
    await assert.rejects(answering(limited).gateway.page('order', {}), (error) => {
        assert.ok(error instanceof GatewayError);
        assert.deepEqual([error.status, error.code, error.retryAfter], [429, 'too_many_requests', 3]);
        return true;
    });
    const missing = new Response(JSON.stringify({ code: 'not_found', detail: 'no record' }), { status: 404 });
    assert.equal(await answering(missing).gateway.account('record', OTHER), undefined);
    for (const page of [new Response('<h1>404</h1>', { status: 404 }), new Response('<h1>here</h1>')]) {
        await assert.rejects(answering(page).gateway.account('record', OTHER), (error) => {
            return error instanceof GatewayError && error.code === undefined;
        });
    }
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)) });
    await assert.rejects(answering(new Response(endless)).gateway.page('order', {}), GatewayError);
    await assert.rejects(answering({ items: 5 }).gateway.page('order', {}), hasCode('malformed'));
});

test('a transaction that the gateway builds is compared with the instruction of this client', async () => {
    const owner = createNoopSigner(OTHER);
    const asked = getVerifyRecordInstruction({ owner, record: itemOf('record').address as Address });
    const ask = { feePayer: OTHER, instructions: [asked] };
    for (const built of [{}, { transaction: 'AA', last_valid_block_height: '1' }, { transaction: 5 }]) {
        const { gateway } = answering(built);
        const path = `/records/${OTHER}/verify` as const;
        await assert.rejects(gateway.build(path, { owner: OTHER }, ask), hasCode('malformed'));
    }
});

test('what became of a transaction is one of the states that the API names', async () => {
    const [owner, blockhash] = [createNoopSigner(OTHER), OTHER as string as Blockhash];
    const message = pipe(
        createTransactionMessage({ version: 'legacy' }),
        (empty) => setTransactionMessageFeePayer(OTHER, empty),
        (paid) => setTransactionMessageLifetimeUsingBlockhash({ blockhash, lastValidBlockHeight: 1n }, paid),
        (timed) => appendTransactionMessageInstructions([getVerifyRecordInstruction({ owner, record: OTHER })], timed),
    );
    const transaction = compileTransaction(message);
    for (const said of [{}, { status: 'landed' }, { status: 1 }]) {
        await assert.rejects(answering(said).gateway.send(transaction), hasCode('malformed'));
    }
    const failed = { status: 'failed', code: 'AlreadyVerified', detail: 5 };
    assert.deepEqual(await answering(failed).gateway.send(transaction), {
        status: 'failed',
        code: 'AlreadyVerified',
        detail: undefined,
    });
});
