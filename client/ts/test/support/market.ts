// People of a town, as the flows take them, with what they keep on their devices.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Address, generateKeyPairSigner } from '@solana/kit';
import {
    type Actor,
    createOrder,
    deliver,
    type FlowContext,
    fetchPurchased,
    getVerifyRecordInstruction,
    type NewOrder,
    openPurchase,
    readSale,
    type Sale,
    type SavedState,
    type Settler,
    sendPrepared,
    settle,
    type Wallet,
    WalletKeys,
} from '../../src/index.js';
import { FolderState } from '../../src/node/index.js';
import { writeRecord } from './acts.js';
import type { Person, Town } from './localnet.js';

/** Somebody with a device. */
export type Trader = { person: Person; context: FlowContext; actor: Actor; settler: Settler; wallet: Wallet };

/** A person with what the Rust command line keeps of them: both clients use one data folder. */
export function traderOf(town: Town, person: Person): Trader {
    const { address, sign: signMessage, signer } = person;
    const wallet = { address, signMessage, signer, isInteractive: false };
    const saved = new FolderState(join(town.folder, 'data', address));
    // A local store has no certificate.
    const context = { ledger: town.ledger, saved, isAllowed: () => true };
    return { person, context, actor: { wallet, keys: new WalletKeys(wallet) }, settler: { payer: wallet }, wallet };
}

/** A key of a device, that somebody sent some SOL. */
export async function deviceKey(town: Town, payer: Person, lamports: bigint): Promise<Settler['payer']> {
    const signer = await generateKeyPairSigner();
    if (lamports > 0n) await town.transfer(payer, signer.address, lamports);
    return { address: signer.address, signer, isInteractive: false };
}

/** A verified record of a seller, written by a clinic. */
export async function verifiedRecord(town: Town, writer: Person, seller: Person, document: Uint8Array) {
    const record = await writeRecord(town, writer, seller.address, document);
    await town.send(seller, getVerifyRecordInstruction({ owner: seller.signer, record }));
    return record;
}

/** Puts records up for sale. */
export async function sell({ actor, context }: Trader, order: Partial<NewOrder> & Pick<NewOrder, 'records'>) {
    const whole = { price: 250_000_000n, deliveryWindow: 3600, label: 'Blutdruck & Größe', ...order };
    return (await sendPrepared(context, await createOrder(context, actor, whole))).outcome;
}

/** Delivers a purchase, and settles it. */
export async function serve(seller: Trader, purchase: Address): Promise<Sale> {
    const { actor, context, settler } = seller;
    const { keys } = actor;
    await deliver(context, { keys, payer: actor.wallet.signer }, await readSale(context, keys, purchase));
    const sale = await readSale(context, keys, purchase);
    assert.equal((await settle(context, keys, sale, settler)).end, 'settled');
    return sale;
}

/** Settles until the marker is saved: then the page is closed. */
export async function crashBehindMarker({ actor, context, settler }: Trader, sale: Sale): Promise<void> {
    const { saved } = context;
    const closing = {
        read: saved.read.bind(saved),
        names: saved.names.bind(saved),
        update: async (...update: Parameters<SavedState['update']>) => {
            await saved.update(...update);
            throw new Error('the page was closed');
        },
    };
    await assert.rejects(settle({ ...context, saved: closing }, actor.keys, sale, settler), {
        message: 'the page was closed',
    });
}

/** The documents of a purchase. */
export async function documentsOf({ context, wallet }: Trader, purchase: Address): Promise<Buffer[]> {
    const { records } = await openPurchase(context, wallet, purchase);
    return await Promise.all(
        records.map(async (record) => {
            if ('error' in record) throw record.error;
            return Buffer.from(await (await fetchPurchased(context, record.opened)).arrayBuffer());
        }),
    );
}
