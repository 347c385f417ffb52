// An account file (docs/PROTOCOL.md, section 2): an age file with a passphrase as its only recipient, which holds the
// words of an account.

import type { Address } from '@solana/kit';
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { AccountError } from './account-error.js';
import { PATH, readWords, walletOf } from './words.js';

const FIRST_LINE = 'generion-account v1';
/** scrypt's work factor: as for key files. A browser takes about a second for it. */
export const WORK_FACTOR = 18;
/** Bytes of the longest file that is read. A file of this app has about 500. */
export const MAX_LENGTH = 16_384;

/** The content of an account file. */
export type Account = {
    /** The wallet's address. */
    address: Address;
    /** The 12 words. */
    words: string;
};

/** The account of words. */
export async function accountOf(words: string): Promise<Account> {
    return { address: (await walletOf(words)).address, words };
}

/** The text of an account file. */
export const accountText = ({ address, words }: Account): string =>
    `${FIRST_LINE}\nwallet ${address}\npath ${PATH}\nwords ${words}\n`;

/** Writes an account file, as armored text. */
export async function sealAccount(account: Account, passphrase: string): Promise<string> {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(passphrase.normalize('NFC'));
    encrypter.setScryptWorkFactor(WORK_FACTOR);
    return armor.encode(await encrypter.encrypt(accountText(account)));
}

/**
 * Opens an account file.
 *
 * @throws {AccountError} `no_account_file`, `newer_account_file`, `damaged_account_file`, `wrong_passphrase`.
 */
export async function openAccount(file: string, passphrase: string): Promise<Account> {
    return await readAccountText(await decrypt(file, passphrase));
}

async function decrypt(file: string, passphrase: string): Promise<string> {
    let bytes: Uint8Array;
    try {
        if (file.length > MAX_LENGTH) throw new RangeError('too long');
        bytes = armor.decode(file);
    } catch {
        throw new AccountError('no_account_file', {});
    }
    // The library answers a work factor above its limit, a damaged header and a wrong passphrase by sentences alone.
    const header = new TextDecoder('latin1').decode(bytes).split('\n', 2);
    const stanza = header[1]?.match(/^-> scrypt \S+ (\d+)$/);
    if (header[0] !== 'age-encryption.org/v1' || !stanza || Number(stanza[1]) > WORK_FACTOR + 2) {
        throw new AccountError('no_account_file', {});
    }
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase.normalize('NFC'));
    try {
        return await decrypter.decrypt(bytes, 'text');
    } catch (error) {
        const isWrong = error instanceof Error && error.message.includes('no identity matched');
        throw new AccountError(isWrong ? 'wrong_passphrase' : 'damaged_account_file', {});
    }
}

/**
 * Reads the text of an account file.
 *
 * @throws {AccountError} `no_account_file`, `newer_account_file`, `damaged_account_file`; those of `readWords`.
 */
export async function readAccountText(text: string): Promise<Account> {
    const [first, wallet, path, words, end, ...rest] = text.split('\n');
    if (first !== FIRST_LINE) {
        throw new AccountError(first?.startsWith('generion-account ') ? 'newer_account_file' : 'no_account_file', {});
    }
    if (path !== `path ${PATH}` || !words?.startsWith('words ') || end !== '' || rest.length > 0) {
        throw new AccountError('damaged_account_file', {});
    }
    const phrase = words.slice('words '.length);
    const account = await accountOf(readWords(phrase));
    if (account.words !== phrase || wallet !== `wallet ${account.address}`) {
        throw new AccountError('damaged_account_file', {});
    }
    return account;
}
