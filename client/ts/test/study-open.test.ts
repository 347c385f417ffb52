// Studies with open admission, on a real ledger: created, funded, joined, delivered, settled, opened and closed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import {
    type ClientErrorCode,
    closeOrder,
    closeSeat,
    closeStudy,
    createStudy,
    disclosedBefore,
    fundStudy,
    GENERION_ERROR__BUDGET_EXHAUSTED,
    GENERION_ERROR__DESCRIPTION_CHANGED,
    GENERION_ERROR__DISCLOSURE_INVALID,
    GENERION_ERROR__STUDY_NOT_OVER,
    joinStudy,
    leaveStudy,
    type MatchingRecord,
    openPurchase,
    prepareApplication,
    prepareJoin,
    publishKey as preparePublication,
    readSale,
    type ShownStudy,
    savedParticipation,
    savedReceipts,
    saveSeats,
    sendPrepared,
    settle,
    showStudy,
    updateStudy,
    withdrawBudget,
} from '../src/index.js';
import { publishKey } from './support/acts.js';
import { Town } from './support/localnet.js';
import { documentsOf, type Trader, traderOf, verifiedRecord } from './support/market.js';
import { assertCode, assertProgramError } from './support/refusals.js';
import { chosenOf, foundStudy, KIND_FACT, MEDIA_FACT, matchOf, REWARD, termsOf } from './support/study.js';
import { packageFolder } from './support/vectors.js';

const OBSERVATION = readFileSync(new URL('../../fixtures/fhir/Observation-blood-pressure.json', packageFolder));

let town: Town;
let [patient, friend, clinic, sponsor]: Trader[] = [];
const known = (trader: Trader | undefined): Trader => {
    assert.ok(trader);
    return trader;
};

before(async () => {
    town = await Town.found();
    const people = await Promise.all(['patient', 'doctor', 'clinic', 'buyer'].map((role) => town.person(role)));
    [patient, friend, clinic, sponsor] = people.map((person) => traderOf(town, person));
    for (const { person } of [known(patient), known(friend)]) await publishKey(town, person);
    await verifiedRecord(town, known(clinic).person, known(patient).person, OBSERVATION);
    await verifiedRecord(town, known(clinic).person, known(friend).person, OBSERVATION);
});

after(async () => await town?.close());

const creators = () => [known(clinic).wallet.address];

test('a study that nobody could join, or that the program refuses, is not created', async () => {
    const { actor, context } = known(sponsor);
    const create = (change: object) => createStudy(context, actor, termsOf(creators(), change));
    await assertCode(create({}), 'no_key');
    await sendPrepared(context, await preparePublication(context, actor));
    for (const [name, change] of Object.entries({
        'no records': { records: 0 },
        'too many records': { records: 25 },
        'a short window': { deliveryWindow: 599 },
        'a low reward': { reward: 1n },
        'a time that is over': { closesAt: 1n },
        'no creator': { creators: [] },
        'a creator twice': { creators: [...creators(), ...creators()] },
        'no requirement': { requirements: [] },
        'a fact twice': { requirements: [0, 1].map((group) => ({ group, fact: KIND_FACT })) },
        'a gap between groups': { requirements: [{ group: 1, fact: KIND_FACT }] },
        'four disclosures': { records: 4, requirements: [{ group: 0, fact: KIND_FACT }] },
        'a long address': { url: `https://${'x'.repeat(121)}` },
        'an address with a space': { url: 'https://a b' },
        'a long tail': { requirements: Array.from({ length: 21 }, (_, n) => ({ group: 0, fact: `year=${n}` })) },
    })) {
        await assertCode(create(change), 'invalid_study', name);
    }
    await assertCode(create({ requirements: [{ group: 0, fact: 'no fact' }] }), 'description');
});

test('a patient joins, delivers and is paid, and the sponsor opens the record by its receipt alone', async () => {
    const [one, buyer] = [known(patient), known(sponsor)];
    const study = await foundStudy(buyer, termsOf(creators()), 3);
    const match = await matchOf(one, study);
    assert.deepEqual(
        match.matching.map(({ shown }) => shown.map(({ fact }) => fact)),
        [[KIND_FACT]],
    );
    const records = await chosenOf(one, study);
    const before = await town.lamports(one.wallet.address);
    const prepared = await prepareJoin(one.context, one.actor, study, records);
    assert.equal(prepared.isDelivering, true, 'order, seat and delivery fit one transaction');

    const joined = await joinStudy(one.context, one.actor, study, records);
    assert.deepEqual([joined.isDelivered, joined.seat], [true, prepared.seat]);
    const sale = await readSale(one.context, one.actor.keys, joined.seat);
    assert.equal((await settle(one.context, one.actor.keys, sale, one.settler)).end, 'settled');
    assert.ok((await town.lamports(one.wallet.address)) > before + REWARD - 10_000_000n);

    // The sponsor saved the record when the patient joined. Then the order goes.
    const { failed, saved } = await saveSeats(buyer.context, study);
    assert.deepEqual([failed, saved.map(({ seat }) => seat)], [[], [joined.seat]]);
    assert.deepEqual((await saveSeats(buyer.context, study)).saved, [], 'once');
    await sendPrepared(one.context, await closeOrder(one.context, one.actor, sale.offer.order));
    assert.deepEqual(await documentsOf(buyer, joined.seat), [OBSERVATION]);
    const [receipt] = await savedReceipts(buyer.context.saved, town.deployment, joined.seat);
    assert.ok(receipt && 'receipt' in receipt && receipt.receipt.study === study.address);
    await assertCode(openPurchase(one.context, one.wallet, joined.seat, study.address), 'receipt');

    // What was disclosed stays known to the device, and the next run changes nothing.
    const again = await joinStudy(one.context, one.actor, study, records);
    assert.deepEqual(again, { seat: joined.seat, confirmed: undefined, isDelivered: true });
    const disclosed = await disclosedBefore(one.context, one.wallet.address);
    assert.deepEqual(disclosed, {
        public: [{ record: records[0]?.address, fact: KIND_FACT }],
        sealed: [],
        unknownSeats: [],
    });
    await assertCode(prepareJoin(one.context, one.actor, study, records), 'has_seat');
    await assertCode(leaveStudy(one.context, one.actor, study), 'seat_settled');
});

test('whoever does not match learns why, and is not told on', async () => {
    const [one, other, buyer] = [known(patient), known(friend), known(sponsor)];
    const requirements = [
        { group: 0, fact: 'kind=fhir:Observation/4548-4' },
        { group: 1, fact: MEDIA_FACT },
    ];
    const study = await foundStudy(buyer, termsOf([other.wallet.address], { requirements }), 2);
    const { matching, others } = await matchOf(one, study);
    assert.deepEqual(matching, []);
    assert.deepEqual(
        others.map(({ reasons }) => reasons),
        [[{ mismatch: 'creator' }, { mismatch: 'fact', group: 0, facts: ['kind=fhir:Observation/4548-4'] }]],
    );
    await assertCode(joinStudy(one.context, one.actor, study, []), 'no_match');
    await assertCode(prepareApplication(one.context, one.actor, study, []), 'admission');
});

test('what is checked before a join: budget, last seat, time, room', async () => {
    const [one, buyer] = [known(patient), known(sponsor)];
    const join = (study: ShownStudy, records: readonly MatchingRecord[], options = {}) =>
        prepareJoin(one.context, one.actor, study, records, options);
    const refused = async (study: ShownStudy, code: ClientErrorCode, options = {}) =>
        await assertCode(join(study, await chosenOf(one, study), options), code);
    const poor = await foundStudy(buyer, termsOf(creators()), 0);
    await refused(poor, 'no_seats');
    await sendPrepared(buyer.context, await fundStudy(buyer.context, buyer.actor, poor.address, REWARD + 3_500_000n));
    await refused(poor, 'last_seat');
    assert.ok(await join(poor, await chosenOf(one, poor), { acceptLastSeat: true }));
    await assertCode(fundStudy(buyer.context, buyer.actor, buyer.wallet.address, 1n), 'not_found');
    const soon = BigInt(Math.floor(Date.now() / 1000)) + 290n;
    await refused(await foundStudy(buyer, termsOf(creators(), { closesAt: soon }), 2), 'study_over');
    // A sponsor can't take part, and neither can somebody with a record too many.
    const own = await foundStudy(one, termsOf(creators()), 2);
    await refused(own, 'no_match');
    const records = await chosenOf(one, poor);
    await assertCode(join(poor, [...records, ...records], { acceptLastSeat: true }), 'no_match');
    // The program's own refusals, where a lying node showed another study.
    const rich = await foundStudy(buyer, termsOf(creators()), 2);
    const stranger = { ...rich, file: { ...rich.file, hash: new Uint8Array(32) } };
    await assertCode(join(stranger, records), 'description');
    const { join: prepared } = await join(rich, records, { deliverAtOnce: false });
    const [create, joining] = prepared.instructions;
    assert.ok(create && joining?.data);
    const changed = (at: number) => {
        const data = Uint8Array.from(joining.data ?? []);
        data[at] = (data[at] ?? 0) ^ 1;
        return { ...prepared, instructions: [create, { ...joining, data }] };
    };
    await assertProgramError(sendPrepared(one.context, changed(1)), GENERION_ERROR__DESCRIPTION_CHANGED);
    await assertProgramError(sendPrepared(one.context, changed(100)), GENERION_ERROR__DISCLOSURE_INVALID);
});

test('a seat that is not delivered is given up, and taken again with nothing new disclosed', async () => {
    const [one, buyer] = [known(friend), known(sponsor)];
    const study = await foundStudy(buyer, termsOf(creators()), 2);
    await assertCode(leaveStudy(one.context, one.actor, study), 'not_found');
    const records = await chosenOf(one, study);
    const first = await joinStudy(one.context, one.actor, study, records, { deliverAtOnce: false });
    const order = (await town.read('purchase', first.seat)).order;
    const early = await town.read('purchase', first.seat);
    const leaving = await leaveStudy(one.context, one.actor, study);
    assert.equal(leaving.outcome, 'seat');
    await sendPrepared(one.context, leaving);
    assert.ok(await town.isGone(first.seat));

    const second = await joinStudy(one.context, one.actor, study, await chosenOf(one, study));
    const late = await town.read('purchase', second.seat);
    assert.equal(late.order, order, 'the order of the first run serves again');
    assert.ok(late.deadline > early.deadline, 'no two seats have one deadline');
    const saved = await savedParticipation(one.context.saved, town.deployment, study.address, one.wallet.address);
    assert.deepEqual(saved?.disclosed, [{ record: records[0]?.address, fact: KIND_FACT }]);
    assert.equal(saved?.signed, undefined);
    await assertCode(leaveStudy(one.context, one.actor, study), 'seat_locked');
});

test('a page that is closed after sending joins once: the next run follows its transaction', async () => {
    const [one, buyer] = [known(friend), known(sponsor)];
    const study = await foundStudy(buyer, termsOf(creators()), 2);
    const records = await chosenOf(one, study);
    const closed = new AbortController();
    const closing = { ...one.context, signal: closed.signal, onProgress: () => closed.abort(new Error('closed')) };
    await assert.rejects(joinStudy(closing, one.actor, study, records, { deliverAtOnce: false }));
    const saved = await savedParticipation(one.context.saved, town.deployment, study.address, one.wallet.address);
    assert.ok(saved?.signed, 'what was signed is saved before it is sent');
    const joined = await joinStudy(one.context, one.actor, study, records, { deliverAtOnce: false });
    assert.equal(joined.confirmed, undefined);
    assert.equal((await town.read('study', study.address)).seats, 1);
});

test('a study ends with notice; then its budget, its seats and its account return to the sponsor', async () => {
    const [one, buyer] = [known(patient), known(sponsor)];
    const { actor, context } = buyer;
    const study = await foundStudy(buyer, termsOf(creators()), 2);
    const joined = await joinStudy(one.context, one.actor, study, await chosenOf(one, study));
    const sale = await readSale(one.context, one.actor.keys, joined.seat);
    await settle(one.context, one.actor.keys, sale, one.settler);
    await saveSeats(context, study);
    for (const early of [
        await withdrawBudget(context, actor, study.id),
        await closeSeat(context, actor, study.id, joined.seat),
        await closeStudy(context, actor, study.address),
    ]) {
        await assertProgramError(sendPrepared(context, early), GENERION_ERROR__STUDY_NOT_OVER);
    }
    await sendPrepared(context, await updateStudy(context, actor, study.address, undefined));
    const other = known(friend);
    await assertCode(prepareJoin(other.context, other.actor, study, await chosenOf(other, study)), 'study_over');
    await town.moveClock('10m');
    const seatRent = await town.lamports(joined.seat);
    const budget = await town.lamports(study.vault);
    await sendPrepared(context, await closeSeat(context, actor, study.id, joined.seat));
    assert.equal(await town.lamports(study.vault), budget + seatRent);
    await sendPrepared(context, await closeStudy(context, actor, study.address));
    assert.ok(await town.isGone(study.address));
    const excessive = await withdrawBudget(context, actor, study.id, budget + seatRent + 1n);
    await assertProgramError(sendPrepared(context, excessive), GENERION_ERROR__BUDGET_EXHAUSTED);
    const withdrawn = await sendPrepared(context, await withdrawBudget(context, actor, study.id));
    assert.equal(withdrawn.outcome, budget + seatRent);
    await assertCode(withdrawBudget(context, actor, study.id), 'budget');
    // The keys were saved before the seat was closed.
    assert.deepEqual(await documentsOf(buyer, joined.seat), [OBSERVATION]);
    await assertCode(showStudy(context, study.address, new Uint8Array()), 'not_found');
});
