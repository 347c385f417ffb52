// node open-record.js RPC_URL CLUSTER KEYPAIR_FILE RECORD
import { readFileSync } from 'node:fs';
import {
    decryptDocument,
    deploymentOn,
    deriveEncryptionSecret,
    fetchDocument,
    GENESIS,
    isHttps,
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
const { key, locator } = openRecord(state, state.capsule, secret);
const creator = verifyRecordCreator(deployment, state, locator) ? 'as its signature shows' : 'as the node says';
console.log(`${locator.kind} (${locator.mediaType}) by ${state.creator}, ${creator}`);

// The creator of the record chose the stores. An app asks only those with https, as `fetchDocument` does unless told
// otherwise, and this example also one on this machine. It compares size and hash with the record's.
const isAllowed = (store: URL) => isHttps(store) || store.hostname === '127.0.0.1';
const document = await decryptDocument(await fetchDocument(locator, isAllowed), key);
console.log(new TextDecoder().decode(document));
