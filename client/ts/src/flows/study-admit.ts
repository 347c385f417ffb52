// A sponsor's side of selection: letters are opened and checked, documents fetched, and participants admitted. And of both ways:
// receipts of seats are saved as soon as a participant has one, because nobody else saves the records' contents.

import { bytesToHex } from '@noble/hashes/utils.js';
import type { Address } from '@solana/kit';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import type { SecretKey } from '../crypto/keys.js';
import { factHash, verifyDisclosure } from '../documents/facts.js';
import { type Application, findSeatPda, getAdmitInstructionAsync } from '../generated/index.js';
import { type KeyedAccount, list } from '../ledger/listings.js';
import { type Offer, offerOf, offerTerms } from '../saved/offers.js';
import { makeSeatReceipt, nextReceiptName, savedReceipts, saveReceipt } from '../saved/receipts.js';
import { documentStatus, fetchDocument } from '../store/store-client.js';
import { decodeLetter, type Letter, openLetter } from '../studies/letter.js';
import { type Actor, type FlowContext, isAllowedBy, payerOf, storeOptionsOf } from './context.js';
import type { Prepared } from './prepared.js';
import { recordsAt } from './sale.js';
import type { ShownStudy } from './study.js';

/** An application that was checked. */
export type CheckedApplication = {
    application: Address;
    state: Application;
    /** The offer that the sponsor would buy, with records whose addresses follow from their contents. */
    offer: Offer;
    records: readonly KeyedAccount<'record'>[];
    letter: Letter;
    /** The facts of each record that the letter proves. */
    proven: readonly (readonly string[])[];
};

/** An application, or why it can't be admitted. */
export type ReadApplication = { application: Address } & ({ checked: CheckedApplication } | { error: ClientError });

/**
 * Reads and checks all applications to a study. One that is malformed stops no other one.
 *
 * @throws {ClientError} `no_node`, `wrong_cluster`.
 */
export async function readApplications(
    context: FlowContext,
    study: ShownStudy,
    secret: SecretKey<'study'>,
): Promise<ReadApplication[]> {
    const { accounts } = await list(context.ledger, 'application', { study: study.address });
    const read: ReadApplication[] = [];
    for (const account of accounts) {
        try {
            read.push({
                application: account.address,
                checked: await checkApplication(context, study, secret, account),
            });
        } catch (error) {
            if (!(error instanceof ClientError)) throw error;
            read.push({ application: account.address, error });
        }
    }
    return read;
}

/**
 * Checks an application: its order against the study, then its letter, then each disclosure against the record's root.
 *
 * @throws {ClientError} `other_terms`; `letter`; `no_match`: a group of requirements is not proven; those of reading.
 */
export async function checkApplication(
    { ledger }: Pick<FlowContext, 'ledger'>,
    study: ShownStudy,
    secret: SecretKey<'study'>,
    { address, state }: KeyedAccount<'application'>,
): Promise<CheckedApplication> {
    if (state.study !== study.address) {
        throw new ClientError('other_terms', `application ${address} is to study ${state.study}`);
    }
    const { state: order } = await ledger.get('order', state.order);
    const offer = offerOf(state.order, order);
    requireTerms(study, offer, state.participant);
    const records = await recordsAt(ledger, offer.records);
    for (const { address: record, state: contents } of records) requireCreator(study, record, contents);
    const parties = { application: address, order: state.order };
    const letter = decodeLetter(openLetter(state.letter, secret, parties));
    if (letter.documents.length !== records.length) {
        throw new ClientError('letter', 'the letter has another number of documents than the order has records');
    }
    const proven = records.map((record, index) => provenFacts(study, letter, record, index));
    return { application: address, state, offer, records, letter, proven };
}

function requireTerms({ file, state, vault }: ShownStudy, offer: Offer, participant: Address): void {
    const { records, reward } = file.description;
    const isStudys =
        offer.seller === participant &&
        offer.seller !== state.sponsor &&
        offer.onlyBuyer === vault &&
        offer.price === reward &&
        offer.deliveryWindow === state.deliveryWindow &&
        offer.records.length === records;
    if (!isStudys) throw new ClientError('other_terms', `order ${offer.order} does not have the terms of the study`);
}

function requireCreator(
    { file }: ShownStudy,
    record: Address,
    { creator, owner }: { creator: Address; owner: Address },
) {
    const { creators } = file.description;
    if (creators.length === 0 || (creator !== owner && creators.includes(creator))) return;
    throw new ClientError('no_match', `record ${record} is by ${creator}, whom the study does not accept`);
}

/** The facts of a record that a letter proves. Of each group there must be one. */
function provenFacts(
    { file }: ShownStudy,
    letter: Letter,
    { address, state }: KeyedAccount<'record'>,
    index: number,
): string[] {
    const { requirements } = file.description;
    const document = letter.documents[index];
    const proves = (fact: string, disclosure: ArrayLike<number>) =>
        verifyDisclosure(state.factsRoot, factHash(fact), Uint8Array.from(disclosure));
    const ciphertext = `ciphertext-sha256=${bytesToHex(copy(document?.sha256 ?? new Uint8Array()))}`;
    if (!document || !proves(ciphertext, document.ciphertextDisclosure)) {
        throw new ClientError('letter', `the letter does not prove which ciphertext record ${address} has`);
    }
    const shown = document.disclosures.map(({ disclosure, requirement }) => {
        const required = requirements[requirement];
        if (!required || !proves(required.fact, disclosure)) {
            throw new ClientError('letter', `the letter has a disclosure that record ${address} does not bear out`);
        }
        return required;
    });
    const missing = requirements.find(({ group }) => !shown.some((one) => one.group === group));
    if (missing) {
        throw new ClientError('no_match', `the letter proves no fact of group ${missing.group} for record ${address}`);
    }
    return shown.map(({ fact }) => fact);
}

/**
 * Prepares the admission of an applicant. The ciphertexts are fetched first: what is in no store is not worth a reward. Nothing is read
 * again: the instruction names the hash of the terms that were checked, and the program refuses any others.
 *
 * @throws {ClientError} `store_not_allowed`, `too_large`, `wrong_document`.
 * @throws {AggregateError} No store has a document.
 */
export async function admit(
    context: FlowContext,
    admitter: Pick<Actor, 'wallet' | 'payer'>,
    study: ShownStudy,
    { application, letter, offer, state }: CheckedApplication,
): Promise<Prepared<Address>> {
    for (const document of letter.documents) await requireStored(context, document);
    const config = { programAddress: context.ledger.deployment.program };
    const [seat] = await findSeatPda({ vault: study.vault, participant: state.participant }, config);
    const instruction = await getAdmitInstructionAsync(
        {
            admitter: admitter.wallet.signer,
            study: study.address,
            vault: study.vault,
            application,
            rentPayer: state.rentPayer,
            order: state.order,
            seat,
            terms: offerTerms(offer),
        },
        config,
    );
    return {
        outcome: seat,
        instructions: [instruction],
        feePayer: payerOf(admitter),
        newAccounts: [],
        saveFirst: async () => {
            await saveSeatReceipt(context, study.address, seat, offer);
        },
    };
}

/** Fetches a ciphertext, whose hash the letter proves, from the first store that has it. */
async function requireStored(context: FlowContext, { sha256, stores }: Letter['documents'][number]): Promise<void> {
    const [isAllowed, options] = [isAllowedBy(context), storeOptionsOf(context)];
    const errors: unknown[] = [];
    for (const store of stores) {
        try {
            if (!isAllowed(new URL(store))) {
                throw new ClientError('store_not_allowed', `${store}: this app does not ask such stores`);
            }
            const status = await documentStatus(store, copy(sha256), options);
            if (!status) throw new ClientError('not_found', `${store} does not have the document`);
            await fetchDocument({ sha256, size: status.size, stores: [store] }, isAllowed, options);
            return;
        } catch (error) {
            context.signal?.throwIfAborted();
            errors.push(error);
        }
    }
    throw new AggregateError(errors, 'no store of the letter has the document');
}

/** A seat of a study, and the name of its saved receipt. */
export type SavedSeat = { seat: Address; receipt: string };

/**
 * Saves receipts of all seats that have none: with a receipt a seat opens even if its participant closes the order and deletes the
 * records afterwards. Run it often while a study is open.
 *
 * @throws {ClientError} `no_node`, `wrong_cluster`, `receipt`.
 */
export async function saveSeats(
    context: FlowContext,
    { address, vault }: Pick<ShownStudy, 'address' | 'vault'>,
): Promise<{ saved: SavedSeat[]; failed: { seat: Address; error: ClientError }[] }> {
    const { ledger } = context;
    const { accounts } = await list(ledger, 'purchase', { buyer: vault, seat: 1 });
    const result: Awaited<ReturnType<typeof saveSeats>> = { saved: [], failed: [] };
    for (const { address: seat, state } of accounts) {
        try {
            const { state: order } = await ledger.get('order', state.order);
            const receipt = await saveSeatReceipt(context, address, seat, offerOf(state.order, order));
            if (receipt) result.saved.push({ seat, receipt });
        } catch (error) {
            if (!(error instanceof ClientError)) throw error;
            result.failed.push({ seat, error });
        }
    }
    return result;
}

/** Saves the receipt of a seat, unless one on the same terms is saved. */
async function saveSeatReceipt(
    { ledger, saved }: Pick<FlowContext, 'ledger' | 'saved'>,
    study: Address,
    seat: Address,
    offer: Offer,
): Promise<string | undefined> {
    const terms = bytesToHex(offerTerms(offer));
    const receipts = await savedReceipts(saved, ledger.deployment, seat);
    const isKnown = receipts.some((one) => 'receipt' in one && bytesToHex(offerTerms(one.receipt.offer)) === terms);
    if (isKnown) return undefined;
    const receipt = await makeSeatReceipt(ledger.deployment, study, offer, await recordsAt(ledger, offer.records));
    const name = await nextReceiptName(saved, ledger.deployment, seat);
    await saveReceipt(saved, name, receipt);
    return name;
}
