// Applying to a study that selects its participants, and leaving a study.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { Address } from '@solana/kit';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import {
    getApplyInstructionAsync,
    getRefundInstruction,
    getWithdrawApplicationInstruction,
} from '../generated/index.js';
import { purchaseStatus } from '../ledger/accounts.js';
import type { Offer } from '../saved/offers.js';
import { type Participation, savedParticipation, saveParticipation } from '../saved/participations.js';
import { encodeLetter, type Letter, type LetterDocument, sealLetter } from '../studies/letter.js';
import type { MatchingRecord } from '../studies/matching.js';
import { type Actor, type FlowContext, payerOf } from './context.js';
import { secretFor } from './own-key.js';
import { accountToCreate, type Prepared } from './prepared.js';
import { requireOpen, type ShownStudy, studyStanding } from './study.js';
import { isRoom, requireAdmission } from './study-join.js';
import { noMatch, studyOrder } from './study-order.js';

/** An application that was prepared. */
export type PreparedApplication = {
    /** The address of the application. */
    application: Address;
    offer: Offer;
    /** The order in a transaction of its own, where it does not fit the second one. */
    order: Prepared | undefined;
    /** The transaction with the letter. */
    apply: Prepared;
};

/**
 * Prepares an application. Its letter, which only the study's key opens, has the disclosures that the description asks for, and
 * locations of the documents. The sponsor keeps them for ever, admitted or not, and can show them to others. The public learns that
 * the wallet applied, and with which records.
 *
 * @param message A few words to the sponsor, at most 255 bytes.
 *
 * @throws {ClientError} `admission`; `study_over`; `has_seat`; `has_application`; `no_match`; `letter`: it does not fit; those of
 * `studyStanding` and `createOrder`.
 */
export async function prepareApplication(
    context: FlowContext,
    participant: Actor,
    study: ShownStudy,
    records: readonly MatchingRecord[],
    message = '',
): Promise<PreparedApplication> {
    const { ledger, saved } = context;
    const { deployment } = ledger;
    const wallet = participant.wallet.address;
    requireAdmission(study, 'selection');
    const standing = await studyStanding(context, study, wallet);
    requireOpen(study, standing);
    if (standing.seatState) {
        throw new ClientError('has_seat', `this wallet has a seat in study ${study.address} already`);
    }
    if (standing.applicationState) {
        throw new ClientError('has_application', `this wallet has applied to study ${study.address} already`);
    }
    const ordered = await studyOrder(context, participant, study, records);
    const offer = ordered.outcome;
    const before = await savedParticipation(saved, deployment, study.address, wallet);
    const { application } = standing;
    const letter =
        // The letter of an interrupted run is sent again as it is: it is bound to this order.
        before?.letter && before.order === offer.order
            ? hexToBytes(before.letter)
            : await sealed(context, participant, study, records, { application, order: offer.order }, message);
    const payer = payerOf(participant);
    const applying = await getApplyInstructionAsync(
        {
            participant: participant.wallet.signer,
            payer,
            study: study.address,
            order: offer.order,
            application,
            descriptionHash: study.file.hash,
            letter,
        },
        { programAddress: deployment.program },
    );
    const both = [...ordered.instructions, applying];
    const isSplit = !isRoom(payer, both, 0n);
    const participation: Participation = {
        study: study.address,
        participant: wallet,
        order: offer.order,
        disclosed: records.flatMap(({ address, shown }) => shown.map(({ fact }) => ({ record: address, fact }))),
        isPublic: false,
        deadline: 0n,
        letter: bytesToHex(letter),
    };
    const newAccounts = [accountToCreate('application', letter.length)];
    const apply: Prepared = {
        outcome: undefined,
        instructions: isSplit ? [applying] : both,
        feePayer: payer,
        newAccounts: isSplit ? newAccounts : [...ordered.newAccounts, ...newAccounts],
        saveFirst: async () => {
            if (!isSplit) await ordered.saveFirst?.();
            await saveParticipation(saved, deployment, participation);
        },
        ...(!isSplit && ordered.saveAfter && { saveAfter: ordered.saveAfter }),
    };
    return { application, offer, order: isSplit ? { ...ordered, outcome: undefined } : undefined, apply };
}

async function sealed(
    context: FlowContext,
    { keys }: Actor,
    study: ShownStudy,
    records: readonly MatchingRecord[],
    parties: { application: Address; order: Address },
    message: string,
): Promise<Uint8Array<ArrayBuffer>> {
    const [first] = records;
    if (!first) throw noMatch(study, 'there are no records to apply with');
    const secret = await secretFor(context, keys, copy(first.state.ownerKey), first.state.keyIndex);
    return sealLetter(shortestLetter(records, message), study.studyKey, parties, secret);
}

/** The letter with all stores of each document, or with the first one where that does not fit. */
function shortestLetter(records: readonly MatchingRecord[], message: string): Uint8Array<ArrayBuffer> {
    const letter = (stores: number): Letter => ({
        documents: records.map((record) => documentOf(record, stores)),
        message,
    });
    try {
        return encodeLetter(letter(3));
    } catch {
        return encodeLetter(letter(1));
    }
}

function documentOf({ address, facts, locator, shown }: MatchingRecord, stores: number): LetterDocument {
    const disclose = (fact: string) => {
        const disclosure = facts.disclose(fact);
        if (!disclosure) throw new ClientError('no_match', `record ${address} does not have the fact ${fact}`);
        return disclosure;
    };
    const sha256 = copy(locator.sha256);
    return {
        stores: locator.stores.slice(0, stores),
        sha256,
        ciphertextDisclosure: disclose(`ciphertext-sha256=${bytesToHex(sha256)}`),
        disclosures: shown.map(({ fact, requirement }) => ({ requirement, disclosure: disclose(fact) })),
    };
}

/** The part of a wallet in a study that leaving ends. */
export type Left = 'application' | 'seat';

/**
 * Leaves a study: withdraws the application, or gives up a seat that is not delivered in full. Facts that were disclosed stay
 * known.
 *
 * @throws {ClientError} `seat_locked`: the seat is delivered, so nobody can give it up; do not settle, and the budget gets it back
 * after a day; `seat_settled`: it is paid; `not_found`: the wallet has no part in the study.
 */
export async function leaveStudy(
    context: Pick<FlowContext, 'ledger' | 'signal'>,
    participant: Pick<Actor, 'wallet' | 'payer'>,
    study: ShownStudy,
): Promise<Prepared<Left>> {
    const { program } = context.ledger.deployment;
    const config = { programAddress: program };
    const { signer } = participant.wallet;
    const standing = await studyStanding(context, study, participant.wallet.address);
    const { application, applicationState, seat, seatState } = standing;
    const prepared = { feePayer: payerOf(participant), newAccounts: [] };
    if (seatState) {
        const status = purchaseStatus(seatState);
        if (status === 'settled') {
            throw new ClientError(
                'seat_settled',
                `the seat in study ${study.address} is paid: the sponsor has the data`,
            );
        }
        if (status === 'locked') {
            throw new ClientError(
                'seat_locked',
                `the seat in study ${study.address} is delivered and can't be given up. Do not settle it: after a day its reward returns to the study`,
            );
        }
        const { buyer, order } = seatState;
        const refund = getRefundInstruction({ authority: signer, buyer, order, purchase: seat }, config);
        return { outcome: 'seat', instructions: [refund], ...prepared };
    }
    if (!applicationState) {
        throw new ClientError('not_found', `this wallet has no seat in study ${study.address}, and no application`);
    }
    const { rentPayer } = applicationState;
    const withdraw = getWithdrawApplicationInstruction(
        { authority: signer, study: study.address, application, rentPayer },
        config,
    );
    return { outcome: 'application', instructions: [withdraw], ...prepared };
}
