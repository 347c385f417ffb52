// Studies by selection, on a real ledger and store: applied to by a sealed letter, checked, admitted, withdrawn from.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import {
    admit,
    type CheckedApplication,
    type ClientErrorCode,
    checkApplication,
    closeOrder,
    createOrder,
    deriveStudySecret,
    disclosedBefore,
    encodeLetter,
    GENERION_ERROR__TERMS_CHANGED,
    GENERION_ERROR__WRONG_ADMITTER,
    GENERION_ERROR__WRONG_PARTICIPANT,
    getApplyInstructionAsync,
    getWithdrawApplicationInstruction,
    type Letter,
    leaveStudy,
    list,
    type MatchingRecord,
    type Prepared,
    prepareApplication,
    prepareJoin,
    publishKey as preparePublication,
    readApplications,
    type SecretKey,
    type ShownStudy,
    savedParticipation,
    sealLetter,
    sendPrepared,
    updateStudy,
} from '../src/index.js';
import { publishKey } from './support/acts.js';
import { Town } from './support/localnet.js';
import { documentsOf, serve, type Trader, traderOf, verifiedRecord } from './support/market.js';
import { assertCode, assertProgramError } from './support/refusals.js';
import { chosenOf, foundStudy, KIND_FACT, termsOf } from './support/study.js';
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
    for (const { person } of [known(patient), known(friend)]) {
        await publishKey(town, person);
        await verifiedRecord(town, known(clinic).person, person, OBSERVATION);
    }
    const { actor, context } = known(sponsor);
    await sendPrepared(context, await preparePublication(context, actor));
});

after(async () => await town?.close());

type Founded = ShownStudy & { id: bigint };
const makeStudy = async (change = {}): Promise<Founded> =>
    await foundStudy(known(sponsor), termsOf([known(clinic).wallet.address], { admission: 'selection', ...change }), 2);
const secretOf = async (study: ShownStudy): Promise<SecretKey<'study'>> => {
    const { person, wallet } = known(sponsor);
    return await deriveStudySecret(town.deployment, wallet.address, study.address, person.sign);
};

/** Applies to a study. */
async function applied({ actor, context, ...one }: Trader, study: ShownStudy, message = '') {
    const records = await chosenOf({ actor, context, ...one }, study);
    const prepared = await prepareApplication(context, actor, study, records, message);
    if (prepared.order) await sendPrepared(context, prepared.order);
    await sendPrepared(context, prepared.apply);
    return { ...prepared, records };
}

/** The only application to a study, checked. */
async function checked(study: ShownStudy): Promise<CheckedApplication> {
    const [read] = await readApplications(known(sponsor).context, study, await secretOf(study));
    assert.ok(read && 'checked' in read, String(read && 'error' in read && read.error));
    return read.checked;
}

test('a patient applies, is admitted once the document was fetched, delivers and is paid', async () => {
    const [one, buyer] = [known(patient), known(sponsor)];
    const study = await makeStudy();
    const records = await chosenOf(one, study);
    await assertCode(prepareJoin(one.context, one.actor, study, records), 'admission');
    const { application, offer } = await applied(one, study, 'Grüße');
    await assertCode(prepareApplication(one.context, one.actor, study, records), 'has_application');
    const disclosed = await disclosedBefore(one.context, one.wallet.address);
    assert.deepEqual(disclosed.public, []);
    assert.deepEqual(disclosed.sealed, [{ record: records[0]?.address, fact: KIND_FACT }]);

    const read = await checked(study);
    assert.equal(read.application, application);
    assert.deepEqual([read.letter.message, read.proven], ['Grüße', [[KIND_FACT]]]);
    assert.deepEqual(read.offer, offer);
    const admitting = await admit(buyer.context, buyer.actor, study, read);
    await sendPrepared(buyer.context, admitting);
    assert.ok(await town.isGone(application));
    const seat = admitting.outcome;
    await assertCode(prepareApplication(one.context, one.actor, study, records), 'has_seat');
    await serve(one, seat);
    await sendPrepared(one.context, await closeOrder(one.context, one.actor, offer.order));
    assert.deepEqual(await documentsOf(buyer, seat), [OBSERVATION]);
});

test('what the sponsor would be cheated with is not admitted', async () => {
    const [one, other, buyer] = [known(patient), known(friend), known(sponsor)];
    const study = await makeStudy();
    const { application } = await applied(one, study);
    const found1 = await checked(study);
    // Other terms than those that were checked: the program compares.
    const dearer = { ...found1, offer: { ...found1.offer, deliveryWindow: 600 } };
    await assertProgramError(
        sendPrepared(buyer.context, withoutFiles(await admit(buyer.context, buyer.actor, study, dearer))),
        GENERION_ERROR__TERMS_CHANGED,
    );
    const strangers = await admit(other.context, other.actor, study, found1);
    await assertProgramError(sendPrepared(other.context, withoutFiles(strangers)), GENERION_ERROR__WRONG_ADMITTER);
    // A document that is in no store is not paid for.
    const [document] = found1.letter.documents;
    assert.ok(document);
    const empty = { ...found1, letter: { ...found1.letter, documents: [{ ...document, sha256: new Uint8Array(32) }] } };
    await assert.rejects(admit(buyer.context, buyer.actor, study, empty), AggregateError);
    const context = { ...buyer.context, isAllowed: () => false };
    await assert.rejects(admit(context, buyer.actor, study, found1), (error: AggregateError) => {
        assert.equal(error.errors[0].code, 'store_not_allowed');
        return true;
    });
    // Another study's secret opens nothing.
    const [account] = (await list(town.ledger, 'application', { study: study.address })).accounts;
    assert.ok(account);
    const elsewhere = await makeStudy();
    const wrong = await secretOf(elsewhere);
    await assertCode(checkApplication(buyer.context, study, wrong, account), 'letter');
    await assertCode(checkApplication(buyer.context, elsewhere, wrong, account), 'other_terms');
    const withdrawing = getWithdrawApplicationInstruction({
        authority: other.wallet.signer,
        study: study.address,
        application,
        rentPayer: account.state.rentPayer,
    });
    await assertProgramError(
        sendPrepared(other.context, prepared(other, withdrawing)),
        GENERION_ERROR__WRONG_PARTICIPANT,
    );
    await leave(one, study, application);
});

test('a letter that does not prove what it says is refused, and stops no other one', async () => {
    const [one, other, buyer] = [known(patient), known(friend), known(sponsor)];
    const study = await makeStudy();
    await applied(other, study);
    const [record] = await chosenOf(one, study);
    assert.ok(record);
    const honest = letterOf(record);
    const [document] = honest.documents;
    assert.ok(document);
    const damaged = Uint8Array.from(document.ciphertextDisclosure).fill(1, 0, 1);
    const [shown] = document.disclosures;
    assert.ok(shown);
    const cases: [string, ClientErrorCode, Letter][] = [
        ['another ciphertext', 'letter', { ...honest, documents: [{ ...document, sha256: new Uint8Array(32) }] }],
        ['a damaged proof', 'letter', { ...honest, documents: [{ ...document, ciphertextDisclosure: damaged }] }],
        ['another requirement', 'letter', withShown(honest, [{ ...shown, requirement: 1 - shown.requirement }])],
        ['a requirement beyond', 'letter', withShown(honest, [{ ...shown, requirement: 9 }])],
        ['nothing disclosed', 'no_match', withShown(honest, [])],
        ['no document', 'letter', { ...honest, documents: [] }],
    ];
    for (const [name, code, letter] of cases) {
        const application = await applyWith(one, study, record, letter);
        const read = await readApplications(buyer.context, study, await secretOf(study));
        const mine = read.find((each) => each.application === application);
        assert.ok(mine && 'error' in mine && mine.error.code === code, `${name}: ${JSON.stringify(mine)}`);
        assert.equal(read.filter((each) => 'checked' in each).length, 1, 'the honest one');
        await leave(one, study, application);
    }
});

test('an interrupted application is sent again with the same letter, and a study that ends takes none', async () => {
    const [one, buyer] = [known(patient), known(sponsor)];
    const study = await makeStudy();
    const records = await chosenOf(one, study);
    const first = await prepareApplication(one.context, one.actor, study, records);
    await first.apply.saveFirst?.();
    const saved = await savedParticipation(one.context.saved, town.deployment, study.address, one.wallet.address);
    assert.ok(saved?.letter && !saved.isPublic);
    const offer = await createOrder(one.context, one.actor, {
        records: first.offer.records,
        price: first.offer.price,
        deliveryWindow: first.offer.deliveryWindow,
        label: '',
        onlyBuyer: study.vault,
    });
    await sendPrepared(one.context, offer);
    const second = await prepareApplication(one.context, one.actor, study, records);
    assert.equal(second.offer.order, first.offer.order);
    assert.equal(second.apply.instructions.length, 1, 'the order is there already');
    await sendPrepared(one.context, second.apply);
    const state = await town.read('application', second.application);
    assert.equal(Buffer.from(state.letter).toString('hex'), saved.letter);
    await leave(one, study, second.application);
    await sendPrepared(buyer.context, await updateStudy(buyer.context, buyer.actor, study.address, undefined));
    await assertCode(prepareApplication(one.context, one.actor, study, records), 'study_over');
});

const withoutFiles = <Outcome>({ saveFirst: _, ...rest }: Prepared<Outcome>): Prepared<Outcome> => rest;
const prepared = ({ wallet }: Trader, instruction: Prepared['instructions'][number]): Prepared => ({
    outcome: undefined,
    instructions: [instruction],
    feePayer: wallet.signer,
    newAccounts: [],
});

async function leave({ actor, context }: Trader, study: ShownStudy, application: CheckedApplication['application']) {
    const leaving = await leaveStudy(context, actor, study);
    assert.equal(leaving.outcome, 'application');
    await sendPrepared(context, leaving);
    assert.ok(await town.isGone(application));
}

/** The letter that the library writes for a record. */
function letterOf({ facts, locator, shown }: MatchingRecord): Letter {
    const disclose = (fact: string) => facts.disclose(fact) ?? assert.fail(fact);
    const hash = Buffer.from(locator.sha256).toString('hex');
    const disclosures = shown.map(({ fact, requirement }) => ({ requirement, disclosure: disclose(fact) }));
    const ciphertextDisclosure = disclose(`ciphertext-sha256=${hash}`);
    return {
        documents: [{ stores: locator.stores, sha256: locator.sha256, ciphertextDisclosure, disclosures }],
        message: '',
    };
}

const withShown = (letter: Letter, disclosures: Letter['documents'][number]['disclosures']): Letter => ({
    ...letter,
    documents: letter.documents.map((document) => ({ ...document, disclosures })),
});

/** Applies with a letter of one's own making. */
async function applyWith(one: Trader, study: ShownStudy, record: MatchingRecord, letter: Letter) {
    const { actor, context, wallet } = one;
    const honest = await prepareApplication(context, actor, study, [record]);
    const { application } = honest;
    const { order } = honest.offer;
    const { secret } = await actor.keys.secretBehind(town.deployment, record.state.ownerKey, 0);
    const instruction = await getApplyInstructionAsync({
        participant: wallet.signer,
        payer: wallet.signer,
        study: study.address,
        order,
        application,
        descriptionHash: study.file.hash,
        letter: sealLetter(encodeLetter(letter), study.studyKey, { application, order }, secret),
    });
    if (honest.order) await sendPrepared(context, honest.order);
    const before = honest.order ? [] : honest.apply.instructions.slice(0, -1);
    for (const one of before) await sendPrepared(context, { ...honest.apply, instructions: [one] });
    await sendPrepared(context, prepared(one, instruction));
    return application;
}
