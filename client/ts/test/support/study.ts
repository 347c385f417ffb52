// Studies of a town: a sponsor, participants, and records by the town's clinic.

import assert from 'node:assert/strict';
import type { Address } from '@solana/kit';
import {
    chooseRecords,
    createStudy,
    disclosedBefore,
    fundStudy,
    listRecords,
    type MatchingRecord,
    matchStudy,
    type NewStudy,
    openCandidate,
    type ShownStudy,
    sendPrepared,
    showStudy,
} from '../../src/index.js';
import { KIND } from './acts.js';
import type { Trader } from './market.js';

export const REWARD = 50_000_000n;
/** The facts that the records of this test have. */
export const [KIND_FACT, MEDIA_FACT] = [`kind=${KIND}`, 'media-type=application/fhir+json'];

const words = {
    title: 'Blood pressure',
    purpose: 'To learn about blood pressure',
    sponsor: 'An institute',
    contact: 'study@institute.example',
    asked: 'One measurement',
    use: 'Statistics',
    retention: 'Two years',
    criteria: 'A measurement of blood pressure',
};

/** The terms of a study for records by a creator. */
export const termsOf = (creators: readonly Address[], change: Partial<NewStudy> = {}): NewStudy => ({
    admission: 'open',
    reward: REWARD,
    deliveryWindow: 7_200,
    records: 1,
    creators,
    requirements: [
        { group: 0, fact: KIND_FACT },
        { group: 0, fact: 'kind=fhir:Observation/8480-6' },
    ],
    texts: { en: words },
    closesAt: BigInt(Math.floor(Date.now() / 1000)) + 30n * 86_400n,
    ...change,
});

/** Creates a study, and funds it with a number of seats and a half. */
export async function foundStudy(
    { actor, context }: Trader,
    terms: NewStudy,
    seats: number,
): Promise<ShownStudy & { id: bigint }> {
    const { outcome } = await sendPrepared(context, await createStudy(context, actor, terms));
    const { file, id, study } = outcome;
    if (seats > 0) {
        const rent = 3_500_000n;
        const lamports = BigInt(seats) * (terms.reward + rent);
        await sendPrepared(context, await fundStudy(context, actor, study, lamports));
    }
    return { ...(await showStudy(context, study, file)), id };
}

/** A participant's own records, compared with a study. */
export async function matchOf({ actor, context }: Trader, study: ShownStudy) {
    const { accounts } = await listRecords(context, { owner: actor.wallet.address });
    const candidates = await Promise.all(accounts.map((one) => openCandidate(context, actor.keys, one)));
    return matchStudy(study, candidates, await disclosedBefore(context, actor.wallet.address));
}

/** The records with which a participant takes part. */
export async function chosenOf(trader: Trader, study: ShownStudy): Promise<readonly MatchingRecord[]> {
    const chosen = chooseRecords(study.file.description, await matchOf(trader, study));
    assert.ok(chosen, 'records match');
    return chosen;
}
