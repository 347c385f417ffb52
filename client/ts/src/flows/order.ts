// Orders: records that are put up for sale, and taken off it.

import {
    type Address,
    compileTransaction,
    getTransactionSize,
    type Instruction,
    type TransactionSigner,
} from '@solana/kit';
import { isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import {
    findOrderPda,
    findUserPda,
    getCloseOrderInstruction,
    getCreateOrderInstructionAsync,
    MAX_DELIVERY_WINDOW,
    MAX_ORDER_RECORDS,
    MIN_DELIVERY_WINDOW,
} from '../generated/index.js';
import type { Ledger } from '../ledger/ledger.js';
import { ANYONE, padLabel, sortRecords } from '../records/commitments.js';
import { openRecordElement } from '../records/opening.js';
import { type Offer, saveOffer } from '../saved/offers.js';
import { messageOf } from '../transactions/simulate.js';
import { type Actor, type FlowContext, payerOf } from './context.js';
import { accountToCreate, type Prepared } from './prepared.js';
import { recordsAt } from './sale.js';

/** Most bytes that a transaction has, signatures included, so that it fits one packet. */
export const MAX_TRANSACTION_BYTES = 1_232;

/** An order that is to be created. */
export type NewOrder = {
    /** Addresses of the seller's verified records, in any order. */
    records: readonly Address[];
    /** Price of one purchase, in lamports. */
    price: bigint;
    /** Seconds to deliver a purchase: 600 to 2,592,000. */
    deliveryWindow: number;
    /** What the public learns about the records: at most 64 bytes. */
    label: string;
    /** The only wallet that may buy [default: anyone]. The public learns it. */
    onlyBuyer?: Address;
};

/**
 * Puts records up for sale. The outcome is the offer, which is saved on this device before the order is sent: deliveries
 * follow it, and an order without a saved offer would never be delivered. An earlier offer at the same address is replaced
 * only once the order is confirmed, since a node can lie about the next id. Until then both are kept, and the terms of a
 * purchase tell which one it is of.
 *
 * Show the seller before what the documents tell about them, as the protocol says: a buyer gets them as they are.
 *
 * @throws {ClientError} `invalid_order`: terms that the program would refuse, or more records than fit a transaction;
 * `too_long`, `malformed`: the label; `wrong_key`: a record that could not be delivered honestly; `foreign_key`;
 * `not_found`; those of reading.
 */
export async function createOrder(
    { ledger, saved }: Pick<FlowContext, 'ledger' | 'saved'>,
    seller: Actor,
    { deliveryWindow, label, onlyBuyer, price, ...order }: NewOrder,
): Promise<Prepared<Offer>> {
    const { deployment } = ledger;
    const config = { programAddress: deployment.program };
    const wallet = seller.wallet.address;
    const records = sortRecords(order.records);
    await requireValid(ledger, records.length, price, deliveryWindow);
    padLabel(label);
    if (onlyBuyer === ANYONE) throw invalid('no wallet has the address of zeros: leave the only buyer out');
    await requireDeliverable(ledger, seller, records);

    const [user] = await findUserPda({ wallet }, config);
    const { nextOrderId: id } = (await ledger.get('user', user)).state;
    const payer = payerOf(seller);
    const instruction = await getCreateOrderInstructionAsync(
        {
            seller: seller.wallet.signer,
            payer,
            id,
            price,
            deliveryWindow,
            onlyBuyer: onlyBuyer ?? null,
            label,
            records,
        },
        config,
    );
    requireRoom([instruction], payer, records.length);
    const [address] = await findOrderPda({ seller: wallet, id }, config);
    const offer = { order: address, seller: wallet, price, deliveryWindow, label, onlyBuyer, records };
    return {
        outcome: offer,
        instructions: [instruction],
        feePayer: payer,
        newAccounts: [accountToCreate('order', records.length)],
        saveFirst: () => saveOffer(saved, deployment, offer, true),
        saveAfter: () => saveOffer(saved, deployment, offer),
    };
}

async function requireValid(ledger: Ledger, records: number, price: bigint, deliveryWindow: number): Promise<void> {
    if (records < 1 || records > MAX_ORDER_RECORDS) {
        throw invalid(`an order has 1 to ${MAX_ORDER_RECORDS} records, not ${records}`);
    }
    if (
        !Number.isInteger(deliveryWindow) ||
        deliveryWindow < MIN_DELIVERY_WINDOW ||
        deliveryWindow > MAX_DELIVERY_WINDOW
    ) {
        throw invalid(`a delivery takes ${MIN_DELIVERY_WINDOW} to ${MAX_DELIVERY_WINDOW} s, not ${deliveryWindow}`);
    }
    await ledger.checkGenesis();
    const answers = await ledger.askAll(({ rpc }) => rpc.getMinimumBalanceForRentExemption(0n).send());
    // So that the payment can go to a new wallet.
    const least = answers.map(({ value }): bigint => value).reduce((one, other) => (one > other ? one : other));
    if (price < least) throw invalid(`the lowest price is ${least} lamports, not ${price}`);
}

/** Makes sure, before records are offered, that their keys are what a buyer would get. */
async function requireDeliverable(ledger: Ledger, { keys }: Actor, addresses: readonly Address[]): Promise<void> {
    const records = await recordsAt(ledger, addresses);
    for (const { address, state } of records) {
        if (state.owner !== keys.wallet) throw invalid(`record ${address} belongs to wallet ${state.owner}`);
        if (!records.every((other) => isSame(other.state.ownerKey, state.ownerKey))) {
            throw invalid('the records were made for several of your keys: put those of one key in an order');
        }
        const { secret } = await keys.secretBehind(ledger.deployment, state.ownerKey, state.keyIndex);
        openRecordElement(state.capsule, secret, state);
    }
}

function requireRoom(instructions: readonly Instruction[], payer: TransactionSigner, records: number): void {
    const size = getTransactionSize(compileTransaction(messageOf(payer.address, instructions)));
    if (size <= MAX_TRANSACTION_BYTES) return;
    throw invalid(`an order of ${records} records does not fit a transaction: take fewer, or a shorter label`);
}

const invalid = (words: string) => new ClientError('invalid_order', words);

/**
 * Closes an order, or stops its sales while purchases are pending; the transaction's events show which.
 *
 * @throws {ClientError} `not_found`; those of reading.
 */
export async function closeOrder(
    { ledger }: Pick<FlowContext, 'ledger'>,
    seller: Actor,
    address: Address,
): Promise<Prepared> {
    const { state } = await ledger.get('order', address);
    const instruction = getCloseOrderInstruction(
        { seller: seller.wallet.signer, order: address, rentPayer: state.rentPayer, records: state.records },
        { programAddress: ledger.deployment.program },
    );
    return { outcome: undefined, instructions: [instruction], feePayer: payerOf(seller), newAccounts: [] };
}
