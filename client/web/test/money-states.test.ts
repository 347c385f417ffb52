// Money that is under way: purchases that the ledger does not show, and the fee account.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientError, MemoryState } from '@generion/client';
import { address } from '@solana/kit';
import { sentenceFor } from '../src/base/told.js';
import { de } from '../src/texts/de.js';
import { en } from '../src/texts/en.js';
import { FeeTrouble } from '../src/worker/fee-trouble.js';
import { lookAgain, stateWithout } from '../src/worker/missing-purchases.js';
import { requireNoSales, requireShownAmount } from '../src/worker/open-sales.js';
import { isSameSale } from '../src/worker/same-sale.js';
import { forgetSent, mayStillLand, noteSent } from '../src/worker/sent-purchases.js';
import { plainError, revivedError } from '../src/worker/transfer-errors.js';

const PURCHASE = address('SysvarC1ock11111111111111111111111111111111');
const OTHER = address('SysvarRent111111111111111111111111111111111');

test('the fee account is not emptied while a sale is open, or may be', () => {
    requireNoSales({ open: new Set(), doubts: [] });
    assert.throws(() => requireNoSales({ open: new Set([PURCHASE]), doubts: [] }), { code: 'sales_open' });
    const doubt = new ClientError('nodes_disagree', 'the nodes contradict each other');
    assert.throws(() => requireNoSales({ open: new Set(), doubts: [doubt] }), { code: 'nodes_disagree' });
});

test('the fee account is filled with the amount that was shown, and no other', () => {
    requireShownAmount(70n, { balance: 30n, needed: 100n });
    assert.throws(() => requireShownAmount(70n, { balance: 20n, needed: 100n }), { code: 'amount_changed' });
    assert.throws(() => requireShownAmount(70n, { balance: 40n, needed: 100n }), { code: 'amount_changed' });
});

test('what keeps the fee account from it arrives on the page with its sentence', () => {
    for (const code of ['sales_open', 'amount_changed'] as const) {
        for (const texts of [en, de]) {
            const arrived = revivedError(plainError(new FeeTrouble(code)));
            assert.equal(sentenceFor(arrived, texts), texts.problems[code]);
        }
    }
});

test('a payment may still land for three minutes after it was sent', async () => {
    const saved = new MemoryState();
    assert.equal(await mayStillLand(saved, PURCHASE, 1_000_000), false);
    await noteSent(saved, PURCHASE, 1_000_000);
    assert.equal(await mayStillLand(saved, PURCHASE, 1_179_999), true);
    assert.equal(await mayStillLand(saved, OTHER, 1_000_000), false);
    assert.equal(await mayStillLand(saved, PURCHASE, 1_180_000), false);
    await forgetSent(saved, PURCHASE);
    assert.equal(await mayStillLand(saved, PURCHASE, 1_000_000), false);
});

test('a purchase that nodes contradict each other about is not called unpaid', async () => {
    const ledger = {
        find: async (_kind: unknown, asked: unknown) => {
            if (asked === PURCHASE) throw new ClientError('nodes_disagree', 'the nodes contradict each other');
            return { state: undefined };
        },
    } as unknown as Parameters<typeof lookAgain>[0];
    const { disputed, found } = await lookAgain(ledger, [PURCHASE, OTHER]);
    assert.deepEqual([...disputed], [PURCHASE]);
    assert.equal(found.size, 0);
    assert.equal(stateWithout(disputed.has(PURCHASE), false, true), 'disputed');
    assert.equal(stateWithout(disputed.has(PURCHASE), true, false), 'disputed');
    assert.equal(stateWithout(false, true, true), 'closed');
    assert.equal(stateWithout(false, false, true), 'awaited');
    assert.equal(stateWithout(false, false, false), 'absent');
});

test('the same records on the same terms are the same sale', () => {
    const sale = { records: [PURCHASE, OTHER], price: 5n, deliveryWindow: 600, label: 'Blood' };
    const offer = { ...sale, records: [OTHER, PURCHASE], onlyBuyer: undefined };
    assert.ok(isSameSale(offer, sale));
    assert.ok(isSameSale({ ...offer, onlyBuyer: OTHER }, { ...sale, onlyBuyer: OTHER }));
    for (const other of [
        { ...offer, price: 6n },
        { ...offer, deliveryWindow: 601 },
        { ...offer, label: 'Blood count' },
        { ...offer, onlyBuyer: PURCHASE },
        { ...offer, records: [OTHER] },
        { ...offer, records: [OTHER, address('11111111111111111111111111111111')] },
    ]) {
        assert.equal(isSameSale(other, sale), false);
    }
});
