/** The fault of words, a passphrase, a passkey or an account file. The texts of the app have a sentence for each code. */
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
    | 'another_account'
    | PasskeyErrorCode;

/** The fault of a passkey. The screens that ask for one have a sentence for each code. */
export type PasskeyErrorCode =
    /** The device did not confirm. It does not say why: the person refused, took too long, or the passkey is gone. */
    | 'passkey_not_confirmed'
    /** The same once more, so that the passkey may be gone. */
    | 'passkey_gone'
    /** A passkey was made, but did not answer yet. It is used again. */
    | 'passkey_unfinished'
    | 'passkey_without_prf'
    /** The passkey answered without a check that its owner is there, so that anybody could open the account. */
    | 'passkey_unverified'
    | 'wrong_passkey'
    | 'damaged_passkey_file';

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
