// Joining a study with open admission: the participant's disclosures are public from the moment that the transaction is sent,
// whether it lands or not. So everything is checked before, nothing is simulated, and an interrupted run is continued with the
// same disclosures.

import {
    type Address,
    compileTransaction,
    getTransactionSize,
    type Instruction,
    type TransactionSigner,
} from '@solana/kit';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { makeDelivery } from '../crypto/delivery.js';
import { PublicKey } from '../crypto/keys.js';
import { type Disclosure, getDeliverInstruction, getJoinStudyInstructionAsync } from '../generated/index.js';
import { type Offer, offerTerms } from '../saved/offers.js';
import { type Participation, savedParticipation, saveParticipation } from '../saved/participations.js';
import { requireReserve } from '../settlement/reserve.js';
import type { MatchingRecord } from '../studies/matching.js';
import { joinUnits } from '../transactions/limits.js';
import { RefusedTransaction } from '../transactions/refused.js';
import { type ConfirmedTransaction, followTransaction } from '../transactions/send.js';
import { messageOf } from '../transactions/simulate.js';
import { type Actor, type FlowContext, payerOf } from './context.js';
import { MAX_TRANSACTION_BYTES } from './order.js';
import { secretFor } from './own-key.js';
import { accountToCreate, type Prepared, sendPrepared } from './prepared.js';
import { requireOpen, type ShownStudy, type StudyStanding, studyStanding } from './study.js';
import { noMatch, studyOrder } from './study-order.js';

/** How a study is joined. */
export type JoinOptions = {
    /** The price of a compute unit, in micro-lamports [default: 0]. */
    computeUnitPrice?: bigint;
    /** Joins when the budget pays for a single seat, which somebody else may take first [default: no]. */
    acceptLastSeat?: boolean;
    /**
     * Delivers in the same transaction where that fits [default: yes]. Then the participant can't leave any more: the reward is
     * bound until it is paid, or for a day.
     */
    deliverAtOnce?: boolean;
    /** The account that pays for settling [default: the payer]. */
    settlePayer?: Address;
    /** Publishes the order in a transaction of its own, where the two don't fit one [default: no]. */
    acceptTwoTransactions?: boolean;
};

/** A join that was prepared: nothing is signed or sent. */
export type PreparedJoin = {
    /** The seat. */
    seat: Address;
    offer: Offer;
    /** The deadline of the seat, Unix time in seconds. */
    deadline: bigint;
    /** The order in a transaction of its own, where it does not fit the second one. */
    order: Prepared | undefined;
    /** The transaction with the disclosures. */
    join: Prepared;
    /** Whether it delivers, too. */
    isDelivering: boolean;
};

/** A participant who has a seat. */
export type Joined = {
    seat: Address;
    /** The transaction; `undefined`: an earlier run made the seat. */
    confirmed: ConfirmedTransaction | undefined;
    /** Whether it is delivered already, so that settling is all that is left. */
    isDelivered: boolean;
};

/** Seconds before the latest allowed deadline, because the ledger's clock may be behind. */
const DEADLINE_MARGIN = 120n;

/**
 * Prepares to join a study with records that match it.
 *
 * @throws {ClientError} `study_over`; `no_seats`; `last_seat`; `has_seat`; `no_match`; `study_deadline`: an earlier seat had a
 * later deadline than a new one may have; `too_long`: it does not fit one transaction; `settle_reserve`; those of
 * `studyStanding` and `createOrder`.
 */
export async function prepareJoin(
    context: FlowContext,
    participant: Actor,
    study: ShownStudy,
    records: readonly MatchingRecord[],
    options: JoinOptions = {},
): Promise<PreparedJoin> {
    const { ledger, saved } = context;
    const { deployment } = ledger;
    const wallet = participant.wallet.address;
    requireAdmission(study, 'open');
    const standing = await studyStanding(context, study, wallet);
    requireOpen(study, standing);
    requireSeats(study, standing, options.acceptLastSeat ?? false);
    const before = await savedParticipation(saved, deployment, study.address, wallet);
    const deadline = deadlineOf(study, standing, before);
    const ordered = await studyOrder(context, participant, study, records);
    const offer = ordered.outcome;
    const joining = await getJoinStudyInstructionAsync(
        {
            participant: participant.wallet.signer,
            study: study.address,
            vault: study.vault,
            order: offer.order,
            seat: standing.seat,
            descriptionHash: study.file.hash,
            deadline,
            disclosures: records.flatMap(disclosuresOf),
            records: [...offer.records],
        },
        { programAddress: deployment.program },
    );
    const payer = payerOf(participant);
    const price = options.computeUnitPrice ?? 0n;
    const fits = (instructions: readonly Instruction[]) => isRoom(payer, instructions, price);
    const both = [...ordered.instructions, joining];
    const delivery =
        options.deliverAtOnce === false
            ? undefined
            : await deliveryOf(context, participant, study, records, offer, standing.seat, deadline);
    const isDelivering = delivery !== undefined && fits([...both, delivery]);
    const isSplit = !isDelivering && !fits(both);
    if (isSplit && !options.acceptTwoTransactions) {
        throw new ClientError(
            'too_long',
            'order and disclosures do not fit one transaction: with two, the order is public before the seat is sure',
        );
    }
    if (isDelivering) await requireReserve(ledger, options.settlePayer ?? payer.address, 1, context.signal);
    const instructions = isSplit ? [joining] : isDelivering ? [...both, delivery] : both;
    const disclosed = records.flatMap(({ address, shown }) => shown.map(({ fact }) => ({ record: address, fact })));
    const participation: Participation = {
        study: study.address,
        participant: wallet,
        order: offer.order,
        disclosed,
        isPublic: true,
        deadline,
    };
    const save = () => saveParticipation(saved, deployment, participation);
    const join: Prepared = {
        outcome: undefined,
        instructions,
        feePayer: payer,
        newAccounts: isSplit ? [] : ordered.newAccounts,
        saveFirst: async () => {
            if (!isSplit) await ordered.saveFirst?.();
            await save();
        },
        saveAfter: async () => {
            if (!isSplit) await ordered.saveAfter?.();
            await save();
        },
        // A simulation would show the disclosures to a node before they are on their way.
        secret: { computeUnitLimit: joinUnits(records.length, disclosed.length, isDelivering) },
    };
    const order = isSplit
        ? { ...ordered, outcome: undefined, newAccounts: [accountToCreate('order', records.length)] }
        : undefined;
    return { seat: standing.seat, offer, deadline, order, join, isDelivering };
}

/**
 * Joins a study, or continues a join that was interrupted: a transaction that is still on its way is followed to its end first. A
 * seat that the wallet already has is the outcome, and nothing is sent or disclosed.
 *
 * @throws {ClientError} As {@link prepareJoin}; `unknown`: call this again; those of sending.
 * @throws {RefusedTransaction} The ledger refused it. The disclosures are public all the same.
 */
export async function joinStudy(
    context: FlowContext,
    participant: Actor,
    study: ShownStudy,
    records: readonly MatchingRecord[],
    options: JoinOptions = {},
): Promise<Joined> {
    const { ledger, saved } = context;
    const wallet = participant.wallet.address;
    const before = await savedParticipation(saved, ledger.deployment, study.address, wallet);
    if (before?.signed) await followed(context, before);
    const standing = await studyStanding(context, study, wallet);
    if (standing.seatState) {
        return { seat: standing.seat, confirmed: undefined, isDelivered: standing.seatState.status !== 0 };
    }
    const prepared = await prepareJoin(context, participant, study, records, options);
    const sendOptions = options.computeUnitPrice ? { computeUnitPrice: options.computeUnitPrice } : {};
    if (prepared.order) await sendPrepared(context, prepared.order, sendOptions);
    const { confirmed } = await sendPrepared(context, prepared.join, {
        ...sendOptions,
        notAfter: prepared.deadline - DEADLINE_MARGIN,
        onSigned: async (signed) => {
            const latest = await savedParticipation(saved, ledger.deployment, study.address, wallet);
            if (latest) await saveParticipation(saved, ledger.deployment, { ...latest, signed });
        },
    });
    return { seat: prepared.seat, confirmed, isDelivered: prepared.isDelivering };
}

/** Follows the transaction of an earlier run to its end. */
export async function followed(context: FlowContext, before: Participation): Promise<void> {
    const { ledger, saved, signal } = context;
    const { signed, ...rest } = before;
    if (!signed) return;
    try {
        await followTransaction(ledger, signed, signal);
    } catch (error) {
        const isOver =
            error instanceof RefusedTransaction || (error instanceof ClientError && error.code === 'expired');
        if (!isOver) throw error;
    }
    await saveParticipation(saved, ledger.deployment, rest);
}

/** Refuses a study that admits participants in another way. */
export function requireAdmission({ address, file }: ShownStudy, admission: 'open' | 'selection'): void {
    if (file.description.admission === admission) return;
    throw new ClientError(
        'admission',
        admission === 'open'
            ? `study ${address} selects its participants: apply for a seat`
            : `study ${address} admits everybody who matches: join it`,
    );
}

function requireSeats(study: ShownStudy, { seatState, seatsLeft }: StudyStanding, acceptLast: boolean): void {
    const { address } = study;
    if (seatState) throw new ClientError('has_seat', `this wallet has a seat in study ${address} already`);
    if (seatsLeft === 0n) throw new ClientError('no_seats', `the budget of study ${address} pays for no further seat`);
    if (seatsLeft > 1n || acceptLast) return;
    throw new ClientError(
        'last_seat',
        `the budget of study ${address} pays for one seat: if somebody else takes it first, your facts are public for nothing`,
    );
}

/**
 * The deadline to name. The earliest clock of the witnesses decides: the ledger's clock can't be behind what it has already shown,
 * so the deadline is in its range whenever the transaction lands. It is later than that of every earlier seat of this wallet.
 */
function deadlineOf(study: ShownStudy, { time }: StudyStanding, before: Participation | undefined): bigint {
    const latest = time.earliest + BigInt(study.state.deliveryWindow);
    const usual = latest - DEADLINE_MARGIN;
    const next = (before?.deadline ?? 0n) + 1n;
    if (next <= usual) return usual;
    if (next <= latest) return next;
    throw new ClientError(
        'study_deadline',
        `an earlier seat in study ${study.address} had a deadline that a new one must pass: try again in ${next - latest} s`,
    );
}

/** The disclosures of a record, by group. */
function disclosuresOf({ address, facts, shown }: MatchingRecord): { requirement: number; disclosure: Disclosure }[] {
    return shown.map(({ fact, requirement }) => {
        const bytes = facts.disclose(fact);
        if (!bytes) throw new ClientError('no_match', `record ${address} does not have the fact ${fact}`);
        const siblings = Array.from({ length: 5 }, (_, index) => bytes.slice(32 + 32 * index, 64 + 32 * index));
        return { requirement, disclosure: { salt: bytes.slice(0, 32), siblings } };
    });
}

async function deliveryOf(
    context: FlowContext,
    { keys }: Actor,
    study: ShownStudy,
    records: readonly MatchingRecord[],
    offer: Offer,
    seat: Address,
    deadline: bigint,
): Promise<Instruction> {
    const { deployment } = context.ledger;
    const [first] = records;
    const buyerKey = PublicKey.fromBytes('purchase', study.studyKey.toBytes());
    if (!first || !buyerKey) throw noMatch(study, 'it has no records to deliver');
    const secret = await secretFor(context, keys, copy(first.state.ownerKey), first.state.keyIndex);
    const believed = { purchase: seat, deadline, buyerKey, terms: offerTerms(offer) };
    const items = records.map(({ address, state }) => ({ address, capsule: state.capsule }));
    const delivery = makeDelivery(deployment, secret, believed, items);
    return getDeliverInstruction(
        { order: offer.order, purchase: seat, records: [...offer.records], first: 0, ...delivery },
        { programAddress: deployment.program },
    );
}

/** Whether instructions fit one transaction, with those about compute units. */
export const isRoom = (payer: TransactionSigner, instructions: readonly Instruction[], price: bigint): boolean =>
    getTransactionSize(compileTransaction(messageOf(payer.address, instructions, price))) <= MAX_TRANSACTION_BYTES;
