// Against a real ledger and store: everything from TypeScript, then Rust on the other side of each exchange.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Address, type Instruction, isProgramError, type SolanaError } from '@solana/kit';
import {
    type Capsule,
    ClientError,
    decryptDocument,
    deliveredCapsules,
    deriveEncryptionSecret,
    derivePurchaseSecret,
    documentUrl,
    encryptDocument,
    findOrderPda,
    findPurchasePda,
    findRecordPda,
    findSharePda,
    findUserPda,
    GENERION_ERROR__DELIVERY_PROOF_INVALID,
    GENERION_PROGRAM_ADDRESS,
    getCreateOrderInstructionAsync,
    getCreateRecordInstruction,
    getDeliverInstruction,
    getMakePurchaseInstructionAsync,
    getSetEncryptionKeyInstructionAsync,
    getShareRecordInstruction,
    getVerifyRecordInstruction,
    makeDelivery,
    openCapsule,
    openRecordKey,
    openRecordLocator,
    orderLabel,
    PublicKey,
    proveCapsule,
    RecordElement,
    type SecretKey,
    sealCapsule,
    sealLocator,
    signStoreRequest,
} from '../src/index.js';
import { type Person, Town } from './support/localnet.js';
import { packageFolder } from './support/vectors.js';

const PRICE = 250_000_000n;
const WINDOW = 3600;
const OBSERVATION = readFileSync(new URL('../../fixtures/fhir/Observation-blood-pressure.json', packageFolder));
const CONDITION = readFileSync(new URL('../../fixtures/fhir/Condition-stroke.json', packageFolder));

let town: Town;
let [patient, clinic, doctor, buyer]: Person[] = [];

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

/** Publishes the key of somebody who has none yet. */
async function publishKey(person: Person): Promise<SecretKey<'encryption'>> {
    const secret = await deriveEncryptionSecret(person.address, 0, person.sign);
    const encryptionKey = secret.publicKey.toBytes();
    const instruction = await getSetEncryptionKeyInstructionAsync({
        wallet: person.signer,
        payer: person.signer,
        encryptionKey,
    });
    const [event] = await town.send(person, instruction);
    assert.equal(event?.name, 'EncryptionKeySet');
    return secret;
}

/** Writes a record for the patient, with its document in the store: its address. */
async function writeRecord(creator: Person, owner: Address, document: Uint8Array, hide = true): Promise<Address> {
    const [user] = await findUserPda({ wallet: owner });
    const { encryptionKey, nextRecordId: id } = await town.read('user', user);
    const ownerKey = PublicKey.fromBytes('encryption', Uint8Array.from(encryptionKey));
    assert.ok(ownerKey);
    const element = RecordElement.random();
    const dataPublicKey = element.recordKey(owner, creator.address).dataPublicKey();

    const ciphertext = await encryptDocument(document, dataPublicKey);
    const hash = sha256(ciphertext);
    const request = { method: 'PUT', url: documentUrl(town.storeUrl, hash), eraseAuthority: owner } as const;
    const headers = await signStoreRequest(request, creator.address, creator.sign);
    const answer = await fetch(request.url, { method: 'PUT', headers, body: Buffer.from(ciphertext) });
    assert.equal(answer.status, 201, await answer.text());
    const locator = await sealLocator(
        {
            url: request.url.href,
            sha256: hash,
            size: BigInt(ciphertext.length),
            mediaType: 'application/fhir+json',
            kind: 'fhir:Observation/85354-9',
        },
        dataPublicKey,
    );

    const [record] = await findRecordPda({ owner, id });
    const { capsule, randomness } = sealCapsule(element, ownerKey);
    const statement = {
        program: GENERION_PROGRAM_ADDRESS,
        record,
        creator: creator.address,
        ownerKey: encryptionKey,
        dataPublicKey,
        capsule,
    };
    const proof = proveCapsule(statement, randomness);
    const ciphertextHash = hide ? new Uint8Array(32) : hash;
    const args = { id, dataPublicKey, capsule, proof, ciphertextHash, locator };
    const accounts = { creator: creator.signer, payer: creator.signer, user, record };
    const [event] = await town.send(creator, getCreateRecordInstruction({ ...accounts, ...args }));
    assert.deepEqual(event, {
        name: 'RecordCreated',
        fields: { ...event?.fields, record, owner, creator: creator.address, id, verified: 0 },
    });
    return record;
}

/** Opens a record with a capsule, and fetches its document. */
async function openDocument(
    record: Address,
    secret: SecretKey<'encryption' | 'purchase'>,
    capsule?: Capsule,
): Promise<Uint8Array> {
    const state = await town.read('record', record);
    const key = openRecordKey(capsule ?? state.capsule, secret, state);
    const locator = await openRecordLocator(state, key);
    const answer = await fetch(locator.url, { redirect: 'error' });
    assert.equal(answer.status, 200);
    const ciphertext = new Uint8Array(await answer.arrayBuffer());
    assert.equal(BigInt(ciphertext.length), locator.size);
    assert.deepEqual(sha256(ciphertext), Uint8Array.from(locator.sha256));
    return await decryptDocument(ciphertext, key);
}

/** Puts records up for sale: the order's address. */
async function offer(seller: Person, ids: bigint[]): Promise<Address> {
    const [user] = await findUserPda({ wallet: seller.address });
    const { nextOrderId: id } = await town.read('user', user);
    const records = await Promise.all(
        ids.map(async (recordId) => (await findRecordPda({ owner: seller.address, id: recordId }))[0]),
    );
    const terms = { id, price: PRICE, deliveryWindow: WINDOW, label: 'Blutdruck & Größe' };
    const instruction = await getCreateOrderInstructionAsync({
        seller: seller.signer,
        payer: seller.signer,
        ...terms,
        records,
    });
    await town.send(seller, instruction);
    return (await findOrderPda({ seller: seller.address, id }))[0];
}

/** Pays for an order: the purchase's address and the key that opens it. */
async function buy(person: Person, order: Address): Promise<{ purchase: Address; secret: SecretKey<'purchase'> }> {
    const secret = await derivePurchaseSecret(person.address, order, person.sign);
    const { deliveryWindow, price, recordIds } = await town.read('order', order);
    const instruction = await getMakePurchaseInstructionAsync({
        buyer: person.signer,
        order,
        buyerKey: secret.publicKey.toBytes(),
        price,
        deliveryWindow,
        recordCount: recordIds.length,
    });
    await town.send(person, instruction);
    const [purchase] = await findPurchasePda({ order, buyer: person.address });
    return { purchase, secret };
}

/** The delivery of all records of a purchase. */
async function deliveryOf(purchase: Address, owner: SecretKey<'encryption'>) {
    const { buyerKey, order, seller } = await town.read('purchase', purchase);
    const key = PublicKey.fromBytes('purchase', Uint8Array.from(buyerKey));
    assert.ok(key);
    const { recordIds } = await town.read('order', order);
    const records = await Promise.all(
        recordIds.map(async (id) => {
            const [address] = await findRecordPda({ owner: seller, id });
            return { address, capsule: (await town.read('record', address)).capsule };
        }),
    );
    const made = makeDelivery({ program: GENERION_PROGRAM_ADDRESS, purchase }, owner, key, records);
    const accounts = { seller, order, purchase, records: records.map(({ address }) => address) };
    return { accounts, first: 0, ...made };
}

const deliver = ({ accounts, ...args }: Awaited<ReturnType<typeof deliveryOf>>): Instruction =>
    getDeliverInstruction({ ...accounts, ...args });

/** Fails unless the program refuses an instruction with this error. */
async function assertRefused(payer: Person, instruction: Instruction, code: number): Promise<void> {
    await assert.rejects(town.send(payer, instruction), (error: SolanaError) =>
        isProgramError(error.cause, { instructions: { 0: instruction } }, GENERION_PROGRAM_ADDRESS, code),
    );
}

test('TypeScript alone: a record is written, verified, sold, delivered with a proof, and opened', async () => {
    const [seller, writer, sponsor] = [known(patient), known(clinic), known(buyer)];
    const owner = await publishKey(seller);
    const record = await writeRecord(writer, seller.address, OBSERVATION);
    assert.deepEqual(Buffer.from(await openDocument(record, owner)), OBSERVATION);
    const other = await writeRecord(writer, seller.address, CONDITION, false);
    for (const one of [record, other]) {
        const verify = getVerifyRecordInstruction({ owner: seller.signer, record: one });
        const [event] = await town.send(seller, verify);
        assert.equal(event?.name, 'RecordVerified');
    }

    const order = await offer(seller, [0n, 1n]);
    const { purchase, secret } = await buy(sponsor, order);
    const delivery = await deliveryOf(purchase, owner);
    const [before, escrow] = [await town.lamports(seller.address), await town.lamports(purchase)];

    const ownerResponse = Uint8Array.from(delivery.proof.ownerResponse);
    ownerResponse[0] = (ownerResponse[0] ?? 0) ^ 1;
    const forged = { ...delivery, proof: { ...delivery.proof, ownerResponse } };
    await assertRefused(sponsor, deliver(forged), GENERION_ERROR__DELIVERY_PROOF_INVALID);
    assert.deepEqual(deliveredCapsules(await town.read('purchase', purchase)), [undefined, undefined]);

    // Somebody else pays the fee, so that the seller's balance shows the price alone.
    const events = await town.send(writer, deliver(delivery));
    assert.deepEqual(
        events.map(({ name }) => name),
        ['Delivered'],
    );
    assert.equal(await town.lamports(seller.address), before + PRICE);
    assert.equal(await town.lamports(purchase), escrow - PRICE);

    const settled = await town.read('purchase', purchase);
    assert.deepEqual([settled.status, settled.deliveredCount], [1, 2]);
    const documents = await Promise.all(
        deliveredCapsules(settled).map(async (capsule, index) =>
            Buffer.from(await openDocument([record, other][index] ?? record, secret, capsule)),
        ),
    );
    assert.deepEqual(documents, [OBSERVATION, CONDITION]);
    await assert.rejects(openDocument(record, owner, settled.capsules[0]), ClientError);
});

test('Rust reads what TypeScript wrote, tails and labels included', async () => {
    const [seller, sponsor] = [known(patient), known(buyer)];
    const user = await seller.does('user', 'show');
    assert.equal(String(user.record_count), '2');
    const [order] = await findOrderPda({ seller: seller.address, id: 0n });
    const printed = await seller.does('order', 'show', order);
    const read = await town.read('order', order);
    assert.deepEqual(printed.record_ids, read.recordIds.map(Number));
    assert.equal(String(printed.label), orderLabel(read));
    assert.equal(String(printed.settled_purchases), '1');
    const [purchase] = await findPurchasePda({ order, buyer: sponsor.address });
    const bought = await sponsor.does('purchase', 'show', purchase);
    assert.deepEqual([String(bought.settled), String(bought.delivered_count)], ['true', '2']);

    // The Rust client derives the same key, opens the capsule and the locator, and finds the document.
    for (const [id, document] of [OBSERVATION, CONDITION].entries()) {
        const [record] = await findRecordPda({ owner: seller.address, id });
        await seller.does('record', 'open', record, '--to', `opened-${id}.json`);
        assert.deepEqual(readFileSync(join(town.folder, `opened-${id}.json`)), document);
    }
});

test('the README’s example opens a record', async () => {
    const { address, keypair } = known(patient);
    const example = fileURLToPath(new URL('dist/examples/open-record.js', packageFolder));
    const { stdout } = await promisify(execFile)(process.execPath, [example, town.rpcUrl, keypair, '1']);
    assert.ok(stdout.startsWith(`fhir:Observation/85354-9 (application/fhir+json) at ${town.storeUrl}`), stdout);
    assert.ok(stdout.endsWith(`${CONDITION.toString('utf8')}\n`), stdout);
    const none = promisify(execFile)(process.execPath, [example, town.rpcUrl, keypair, '99']);
    await assert.rejects(none, (error: Error) => error.message.includes(`wallet ${address} has no record 99`));
});

test('a clinic and a buyer in Rust, a patient in TypeScript', async () => {
    const [seller, writer, friend, sponsor] = [known(patient), known(clinic), known(doctor), known(buyer)];
    const owner = await deriveEncryptionSecret(seller.address, 0, seller.sign);
    writeFileSync(join(town.folder, 'document.json'), OBSERVATION);
    const flags = ['--owner', seller.address, '--store', town.storeUrl];
    const written = await writer.does('record', 'create', 'document.json', ...flags);
    const record = String(written.record?.address) as Address;
    const { id } = await town.read('record', record);

    assert.deepEqual(Buffer.from(await openDocument(record, owner)), OBSERVATION);
    await town.send(seller, getVerifyRecordInstruction({ owner: seller.signer, record }));

    // Shared with a doctor in Rust.
    await friend.does('user', 'set-key');
    const [recipient] = await findUserPda({ wallet: friend.address });
    const friendsKey = PublicKey.fromBytes(
        'encryption',
        Uint8Array.from((await town.read('user', recipient)).encryptionKey),
    );
    assert.ok(friendsKey);
    const state = await town.read('record', record);
    const element = openCapsule(state.capsule, owner);
    const [share] = await findSharePda({ record, recipient: friend.address });
    const sharing = getShareRecordInstruction({
        owner: seller.signer,
        payer: seller.signer,
        record,
        recipient,
        share,
        capsule: sealCapsule(element, friendsKey).capsule,
        expiresAt: 0,
    });
    const [shared] = await town.send(seller, sharing);
    assert.equal(shared?.name, 'RecordShared');
    await friend.does('share', 'open', share, '--to', 'shared.json');
    assert.deepEqual(readFileSync(join(town.folder, 'shared.json')), OBSERVATION);

    // Sold to a buyer in Rust.
    const order = await offer(seller, [id]);
    const bought = await sponsor.does('purchase', 'buy', order, '--receipts', 'receipts');
    const purchase = String(bought.purchase?.address) as Address;
    await town.send(seller, deliver(await deliveryOf(purchase, owner)));
    const opened = await sponsor.does('purchase', 'open', purchase, '--to', 'bought', '--receipts', 'receipts');
    const path = String(opened.documents?.[0]?.path);
    assert.deepEqual(readFileSync(join(town.folder, path)), OBSERVATION);
});

test('a clinic and a buyer in TypeScript, a patient in Rust', async () => {
    const [seller, writer, sponsor] = [known(patient), known(clinic), known(buyer)];
    const record = await writeRecord(writer, seller.address, CONDITION, false);
    const verified = await seller.does('record', 'verify', record);
    const id = String(verified.record?.id);
    const terms = ['--price', '0.25SOL', '--window', '1h', '--label', 'one document', '--reveal-identifiers'];
    const offered = await seller.does('order', 'create', '--record-id', id, ...terms);
    const order = String(offered.order?.address) as Address;
    const { label, recordIds } = await town.read('order', order);
    assert.deepEqual(recordIds, [BigInt(id)]);
    assert.equal(label.length, 64);

    const { purchase, secret } = await buy(sponsor, order);
    await seller.does('deliver', purchase);
    const [capsule] = deliveredCapsules(await town.read('purchase', purchase));
    assert.ok(capsule);
    assert.deepEqual(Buffer.from(await openDocument(record, secret, capsule)), CONDITION);
});
