// node open-record.js RPC_URL CLUSTER KEYPAIR_FILE RECORD
import { readFileSync } from 'node:fs';
import {
    decryptDocument,
    deploymentOn,
    deriveEncryptionSecret,
    documentUrl,
    GENESIS,
    openRecord,
    readMaybeAccount,
    verifyRecordCreator,
} from '@generion/client';
import { address, createKeyPairSignerFromBytes, createSolanaRpc, fetchEncodedAccount, signBytes } from '@solana/kit';

const [url = '', cluster = '', keypair = '', record = ''] = process.argv.slice(2);
const wallet = await createKeyPairSignerFromBytes(Uint8Array.from(JSON.parse(readFileSync(keypair, 'utf8'))));

// What a node returns is checked before it is read: no other contents have a record's address.
const account = await fetchEncodedAccount(createSolanaRpc(url), address(record), { commitment: 'confirmed' });
const state = (await readMaybeAccount('record', account))?.data;
if (!state) throw new Error(`there is no record ${record}`);

// The wallet signs a line of text, and the key follows from the signature: nothing is stored. The index is the node's word: a
// wrong one opens nothing.
const deployment = deploymentOn(GENESIS[cluster as keyof typeof GENESIS]);
const sign = (line: Uint8Array) => signBytes(wallet.keyPair.privateKey, line);
const secret = await deriveEncryptionSecret(deployment, wallet.address, state.keyIndex, sign);
const { key, locator } = await openRecord(state, state.capsule, secret);
const creator = verifyRecordCreator(deployment, state, locator) ? 'as its signature shows' : 'as the node says';
console.log(`${locator.kind} (${locator.mediaType}) by ${state.creator}, ${creator}`);

// The stores come from the record's creator: an app follows https alone, and no private addresses.
const [store = ''] = locator.stores;
const ciphertext = await (await fetch(documentUrl(store, locator.sha256), { redirect: 'error' })).arrayBuffer();
const document = await decryptDocument(new Uint8Array(ciphertext), key);
console.log(new TextDecoder().decode(document));
