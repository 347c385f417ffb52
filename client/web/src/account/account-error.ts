/** What is wrong with words, a passphrase, a passkey or an account file. The texts of the app have a sentence for each code. */
export type AccountErrorCode =
    | 'word_count'
    | 'unknown_word'
    | 'checksum'
    | 'short_passphrase'
    | 'weak_passphrase'
    | 'passphrase_needed'
    | 'wrong_passphrase'
    | 'no_account_file'
    | 'newer_account_file'
    | 'damaged_account_file'
    | 'another_account';

/** A refusal with its code. It holds no word and no passphrase. */
export class AccountError extends Error {
    override readonly name = 'AccountError';

    constructor(
        readonly code: AccountErrorCode,
        /** Numbers for the sentence: how many words, at which position. */
        readonly details: { count?: number; position?: number },
    ) {
        super(code);
    }
}
