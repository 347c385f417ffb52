// A market in a town: a patient who sells by the Rust command line, and buyers at browsers.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
    deliver,
    deploymentOn,
    GENESIS,
    keyPairWallet,
    Ledger,
    MemoryState,
    readSale,
    WalletKeys,
} from '@generion/client';
import { mnemonicToSeed } from '@scure/bip39';
import { type Address, createKeyPairSignerFromBytes } from '@solana/kit';
import { HDKey } from 'micro-key-producer/slip10.js';
import type { Browser } from 'playwright-core';
import { newWords, PATH } from '../../src/account/words.js';
import { Person, type WINDOWS } from './person.js';
import { fixture, type Printed, type Town } from './town.js';

/** The terms of an offer. */
export type Offering = {
    label: string;
    /** Records, written by the clinic. */
    records?: string[];
    /** The price, as the command line takes it. */
    price?: string;
    window?: string;
    onlyBuyer?: string;
};

/** A patient with a published key, who sells. */
export class Seller {
    private constructor(private readonly town: Town) {}

    /** Publishes the patient's key. */
    static async in(town: Town): Promise<Seller> {
        await town.does('patient', 'user', 'set-key');
        return new Seller(town);
    }

    get address(): string {
        return this.town.addressOf('patient');
    }

    /** Lets somebody write a record, and the patient verify it. Returns its address. */
    async gets(document: string, writer = 'clinic'): Promise<string> {
        const flags = ['--owner', this.address, '--store', this.town.storeUrl];
        const written = await this.town.does(writer, 'record', 'create', document, ...flags);
        const record = String(written.record?.address);
        // A record that its owner wrote is verified from the start.
        if (writer !== 'patient') await this.town.does('patient', 'record', 'verify', record);
        return record;
    }

    /** Offers records. Returns the order's address. */
    async offers({ label, onlyBuyer, price = '0.25SOL', records, window = '1h' }: Offering): Promise<string> {
        const listed = records ?? [await this.gets(fixture('Observation-blood-pressure.json'))];
        const made = await this.town.does(
            'patient',
            'order',
            'create',
            ...listed.flatMap((record) => ['--record', record]),
            ...['--price', price, '--window', window, '--label', label, '--reveal-identifiers'],
            ...(onlyBuyer ? ['--only-buyer', onlyBuyer] : []),
        );
        return String(made.order?.address ?? made.order);
    }

    /** Delivers the keys of a purchase, and does not release them: the command line would do both. */
    async locks(purchase: string): Promise<void> {
        const secret = JSON.parse(readFileSync(this.town.keypairOf('patient'), 'utf8')) as number[];
        const wallet = keyPairWallet(await createKeyPairSignerFromBytes(Uint8Array.from(secret)));
        const ledger = Ledger.at(deploymentOn(GENESIS.localnet), [this.town.rpcUrl]);
        const [context, keys] = [{ ledger, saved: new MemoryState() }, new WalletKeys(wallet)];
        const sale = await readSale(context, keys, purchase as Address, 'ledger');
        await deliver(context, { keys, payer: wallet.signer }, sale);
    }

    /** Delivers and settles what was bought. */
    async delivers(): Promise<Printed> {
        return await this.town.does('patient', 'deliver', '--all');
    }
}

/** A buyer at a browser, whose wallet the command line can use, too. */
export type Buyer = {
    person: Person;
    address: string;
    /** The account's words. */
    words: string;
    /** The wallet's file. */
    keypair: string;
};

export const PASSPHRASE = 'kettle orbit maple nine';

/** A person who restores an account from its words on a new device. */
export async function restores(
    browser: Browser,
    url: string,
    words: string,
    story: string,
    size: keyof typeof WINDOWS = 'phone',
): Promise<Person> {
    const person = await Person.at(browser, url, story, size);
    await person.taps('I have an account already');
    await person.fills('The 12 words', words);
    await person.fills('A passphrase for this device', PASSPHRASE);
    await person.taps('Restore');
    return person;
}

/** A person with an account and some SOL, who has opened the market. */
export async function buyerAt(
    town: Town,
    browser: Browser,
    url: string,
    story: string,
    size: keyof typeof WINDOWS = 'phone',
    sol = 1,
): Promise<Buyer> {
    const words = newWords();
    const seed = HDKey.fromMasterSeed(await mnemonicToSeed(words)).derive(PATH);
    const person = await restores(browser, url, words, story, size);
    const [address = ''] = await person.reads('.own-address');
    if (sol > 0) await town.fund(address, sol);
    const folder = join(town.folder, address);
    mkdirSync(folder);
    const keypair = join(folder, 'keypair.json');
    const publicKey = seed.publicKeyRaw;
    writeFileSync(keypair, JSON.stringify([...seed.privateKey, ...publicKey]), { mode: 0o600 });
    await person.taps('Market');
    await person.page.getByRole('heading', { name: 'Market', level: 1 }).waitFor();
    return { person, address, words, keypair };
}

/** Goes from the market to a paid purchase of an order. */
export async function buys({ person }: Buyer, label: string, price = '0.25 SOL'): Promise<void> {
    await person.taps(label);
    await person.taps(`Buy for ${price}`);
    await person.taps(`Pay ${price} into escrow`);
}
