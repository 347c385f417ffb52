// The 12 words of an account (BIP 39), and the wallet that follows from them (SLIP-0010, ed25519). Phantom and the Solana
// tools take the same path, so that either opens an account of this app.

import { generateMnemonic, mnemonicToSeed, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { createKeyPairSignerFromPrivateKeyBytes, type KeyPairSigner } from '@solana/kit';
import { HDKey } from 'micro-key-producer/slip10.js';
import { AccountError } from './account-error.js';

/** The derivation path of the wallet. */
export const PATH = "m/44'/501'/0'/0'";
/** Words of an account: 128 bits of entropy. */
export const WORD_COUNT = 12;

/** Draws the words of a new account. */
export function newWords(): string {
    return generateMnemonic(wordlist, 128);
}

/**
 * The words as they are spelt, from what a person typed: any white space, any case, numbers and dots before the words.
 *
 * @throws {AccountError} `word_count`, `unknown_word` (with the word), `checksum`.
 */
export function readWords(typed: string): string {
    const words = typed
        .normalize('NFKD')
        .toLowerCase()
        .replace(/\d+[.):]?/g, ' ')
        .split(/[\s,;]+/)
        .filter((word) => word !== '');
    if (words.length !== WORD_COUNT) throw new AccountError('word_count', { count: words.length });
    const position = words.findIndex((word) => !wordlist.includes(word));
    if (position >= 0) throw new AccountError('unknown_word', { position: position + 1 });
    const phrase = words.join(' ');
    if (!validateMnemonic(phrase, wordlist)) throw new AccountError('checksum', {});
    return phrase;
}

/** The wallet of an account. Its private key can't be exported again. */
export async function walletOf(words: string): Promise<KeyPairSigner> {
    const seed = await mnemonicToSeed(words);
    const { privateKey } = HDKey.fromMasterSeed(seed).derive(PATH);
    seed.fill(0);
    try {
        return await createKeyPairSignerFromPrivateKeyBytes(privateKey);
    } finally {
        privateKey.fill(0);
    }
}
