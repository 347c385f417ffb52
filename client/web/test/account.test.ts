// Words and account files, without a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { armor, Encrypter } from 'age-encryption';
import { AccountError } from '../src/account/account-error.js';
import { accountOf, openAccount, sealAccount } from '../src/account/account-file.js';
import { requireStrong } from '../src/account/strength.js';
import { newWords, readWords, walletOf } from '../src/account/words.js';

const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
/** The first account that other wallets show for these words, by the same path. */
const ADDRESS = 'HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk';

const refusal =
    (code: string, details = {}) =>
    (error: unknown) => {
        assert.ok(error instanceof AccountError);
        assert.deepEqual({ code: error.code, details: error.details }, { code, details });
        return true;
    };

/** A file with a passphrase and any text, sealed fast. */
async function fileWith(text: string, passphrase: string, workFactor = 10): Promise<string> {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(passphrase);
    encrypter.setScryptWorkFactor(workFactor);
    return armor.encode(await encrypter.encrypt(text));
}

test('the wallet of words is the one that other wallets show', async () => {
    assert.equal((await walletOf(WORDS)).address, ADDRESS);
});

test('new words are twelve, and differ', () => {
    const [one, other] = [newWords(), newWords()];
    assert.equal(readWords(one), one);
    assert.notEqual(one, other);
});

test('words are read as people type them, and what is wrong with them is named', () => {
    const typed = WORDS.split(' ').map((word, index) => `${index + 1}. ${word.toUpperCase()}`);
    assert.equal(readWords(`\n ${typed.join(',\n')} `), WORDS);
    assert.throws(() => readWords(WORDS.replace('about', '')), refusal('word_count', { count: 11 }));
    assert.throws(() => readWords(WORDS.replace('about', 'abuot')), refusal('unknown_word', { position: 12 }));
    assert.throws(() => readWords(WORDS.replace('about', 'abandon')), refusal('checksum'));
});

test('an account file opens with its passphrase alone', async () => {
    const account = await accountOf(WORDS);
    const file = await sealAccount(account, 'correct horse battery');
    assert.match(file, /^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    assert.deepEqual(await openAccount(file, 'correct horse battery'), account);
    await assert.rejects(openAccount(file, 'correct horse batter'), refusal('wrong_passphrase'));
    const middle = Math.floor(file.length * 0.8);
    const damaged = `${file.slice(0, middle)}${file[middle] === 'A' ? 'B' : 'A'}${file.slice(middle + 1)}`;
    await assert.rejects(openAccount(damaged, 'correct horse battery'), refusal('damaged_account_file'));
});

test('a file that is no account file of this version is refused by what it is', async () => {
    await assert.rejects(openAccount('hello', 'p'), refusal('no_account_file'));
    await assert.rejects(openAccount(await fileWith('generion-key-file v2\n', 'p'), 'p'), refusal('no_account_file'));
    await assert.rejects(openAccount(await fileWith('generion-account v2\n', 'p'), 'p'), refusal('newer_account_file'));
    const lines = (wallet: string, path: string, words: string, rest = '') =>
        `generion-account v1\nwallet ${wallet}\npath ${path}\nwords ${words}\n${rest}`;
    const path = "m/44'/501'/0'/0'";
    for (const text of [
        lines('11111111111111111111111111111111', path, WORDS),
        lines(ADDRESS, "m/44'/501'/1'/0'", WORDS),
        lines(ADDRESS, path, WORDS.toUpperCase()),
        lines(ADDRESS, path, WORDS, 'more\n'),
        lines(ADDRESS, path, WORDS).slice(0, -1),
    ]) {
        await assert.rejects(openAccount(await fileWith(text, 'p'), 'p'), refusal('damaged_account_file'), text);
    }
});

test('a file that would take minutes to open, or is too long, is refused at once', async () => {
    const slow = (await fileWith('generion-account v1\n', 'p')).split('\n');
    const header = atob(slow.slice(1, -2).join('')).replace(/^(.*\n-> scrypt \S+ )10\n/, '$124\n');
    const file = armor.encode(Uint8Array.from(header, (character) => character.charCodeAt(0)));
    await assert.rejects(openAccount(file, 'p'), refusal('no_account_file'));
    await assert.rejects(openAccount('A'.repeat(20_000), 'p'), refusal('no_account_file'));
});

test('a passphrase that a guesser would try early is refused, and four words pass', async () => {
    for (const weak of ['password123456', 'qwertzuiop12', 'Sommer2026!!', 'Generion2026', 'hallo hallo hallo']) {
        await assert.rejects(requireStrong(weak), refusal('weak_passphrase'), weak);
    }
    await assert.rejects(requireStrong('x9$Qk2Lm '), refusal('short_passphrase'));
    for (const strong of ['kettle orbit maple nine', 'Tisch Lampe Wolke Birne']) await requireStrong(strong);
});
