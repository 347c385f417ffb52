// Against a real ledger and store: everything from TypeScript, then Rust on the other side of each exchange.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Address } from '@solana/kit';
import {
    ClientError,
    deliveredCapsules,
    deliverySecret,
    deriveEncryptionSecret,
    deriveSettleSecret,
    findOrderPda,
    findPurchasePda,
    findSharePda,
    findUserPda,
    GENERION_ERROR__ALREADY_DELIVERED,
    GENERION_ERROR__ALREADY_SETTLED,
    GENERION_ERROR__BUYER_NOT_ALLOWED,
    GENERION_ERROR__DELIVERY_PROOF_INVALID,
    GENERION_ERROR__KEY_INDEX_CHANGED,
    GENERION_ERROR__NOT_LOCKED,
    GENERION_ERROR__REFUND_TOO_EARLY,
    GENERION_ERROR__SETTLE_KEY_CHANGED,
    GENERION_ERROR__SETTLE_KEY_INVALID,
    GENERION_ERROR__TERMS_CHANGED,
    getClosePurchaseInstruction,
    getRefundInstruction,
    getSettleInstruction,
    getShareRecordInstruction,
    getVerifyRecordInstruction,
    isSettleSecret,
    list,
    onlyBuyerOf,
    openRecordElement,
    orderLabel,
    orderTerms,
    purchaseStatus,
    type SecretKey,
    sealCapsule,
} from '../src/index.js';
import {
    assertRefused,
    believedOf,
    buy,
    deliver,
    deliveryOf,
    KIND,
    keyOf,
    type Offer,
    offer,
    openDocument,
    publishKey,
    purchaseOf,
    writeRecord,
} from './support/acts.js';
import { type Person, Town } from './support/localnet.js';
import { packageFolder } from './support/vectors.js';

const OBSERVATION = readFileSync(new URL('../../fixtures/fhir/Observation-blood-pressure.json', packageFolder));
const CONDITION = readFileSync(new URL('../../fixtures/fhir/Condition-stroke.json', packageFolder));

let town: Town;
let [patient, clinic, doctor, buyer]: Person[] = [];
/** The records that TypeScript wrote to the patient, and what is in them. */
const written = new Map<Address, Buffer>();

before(async () => {
    town = await Town.found();
    [patient, clinic, doctor, buyer] = await Promise.all(
        ['patient', 'clinic', 'doctor', 'buyer'].map((role) => town.person(role)),
    );
});

after(async () => await town?.close());

/** Somebody who is there once the town is. */
function known(person: Person | undefined): Person {
    assert.ok(person);
    return person;
}

/** The accounts of a purchase of an offer. */
const accountsOf = ({ order, terms }: Offer, purchase: Address) => ({ seller: terms.seller, order, purchase });

/** Documents of a settled purchase, in the order's order, as its buyer opens them. */
async function boughtDocuments(
    purchase: Address,
    records: Address[],
    secret: SecretKey<'purchase'>,
): Promise<Buffer[]> {
    const state = await town.read('purchase', purchase);
    assert.equal(purchaseStatus(state), 'settled');
    const opener = deliverySecret(secret, state.settleKey);
    return await Promise.all(
        deliveredCapsules(state).map(async (capsule, index) => {
            const record = records[index];
            assert.ok(capsule && record);
            return (await openDocument(town, record, opener, capsule)).document;
        }),
    );
}

test('TypeScript alone: records are written, verified, sold, delivered, settled, and opened', async () => {
    const [seller, writer, sponsor] = [known(patient), known(clinic), known(buyer)];
    const owner = await publishKey(town, seller);
    for (const [document, isSigned] of [
        [OBSERVATION, true],
        [CONDITION, false],
    ] as const) {
        const record = await writeRecord(town, writer, seller.address, document, isSigned);
        written.set(record, document);
        assert.deepEqual(await openDocument(town, record, owner), { document, isSigned });
        const [event] = await town.send(seller, getVerifyRecordInstruction({ owner: seller.signer, record }));
        assert.equal(event?.name, 'RecordVerified');
    }

    const offered = await offer(town, seller, [...written.keys()]);
    const { purchase, secret } = await buy(town, sponsor, offered.order);
    const accounts = accountsOf(offered, purchase);
    const believed = await believedOf(town, offered, purchase);
    const settle = deriveSettleSecret(town.deployment, owner, believed);
    const settling = getSettleInstruction({ ...accounts, settleSecret: settle.toBytes() });
    const delivery = await deliveryOf(town, offered, believed, owner);
    const [before, escrow] = [await town.lamports(seller.address), await town.lamports(purchase)];

    const ownerResponse = Uint8Array.from(delivery.proof.ownerResponse);
    ownerResponse[0] = (ownerResponse[0] ?? 0) ^ 1;
    const forged = { ...delivery, proof: { ...delivery.proof, ownerResponse } };
    await assertRefused(town, sponsor, deliver(forged), GENERION_ERROR__DELIVERY_PROOF_INVALID);
    await assertRefused(town, sponsor, settling, GENERION_ERROR__NOT_LOCKED);
    assert.deepEqual(deliveredCapsules(await town.read('purchase', purchase)), [undefined, undefined]);

    // In two batches: the second locks it. Somebody else pays the fees, so that the seller's balance shows the price alone.
    const [first, second] = await Promise.all(
        [0, 1].map((index) => deliveryOf(town, offered, believed, owner, index, 1)),
    );
    assert.ok(first && second);
    await town.send(writer, deliver(first));
    const otherwise = { ...believed, terms: new Uint8Array(32) };
    const stray = await deliveryOf(town, offered, otherwise, owner, 1, 1);
    await assertRefused(town, writer, deliver(stray), GENERION_ERROR__SETTLE_KEY_CHANGED);
    assert.equal(purchaseStatus(await town.read('purchase', purchase)), 'pending');
    const [delivered] = await town.send(writer, deliver(second));
    const locked = await town.read('purchase', purchase);
    assert.equal(purchaseStatus(locked), 'locked');
    assert.deepEqual(delivered, {
        name: 'Delivered',
        fields: { ...delivered?.fields, settleKey: locked.settleKey, settleBy: locked.settleBy, first: 1, count: 1 },
    });

    // Locked: nothing is paid, the buyer opens nothing, and nobody withdraws.
    assert.ok(isSettleSecret(settle.toBytes(), locked.settleKey));
    assert.equal(await town.lamports(seller.address), before);
    assert.equal(await town.lamports(purchase), escrow);
    for (const [index, record] of offered.terms.records.entries()) {
        await assert.rejects(openDocument(town, record, secret, locked.capsules[index]), ClientError);
    }
    await assertRefused(town, writer, deliver(second), GENERION_ERROR__ALREADY_DELIVERED);
    for (const authority of [seller, sponsor]) {
        const refund = getRefundInstruction({ ...accounts, authority: authority.signer, buyer: sponsor.address });
        await assertRefused(town, authority, refund, GENERION_ERROR__REFUND_TOO_EARLY);
    }
    const wrong = getSettleInstruction({ ...accounts, settleSecret: secret.toBytes() });
    await assertRefused(town, writer, wrong, GENERION_ERROR__SETTLE_KEY_INVALID);

    const [settled] = await town.sendUnseen(writer, settling);
    assert.deepEqual(settled, {
        name: 'Settled',
        fields: {
            purchase,
            order: offered.order,
            seller: seller.address,
            buyer: sponsor.address,
            settleSecret: settle.toBytes(),
            lamports: offered.terms.price,
        },
    });
    assert.equal(await town.lamports(seller.address), before + offered.terms.price);
    assert.equal(await town.lamports(purchase), escrow - offered.terms.price);
    assert.deepEqual(
        await boughtDocuments(purchase, offered.terms.records, secret),
        offered.terms.records.map((record) => written.get(record)),
    );
    await assertRefused(town, writer, settling, GENERION_ERROR__ALREADY_SETTLED);
});

test('the records of an owner are listed, and those of others are not', async () => {
    const [seller, writer] = [known(patient), known(clinic)];
    const filter = { owner: seller.address, creator: writer.address };
    const { accounts, doubts } = await list(town.ledger, 'record', filter);
    assert.deepEqual(new Set(accounts.map(({ address }) => address)), new Set(written.keys()));
    assert.deepEqual(doubts, []);
    const own = await list(town.ledger, 'record', { owner: writer.address });
    assert.deepEqual(own, { accounts: [], doubts: [] });
    assert.equal((await list(town.ledger, 'order', { seller: seller.address })).accounts.length, 1);
});

test('a purchase has the shown terms and the allowed buyer, and can be refunded until it is locked', async () => {
    const [seller, friend, sponsor] = [known(patient), known(doctor), known(buyer)];
    const [record] = written.keys();
    assert.ok(record);
    const offered = await offer(town, seller, [record], sponsor.address);
    const order = await town.read('order', offered.order);
    assert.equal(onlyBuyerOf(order), sponsor.address);
    const terms = orderTerms(offered.order, order);
    assert.deepEqual(terms, orderTerms(offered.order, offered.terms));

    const shown = orderTerms(offered.order, { ...order, price: order.price - 1n });
    const cheaper = await purchaseOf(town, sponsor, offered.order, shown);
    await assertRefused(town, sponsor, cheaper.instruction, GENERION_ERROR__TERMS_CHANGED);
    const strangers = await purchaseOf(town, friend, offered.order, terms);
    await assertRefused(town, friend, strangers.instruction, GENERION_ERROR__BUYER_NOT_ALLOWED);

    const { purchase } = await buy(town, sponsor, offered.order);
    const accounts = { ...accountsOf(offered, purchase), buyer: sponsor.address };
    const early = getRefundInstruction({ ...accounts, authority: sponsor.signer });
    await assertRefused(town, sponsor, early, GENERION_ERROR__REFUND_TOO_EARLY);
    const [before, held] = [await town.lamports(sponsor.address), await town.lamports(purchase)];
    const [event] = await town.send(seller, getRefundInstruction({ ...accounts, authority: seller.signer }));
    assert.equal(event?.name, 'Refunded');
    assert.equal(await town.lamports(sponsor.address), before + held);
    assert.ok(await town.isGone(purchase));
});

test('a share names the key of its capsule', async () => {
    const [seller, friend] = [known(patient), known(doctor)];
    const [record] = written.keys();
    assert.ok(record);
    const owner = await deriveEncryptionSecret(town.deployment, seller.address, 0, seller.sign);
    const friendsSecret = await publishKey(town, friend);
    const sharing = await shareOf(seller, owner, record, friend.address, 0);
    const outdated = await shareOf(seller, owner, record, friend.address, 1);
    await assertRefused(town, seller, outdated.instruction, GENERION_ERROR__KEY_INDEX_CHANGED);
    const [event] = await town.sendUnseen(seller, sharing.instruction);
    assert.equal(event?.name, 'RecordShared');
    const { capsule } = await town.read('share', sharing.share);
    assert.deepEqual((await openDocument(town, record, friendsSecret, capsule)).document, written.get(record));
});

/** A share of a record of the patient's, for the recipient's key with an index. */
async function shareOf(
    seller: Person,
    owner: SecretKey<'encryption'>,
    record: Address,
    recipient: Address,
    keyIndex: number,
) {
    const state = await town.read('record', record);
    const element = openRecordElement(state.capsule, owner, state);
    const [share] = await findSharePda({ record, recipient });
    const [user] = await findUserPda({ wallet: recipient });
    const instruction = getShareRecordInstruction({
        owner: seller.signer,
        payer: seller.signer,
        record,
        recipient: user,
        share,
        keyIndex,
        capsule: sealCapsule(element, await keyOf(town, recipient)).capsule,
        expiresAt: 0,
    });
    return { instruction, share };
}

test('Rust reads what TypeScript wrote, tails and labels included', async () => {
    const [seller, sponsor] = [known(patient), known(buyer)];
    const user = await seller.does('user', 'show');
    assert.equal(String(user.record_count), '2');
    const [order] = await findOrderPda({ seller: seller.address, id: 0n });
    const printed = await seller.does('order', 'show', order);
    const read = await town.read('order', order);
    assert.deepEqual(
        read.records.map((_, index) => String(printed.records?.[index]?.address)),
        read.records,
    );
    assert.equal(String(printed.label), orderLabel(read));
    assert.equal(String(printed.settled_purchases), '1');
    const [purchase] = await findPurchasePda({ order, buyer: sponsor.address });
    const bought = await sponsor.does('purchase', 'show', purchase);
    assert.deepEqual([String(bought.state), String(bought.delivered_count)], ['settled', '2']);

    // The Rust client derives the same key, opens the capsule and the locator, and finds the document.
    for (const [record, document] of written) {
        await seller.does('record', 'open', record, '--to', `opened-${record}.json`);
        assert.deepEqual(readFileSync(join(town.folder, `opened-${record}.json`)), document);
    }
});

test('the README’s example opens a record', async () => {
    const [{ address: seller, keypair }, writer] = [known(patient), known(clinic)];
    const example = fileURLToPath(new URL('dist/examples/open-record.js', packageFolder));
    const run = (record: Address) =>
        promisify(execFile)(process.execPath, [example, town.rpcUrl, 'localnet', keypair, record]);
    const creators = ['as its signature shows', 'as the node says'];
    for (const [index, [record, document]] of [...written].entries()) {
        const { stdout } = await run(record);
        const line = `${KIND} (application/fhir+json) by ${writer.address}, ${creators[index]}\n`;
        assert.equal(stdout, `${line}${document.toString('utf8')}\n`);
    }
    const [nothing] = await findOrderPda({ seller, id: 99 });
    await assert.rejects(run(nothing), (error: Error) => error.message.includes(`there is no record at ${nothing}`));
});

test('a clinic and a buyer in Rust, a patient in TypeScript', async () => {
    const [seller, writer, friend, sponsor] = [known(patient), known(clinic), known(doctor), known(buyer)];
    const owner = await deriveEncryptionSecret(town.deployment, seller.address, 0, seller.sign);
    writeFileSync(join(town.folder, 'document.json'), OBSERVATION);
    const flags = ['--owner', seller.address, '--store', town.storeUrl];
    const created = await writer.does('record', 'create', 'document.json', ...flags);
    const record = String(created.record?.address) as Address;
    assert.deepEqual(await openDocument(town, record, owner), { document: OBSERVATION, isSigned: true });
    await town.send(seller, getVerifyRecordInstruction({ owner: seller.signer, record }));

    // Shared with a doctor in Rust, whose key TypeScript published.
    const { instruction, share } = await shareOf(seller, owner, record, friend.address, 0);
    await town.sendUnseen(seller, instruction);
    await friend.does('share', 'open', share, '--to', 'shared.json');
    assert.deepEqual(readFileSync(join(town.folder, 'shared.json')), OBSERVATION);

    // Sold to a buyer in Rust, once declined and once settled.
    const offered = await offer(town, seller, [record]);
    const buyIt = async () => {
        const bought = await sponsor.does('purchase', 'buy', offered.order, '--receipts', 'receipts');
        return String(bought.purchase?.address) as Address;
    };
    const declined = await buyIt();
    const accounts = { ...accountsOf(offered, declined), buyer: sponsor.address };
    await town.send(seller, getRefundInstruction({ ...accounts, authority: seller.signer }));
    assert.ok(await town.isGone(declined));

    const purchase = await buyIt();
    const believed = await believedOf(town, offered, purchase);
    await town.send(seller, deliver(await deliveryOf(town, offered, believed, owner)));
    const settleSecret = deriveSettleSecret(town.deployment, owner, believed).toBytes();
    await town.sendUnseen(seller, getSettleInstruction({ ...accountsOf(offered, purchase), settleSecret }));
    const opened = await sponsor.does('purchase', 'open', purchase, '--to', 'bought', '--receipts', 'receipts');
    const path = String(opened.documents?.[0]?.path);
    assert.deepEqual(readFileSync(join(town.folder, path)), OBSERVATION);
});

test('a clinic and a buyer in TypeScript, a patient in Rust', async () => {
    const [seller, writer, sponsor] = [known(patient), known(clinic), known(buyer)];
    const record = await writeRecord(town, writer, seller.address, CONDITION);
    await seller.does('record', 'verify', record);
    const terms = ['--price', '0.25SOL', '--window', '1h', '--label', 'one document', '--reveal-identifiers'];
    const offered = await seller.does('order', 'create', '--record', record, ...terms);
    const order = String(offered.order?.address) as Address;
    const state = await town.read('order', order);
    assert.deepEqual(state.records, [record]);
    assert.equal(onlyBuyerOf(state), undefined);

    // Declined, bought again, and settled.
    const declined = await buy(town, sponsor, order);
    await seller.does('purchase', 'refund', declined.purchase);
    assert.ok(await town.isGone(declined.purchase));
    const { purchase, secret } = await buy(town, sponsor, order);
    await seller.does('deliver', purchase);
    assert.deepEqual(await boughtDocuments(purchase, [record], secret), [CONDITION]);
    const [event] = await town.send(sponsor, getClosePurchaseInstruction({ buyer: sponsor.signer, purchase }));
    assert.equal(event?.name, 'PurchaseClosed');
});
