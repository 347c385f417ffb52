// node open-record.js RPC_URL KEYPAIR_FILE RECORD_ID
import { readFileSync } from 'node:fs';
import {
    decryptDocument,
    deriveEncryptionSecret,
    findRecordPda,
    openRecordKey,
    openRecordLocator,
    readMaybeAccount,
} from '@generion/client';
import { createKeyPairSignerFromBytes, createSolanaRpc, fetchEncodedAccount, signBytes } from '@solana/kit';

const [url = '', keypair = '', id = '0'] = process.argv.slice(2);
const wallet = await createKeyPairSignerFromBytes(Uint8Array.from(JSON.parse(readFileSync(keypair, 'utf8'))));

// What a node returns is checked before it is read.
const [address] = await findRecordPda({ owner: wallet.address, id: BigInt(id) });
const account = await fetchEncodedAccount(createSolanaRpc(url), address, { commitment: 'confirmed' });
const record = readMaybeAccount('record', account)?.data;
if (!record) throw new Error(`wallet ${wallet.address} has no record ${id}`);

// The wallet signs a line of text, and the key follows from the signature: nothing is stored.
const sign = (line: Uint8Array) => signBytes(wallet.keyPair.privateKey, line);
const secret = await deriveEncryptionSecret(wallet.address, record.keyIndex, sign);
const key = openRecordKey(record.capsule, secret, record);
const locator = await openRecordLocator(record, key);
console.log(`${locator.kind} (${locator.mediaType}) at ${locator.url}`);

// The address comes from the record's creator: an app follows https alone, and no private addresses.
const ciphertext = await (await fetch(locator.url, { redirect: 'error' })).arrayBuffer();
const document = await decryptDocument(new Uint8Array(ciphertext), key);
console.log(new TextDecoder().decode(document));
