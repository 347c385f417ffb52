// The order of a participant: for the study's vault alone, without a label, which would say nothing that the study doesn't.

import type { Address } from '@solana/kit';
import { isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { type Offer, offerOf, offerTerms, saveOffer } from '../saved/offers.js';
import { savedParticipation } from '../saved/participations.js';
import type { MatchingRecord } from '../studies/matching.js';
import type { Actor, FlowContext } from './context.js';
import { createOrder } from './order.js';
import type { Prepared } from './prepared.js';
import type { ShownStudy } from './study.js';

/**
 * The order for a study: one that an earlier run made, if it is still open on the same terms, otherwise a new one.
 *
 * @throws {ClientError} `no_match`: too few records, or records that don't match; as `createOrder`.
 */
export async function studyOrder(
    context: Pick<FlowContext, 'ledger' | 'saved'>,
    participant: Actor,
    study: ShownStudy,
    records: readonly MatchingRecord[],
): Promise<Prepared<Offer>> {
    const { deliveryWindow, recordCount, reward, sponsor } = study.state;
    const wallet = participant.wallet.address;
    if (sponsor === wallet) throw noMatch(study, 'sponsors do not take part in their own studies');
    if (records.length !== recordCount) {
        throw noMatch(study, `it takes ${recordCount} records of each participant, not ${records.length}`);
    }
    const order = {
        records: records.map(({ address }) => address),
        price: reward,
        deliveryWindow,
        label: '',
        onlyBuyer: study.vault,
    };
    return (
        (await earlierOrder(context, participant, study, order.records)) ??
        (await createOrder(context, participant, order))
    );
}

/** The order of an earlier run, without an instruction. */
async function earlierOrder(
    { ledger, saved }: Pick<FlowContext, 'ledger' | 'saved'>,
    participant: Actor,
    study: ShownStudy,
    records: readonly Address[],
): Promise<Prepared<Offer> | undefined> {
    const { deployment } = ledger;
    const { payer, wallet } = participant;
    const before = await savedParticipation(saved, deployment, study.address, wallet.address);
    if (!before) return undefined;
    const { state } = await ledger.find('order', before.order);
    if (!state || state.open === 0 || state.pendingPurchases !== 0 || state.seller !== wallet.address) return undefined;
    const offer = offerOf(before.order, state);
    const { deliveryWindow, reward } = study.state;
    const wanted: Offer = {
        order: before.order,
        seller: wallet.address,
        price: reward,
        deliveryWindow,
        label: '',
        onlyBuyer: study.vault,
        records,
    };
    if (!isSame(offerTerms(offer), offerTerms(wanted))) return undefined;
    return {
        outcome: offer,
        instructions: [],
        feePayer: payer ?? wallet.signer,
        newAccounts: [],
        saveFirst: () => saveOffer(saved, deployment, offer, true),
        saveAfter: () => saveOffer(saved, deployment, offer),
    };
}

export const noMatch = ({ address }: ShownStudy, words: string) =>
    new ClientError('no_match', `study ${address}: ${words}`);
