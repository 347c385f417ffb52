// What patients, clinics and buyers do from TypeScript, each as an app would do it.

import assert from 'node:assert/strict';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Address, Instruction } from '@solana/kit';
import {
    attestedKey,
    attestKey,
    type BelievedPurchase,
    type Capsule,
    checkContent,
    type Delivery,
    decryptDocument,
    deriveEncryptionSecret,
    derivePurchaseSecret,
    documentStatus,
    encryptDocument,
    fetchDocument,
    findOrderPda,
    findPurchasePda,
    findUserPda,
    getCreateOrderInstructionAsync,
    getCreateRecordInstruction,
    getDeliverInstruction,
    getPurchaseInstructionAsync,
    getSetEncryptionKeyInstructionAsync,
    type KeyUse,
    makeDelivery,
    makeRecord,
    openRecord,
    orderTerms,
    PublicKey,
    padLabel,
    RecordElement,
    RefusedTransaction,
    type SecretKey,
    sortRecords,
    type Terms,
    uploadDocument,
    verifyRecordCreator,
} from '../../src/index.js';
import type { Person, Town } from './localnet.js';

/** What the documents of these tests are. */
export const KIND = 'fhir:Observation/85354-9';

/** Publishes the key of somebody who has none yet. */
export async function publishKey(town: Town, person: Person): Promise<SecretKey<'encryption'>> {
    const [deployment, wallet, keyIndex] = [town.deployment, person.address, 0];
    const secret = await deriveEncryptionSecret(deployment, wallet, keyIndex, person.sign);
    const encryptionKey = secret.publicKey.toBytes();
    const attested = { wallet, index: keyIndex, key: encryptionKey };
    const attestation = await attestKey(deployment, attested, person.sign);
    const instruction = await getSetEncryptionKeyInstructionAsync({
        wallet: person.signer,
        payer: person.signer,
        keyIndex,
        encryptionKey,
        attestation,
    });
    const [event] = await town.send(person, instruction);
    assert.equal(event?.name, 'EncryptionKeySet');
    return secret;
}

/** The attested key of a wallet, from the ledger. */
export async function keyOf(town: Town, wallet: Address): Promise<PublicKey<'encryption'>> {
    const [user] = await findUserPda({ wallet });
    return attestedKey(town.deployment, await town.read('user', user));
}

/** Puts a ciphertext into the town's store: its hash. */
async function upload(town: Town, uploader: Person, owner: Address, ciphertext: Uint8Array<ArrayBuffer>) {
    const hash = sha256(ciphertext);
    const signer = { wallet: uploader.address, sign: uploader.sign };
    assert.equal(await uploadDocument(town.storeUrl, ciphertext, hash, owner, signer), true);
    const status = { size: BigInt(ciphertext.length), eraseAuthority: owner };
    assert.deepEqual(await documentStatus(town.storeUrl, hash), status);
    return hash;
}

/** Writes a record to an owner, with its document in the store: its address. */
export async function writeRecord(
    town: Town,
    creator: Person,
    owner: Address,
    document: Uint8Array,
    isSigned = true,
): Promise<Address> {
    const ownerKey = await keyOf(town, owner);
    const element = RecordElement.random();
    const ciphertext = await encryptDocument(document, element.recordKey(owner, creator.address).dataPublicKey());
    const locator = {
        stores: [town.storeUrl],
        sha256: await upload(town, creator, owner, ciphertext),
        size: BigInt(ciphertext.length),
        mediaType: 'application/fhir+json',
        kind: KIND,
        profile: 'document/1',
    };
    const draft = { owner, ownerKey, creator: creator.address, element, locator, content: [] };
    const made = await makeRecord(town.deployment, draft, isSigned ? creator.sign : undefined);
    const [user] = await findUserPda({ wallet: owner });
    const instruction = getCreateRecordInstruction({ creator: creator.signer, payer: creator.signer, user, ...made });
    const [event] = await town.sendUnseen(creator, instruction);
    assert.deepEqual(event, {
        name: 'RecordCreated',
        fields: { ...event?.fields, record: made.record, owner, creator: creator.address, verified: 0 },
    });
    return made.record;
}

/** Opens a record, with its owner's capsule unless another one is given, and fetches its document. */
export async function openDocument<Use extends KeyUse>(
    town: Town,
    record: Address,
    secret: SecretKey<Use>,
    capsule?: Capsule,
): Promise<{ document: Buffer; isSigned: boolean }> {
    const state = await town.read('record', record);
    const opened = openRecord(state, capsule ?? state.capsule, secret);
    const { key, locator } = opened;
    // A local store has no certificate.
    const ciphertext = await fetchDocument(locator, () => true);
    const document = Buffer.from(await decryptDocument(ciphertext, key));
    const facts = await checkContent(opened, new Blob([document]));
    assert.ok(facts?.disclose(`kind=${locator.kind}`));
    return {
        document,
        isSigned: verifyRecordCreator(town.deployment, state, locator) !== undefined,
    };
}

/** What a seller offers: more than the ledger shows of it before it is offered. */
export type Offer = { order: Address; terms: Terms };

/** Puts records up for sale. */
export async function offer(
    town: Town,
    seller: Person,
    listed: readonly Address[],
    onlyBuyer: Address | null = null,
    label = 'Blutdruck & Größe',
): Promise<Offer> {
    const [user] = await findUserPda({ wallet: seller.address });
    const { nextOrderId: id } = await town.read('user', user);
    const records = sortRecords(listed);
    const offered = { price: 250_000_000n, deliveryWindow: 3600 };
    const instruction = await getCreateOrderInstructionAsync({
        seller: seller.signer,
        payer: seller.signer,
        id,
        ...offered,
        onlyBuyer,
        label,
        records,
    });
    await town.send(seller, instruction);
    const [order] = await findOrderPda({ seller: seller.address, id });
    const { onlyBuyer: only } = await town.read('order', order);
    const terms = { seller: seller.address, ...offered, label: padLabel(label), onlyBuyer: only, records };
    return { order, terms };
}

/** A purchase of an order as the buyer was shown it: the instruction, where it goes, and the secret that opens it. */
export async function purchaseOf(town: Town, person: Person, order: Address, terms: Uint8Array) {
    const secret = await derivePurchaseSecret(town.deployment, person.address, order, person.sign);
    const buyerKey = secret.publicKey.toBytes();
    const instruction = await getPurchaseInstructionAsync({ buyer: person.signer, order, buyerKey, terms });
    const [purchase] = await findPurchasePda({ order, buyer: person.address });
    return { instruction, purchase, secret };
}

/** Buys an order. */
export async function buy(
    town: Town,
    person: Person,
    order: Address,
): Promise<{ purchase: Address; secret: SecretKey<'purchase'> }> {
    const terms = orderTerms(order, await town.read('order', order));
    const { instruction, purchase, secret } = await purchaseOf(town, person, order, terms);
    const [event] = await town.send(person, instruction);
    assert.equal(event?.name, 'Purchased');
    assert.deepEqual(Uint8Array.from((await town.read('purchase', purchase)).terms), terms);
    return { purchase, secret };
}

/** What a seller believes of a purchase of its offer. */
export async function believedOf(town: Town, { order, terms }: Offer, purchase: Address): Promise<BelievedPurchase> {
    const state = await town.read('purchase', purchase);
    const buyerKey = PublicKey.fromBytes('purchase', state.buyerKey);
    assert.ok(buyerKey && state.order === order && state.price === terms.price);
    return { purchase, deadline: state.deadline, buyerKey, terms: orderTerms(order, terms) };
}

/** A delivery of some of an order's records, from the first-th on. */
export async function deliveryOf(
    town: Town,
    offered: Offer,
    believed: BelievedPurchase,
    owner: SecretKey<'encryption'>,
    first = 0,
    count = offered.terms.records.length,
) {
    const addresses = offered.terms.records.slice(first, first + count);
    const records = await Promise.all(
        addresses.map(async (address) => ({ address, capsule: (await town.read('record', address)).capsule })),
    );
    const made = makeDelivery(town.deployment, owner, believed, records);
    return { order: offered.order, purchase: believed.purchase, records: addresses, first, ...made };
}

/** The instruction of a delivery. */
export const deliver = (
    delivery: Delivery & { order: Address; purchase: Address; records: Address[]; first: number },
): Instruction => getDeliverInstruction(delivery);

/** Fails unless the program refuses an instruction with this error. */
export async function assertRefused(
    town: Town,
    payer: Person,
    instruction: Instruction,
    code: number,
    name?: string,
): Promise<void> {
    await assert.rejects(
        town.send(payer, instruction),
        (error: Error) => error instanceof RefusedTransaction && error.programError === code,
        name,
    );
}
