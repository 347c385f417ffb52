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

// Check the node's answer before reading it: no other contents have the record's address.
const account = await fetchEncodedAccount(createSolanaRpc(url), address(record), { commitment: 'confirmed' });
const state = (await readMaybeAccount('record', account))?.data;
if (!state) throw new Error(`there is no record ${record}`);

// The wallet signs a line of text, and the key is derived from the signature, so no key is stored. The node could lie about
// the index, but a wrong index opens nothing.
const deployment = deploymentOn(GENESIS[cluster as keyof typeof GENESIS]);
const sign = (line: Uint8Array) => signBytes(wallet.keyPair.privateKey, line);
const secret = await deriveEncryptionSecret(deployment, wallet.address, state.keyIndex, sign);
const { key, locator } = await openRecord(state, state.capsule, secret);
const creator = verifyRecordCreator(deployment, state, locator) ? 'as its signature shows' : 'as the node says';
console.log(`${locator.kind} (${locator.mediaType}) by ${state.creator}, ${creator}`);

// The creator of the record chose the stores: an app should follow only https, and no private addresses.
const [store = ''] = locator.stores;
const ciphertext = await (await fetch(documentUrl(store, locator.sha256), { redirect: 'error' })).arrayBuffer();
const document = await decryptDocument(new Uint8Array(ciphertext), key);
console.log(new TextDecoder().decode(document));
