// node open-record.js RPC_URL CLUSTER KEYPAIR_FILE RECORD
import { readFileSync } from 'node:fs';
import {
    deploymentOn,
    type FlowContext,
    GENESIS,
    isPublicHttps,
    keyPairWallet,
    Ledger,
    MemoryState,
    openOwnRecord,
    WalletKeys,
} from '@generion/client';
import { address, createKeyPairSignerFromBytes } from '@solana/kit';

const [url = '', cluster = '', keypair = '', record = ''] = process.argv.slice(2);
const signer = await createKeyPairSignerFromBytes(Uint8Array.from(JSON.parse(readFileSync(keypair, 'utf8'))));

// The user chooses cluster and nodes. Name two nodes of different operators where you can: none of them is believed alone.
const deployment = deploymentOn(GENESIS[cluster as keyof typeof GENESIS]);
const context: FlowContext = {
    ledger: Ledger.at(deployment, [url]),
    // In a browser: `await IndexedDbState.open()`.
    saved: new MemoryState(),
    // The creator of the record chose the stores. An app asks only those with https that are not at an address of a private
    // network, as it does unless told otherwise, and this example also one on this machine.
    isAllowed: (store) => isPublicHttps(store) || store.hostname === '127.0.0.1',
};

// The wallet signs a line of text, and the key is derived from the signature, so no key is stored. The record is compared with
// its address, its creator's signature and its facts, and the document with its size and hash.
const keys = new WalletKeys(keyPairWallet(signer));
const opened = await openOwnRecord(context, keys, address(record));
const { document, locator, record: state, signature } = opened;
const creator = signature ? 'as its signature shows' : 'as the node says';
console.log(`${locator.kind} (${locator.mediaType}) by ${state.creator}, ${creator}`);
console.log(await document.text());
