import { ClientError, type ClientErrorCode, GatewayError } from '@generion/client';
import { AccountError, type AccountErrorCode, type PasskeyErrorCode } from '../account/account-error.js';
import type { Texts } from '../texts/en.js';
import { FeeTrouble } from '../worker/fee-trouble.js';
import { LinkTrouble } from '../worker/link-trouble.js';
import { Refused, StoreUnavailable } from '../worker/transfer-errors.js';
import { Locked } from './locked.js';

/** Errors of sales, purchases and sponsors' studies, which no screen makes. */
type FurtherErrorCode = 'budget' | 'invalid_study' | 'letter' | 'self_issued' | 'too_expensive';

/** The sentence for each other code of the client's errors, by its name in the texts. */
const SENTENCES: Record<Exclude<ClientErrorCode, FurtherErrorCode>, keyof Texts['problems']> = {
    not_delivered: 'not_delivered',
    not_settled: 'not_delivered',
    only_buyer: 'only_buyer',
    other_deployment: 'other_network',
    other_terms: 'other_terms',
    receipt: 'receipt',
    account_changed: 'account_changed',
    already_shared: 'nothing_to_do',
    can_not_sign: 'wrong_wallet',
    damaged: 'creator',
    expired: 'late',
    expiry_in_past: 'expired',
    feature_missing: 'wrong_wallet',
    foreign_key: 'foreign_key',
    gateway: 'no_node',
    incomplete: 'again',
    malformed: 'creator',
    memo: 'wrong_wallet',
    missing: 'not_signed',
    no_key: 'no_key',
    no_node: 'no_node',
    nodes_disagree: 'nodes_disagree',
    no_secret: 'foreign_key',
    not_asked_for: 'not_asked_for',
    not_deterministic: 'wrong_wallet',
    not_found: 'not_found',
    not_plain: 'wrong_wallet',
    not_the_wallets: 'not_signed',
    not_verified: 'not_verified',
    not_yours: 'not_yours',
    older_key: 'nodes_disagree',
    refused: 'refused',
    stale: 'nodes_disagree',
    store_not_allowed: 'store_not_allowed',
    stores: 'store',
    taken: 'taken',
    timed_out: 'uncertain',
    too_few_nodes: 'nodes_disagree',
    too_large: 'creator',
    too_long: 'creator',
    unknown: 'uncertain',
    unknown_profile: 'newer_version',
    unknown_version: 'newer_version',
    unusable_card: 'no_key',
    version_1: 'newer_version',
    wallet_refused: 'wallet_refused',
    wrong_address: 'nodes_disagree',
    wrong_cluster: 'nodes_disagree',
    wrong_document: 'creator',
    wrong_erase_authority: 'erase_authority',
    wrong_facts: 'creator',
    wrong_key: 'creator',
    wrong_kind: 'not_found',
    wrong_owner: 'nodes_disagree',
    wrong_passphrase: 'wrong_passphrase',
    wrong_wallet: 'wrong_wallet',
    interactive_payer: 'wrong_wallet',
    invalid_order: 'invalid_order',
    marker: 'saved_sales',
    not_offered: 'not_offered',
    offers: 'saved_sales',
    other_seller: 'other_sale',
    other_settle_key: 'other_sale',
    purchase_state: 'sale_changed',
    settle_reserve: 'settle_reserve',
    settle_too_late: 'sale_too_late',
    too_late: 'sale_too_late',
    admission: 'study_changed',
    description: 'study_changed',
    has_application: 'nothing_to_do',
    has_seat: 'nothing_to_do',
    hidden_requirement: 'study_changed',
    last_seat: 'study_full',
    no_match: 'study_no_match',
    no_seats: 'study_full',
    seat_locked: 'study_delivered',
    seat_settled: 'study_delivered',
    study_deadline: 'late',
    study_over: 'study_over',
};

/**
 * The sentence for a new passphrase that is refused, to stand beside its field.
 *
 * @throws What else went wrong.
 */
export function passphraseProblem(error: unknown, texts: Texts): string {
    const isRefused = error instanceof AccountError && ['short_passphrase', 'weak_passphrase'].includes(error.code);
    if (!isRefused) throw error;
    return sentenceFor(error, texts);
}

/** The sentence for a code of the client's errors. */
export function sentenceForCode(code: ClientErrorCode, texts: Texts): string {
    return code in SENTENCES ? texts.problems[SENTENCES[code as keyof typeof SENTENCES]] : texts.app.unexpected;
}

/** The sentence for a store's refusal, by its name in the texts. */
function sentenceOfStore({ code, isAway }: StoreUnavailable): keyof Texts['problems'] {
    if (isAway) return 'store_away';
    if (code === 'quota_exceeded' || code === 'storage_full') return 'store_full';
    if (code === 'outside_time_window') return 'store_clock';
    if (code === 'uploader_not_allowed') return 'store_refused';
    if (code === 'erased') return 'store_erased';
    if (code === 'not_found') return 'store_lacks';
    return code === 'too_large' ? 'store_too_large' : 'store';
}

/** Screens of passkeys have sentences of their own, which load with them. */
const isOfPasskey = (code: AccountErrorCode): code is PasskeyErrorCode => code.includes('passkey');

/** The sentence for an error. One that the app did not expect gets a sentence that names no cause. */
export function sentenceFor(error: unknown, texts: Texts): string {
    if (error instanceof ClientError) return sentenceForCode(error.code, texts);
    if (error instanceof GatewayError) {
        const isUnpaid = ['sponsoring_off', 'sponsor_refused'].includes(error.code ?? '');
        return isUnpaid ? texts.problems.not_sponsored : texts.problems.no_gateway;
    }
    if (error instanceof Locked) return texts.app.locked;
    if (error instanceof FeeTrouble) return texts.problems[error.code];
    if (error instanceof LinkTrouble) return texts.linkProblems[error.code];
    if (error instanceof StoreUnavailable) return texts.problems[sentenceOfStore(error)];
    if (error instanceof Refused) return texts.problems.refused;
    if (error instanceof Error && error.name === 'QuotaExceededError') return texts.app.noRoom;
    if (!(error instanceof AccountError)) return texts.app.unexpected;
    const { code, details } = error;
    if (code === 'word_count') return texts.errors.word_count(details.count ?? 0);
    if (code === 'unknown_word') return texts.errors.unknown_word(details.position ?? 0);
    if (code === 'short_passphrase') return texts.passphrase.tooShort;
    if (code === 'weak_passphrase') return texts.passphrase.weak;
    if (isOfPasskey(code)) return texts.app.unexpected;
    return texts.errors[code];
}
