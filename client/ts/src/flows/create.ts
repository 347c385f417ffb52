// Creating records: a document is encrypted and stored first, and the record's address follows from the result.

import type { Address, TransactionSigner } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { readCard } from '../crypto/card.js';
import { secureRandom } from '../crypto/group.js';
import { RecordElement } from '../crypto/record.js';
import { GENERION_ERROR__CAPSULE_PROOF_INVALID, getCreateRecordInstruction } from '../generated/index.js';
import { type MadeRecord, makeRecord } from '../records/writing.js';
import { documentUrl } from '../store/store.js';
import { CREATE_RECORD_UNITS } from '../transactions/limits.js';
import { RefusedTransaction } from '../transactions/refused.js';
import type { Wallet } from '../wallets/wallet.js';
import { type Actor, type FlowContext, payerOf } from './context.js';
import {
    accountToCreate,
    type Placeholder,
    type Prepared,
    type SendPreparedOptions,
    type Sent,
    sendPrepared,
} from './prepared.js';
import { findRecipient, type Recipient, recipientOfCard, userOf } from './recipient.js';
import { locatorOf, type NewDocument, type StagedDocument, sealedLength, stageDocument } from './stage.js';

/** A record that was made. */
export type NewRecord = {
    /** Its address. */
    record: Address;
    /** Where its document is. */
    documents: URL[];
};

/** The creator of a record: the wallet, and the payer. */
export type Creator = Pick<Actor, 'payer' | 'wallet'>;

/** The number of times that the owner's key may change after the document was encrypted. */
const KEY_CHANGES = 3;

/**
 * Encrypts a document to its owner, uploads it to its stores, writes the record, and waits until it is confirmed. The owner's
 * key is that on the card, or, without one, what `findRecipient` finds. Where the ledger turns out to have another one, the
 * document is encrypted anew, with another key: nobody who was shown the first capsule can open the second.
 *
 * Show {@link recordPlaceholder} with its cost first.
 *
 * @throws {ClientError} As `findRecipient`, `recipientOfCard` and `stageDocument`; as `sendPrepared`.
 * @throws {StoreError} A store refused.
 */
export async function createRecord(
    context: FlowContext,
    creator: Creator,
    document: NewDocument,
    options: SendPreparedOptions & { card?: string } = {},
): Promise<Sent<NewRecord>> {
    const { card, ...sending } = options;
    // Asked before the upload: without a key there is nobody to encrypt to.
    let recipient = await recipientOf(context, document, card);
    for (let changes = 0; ; changes += 1) {
        const staged = await stageDocument(context, creator.wallet, document);
        const prepared = await prepareRecord(context, creator, document, recipient, staged);
        try {
            return await sendPrepared(context, prepared, sending);
        } catch (error) {
            if (!isOtherKey(error) || changes >= KEY_CHANGES) throw error;
            const present = await recipientOf(context, document, card);
            if (present.key.toJSON() === recipient.key.toJSON()) throw error;
            recipient = present;
        }
    }
}

/**
 * Prepares the record of a document that is stored, for one key of its owner. The creator's wallet signs the record at once,
 * unless the document says otherwise, and the transaction when it is sent.
 *
 * @throws {ClientError} `not_the_wallets`, `can_not_sign`, `missing`: the wallet signs something else.
 */
export async function prepareRecord(
    context: FlowContext,
    creator: Creator,
    document: Pick<NewDocument, 'isSigned'>,
    recipient: Recipient,
    { element, locator, content }: StagedDocument,
): Promise<Prepared<NewRecord>> {
    const { wallet } = creator;
    const feePayer = payerOf(creator);
    const make = async (drafted: StagedDocument, isSigned: boolean) => {
        const draft = { owner: recipient.wallet, ownerKey: recipient.key, creator: wallet.address, ...drafted };
        return await makeRecord(context.ledger.deployment, draft, isSigned ? wallet.signMessage : undefined);
    };
    const made = await make({ element, locator, content }, document.isSigned ?? true);
    const random = await make(randomised(locator), false);
    return {
        outcome: { record: made.record, documents: locator.stores.map((store) => documentUrl(store, locator.sha256)) },
        instructions: [await instructionOf(context, wallet, feePayer, recipient, made)],
        feePayer,
        newAccounts: [accountToCreate('record', made.locator.length)],
        secret: {
            computeUnitLimit: CREATE_RECORD_UNITS,
            placeholder: [await instructionOf(context, wallet, feePayer, recipient, random)],
        },
    };
}

/**
 * A placeholder for what {@link createRecord} would send, with random data in the place of the document: for its cost, and
 * for whether the ledger would refuse it. Nothing is encrypted, uploaded, signed or sent.
 *
 * @throws {ClientError} As `findRecipient`, `recipientOfCard` and `sealedLength`.
 */
export async function recordPlaceholder(
    context: FlowContext,
    creator: Creator,
    document: NewDocument,
    card?: string,
): Promise<Placeholder> {
    const length = sealedLength(document);
    const recipient = await recipientOf(context, document, card);
    const draft = { owner: recipient.wallet, ownerKey: recipient.key, creator: creator.wallet.address };
    const random = await makeRecord(context.ledger.deployment, { ...draft, ...randomised(locatorOf(document)) });
    const feePayer = payerOf(creator);
    return {
        instructions: [await instructionOf(context, creator.wallet, feePayer, recipient, random)],
        feePayer,
        newAccounts: [accountToCreate('record', length)],
    };
}

/** Another element and another hash, in a locator of the same length. */
const randomised = (locator: StagedDocument['locator']): StagedDocument => ({
    element: RecordElement.random(),
    locator: { ...locator, sha256: secureRandom(32) },
    content: [],
});

async function recipientOf(context: FlowContext, { owner }: NewDocument, card?: string): Promise<Recipient> {
    if (card === undefined) return await findRecipient(context, owner);
    const { key } = readCard(card);
    if (key.wallet !== owner) {
        throw new ClientError('unusable_card', `the card is of wallet ${key.wallet}, and the document is for ${owner}`);
    }
    return await recipientOfCard(context, card);
}

async function instructionOf(
    context: FlowContext,
    creator: Wallet,
    payer: TransactionSigner,
    { wallet }: Recipient,
    made: MadeRecord,
) {
    const input = { creator: creator.signer, payer, user: await userOf(context, wallet), ...made };
    return getCreateRecordInstruction(input, { programAddress: context.ledger.deployment.program });
}

/** Whether the owner's key on the ledger may be another one than the record was made for. */
export function isOtherKey(error: unknown): boolean {
    if (!(error instanceof RefusedTransaction)) return false;
    if (error.programError === GENERION_ERROR__CAPSULE_PROOF_INVALID) return true;
    const reason = error.reason as { InstructionError?: readonly unknown[] } | null;
    return reason?.InstructionError?.[1] === 'InvalidSeeds';
}
