/** The kinds of {@link ClientError}, for programs. The names are those of the known-answer vectors. */
export type ClientErrorCode =
    | 'account_changed'
    | 'already_shared'
    | 'can_not_sign'
    | 'damaged'
    | 'expired'
    | 'expiry_in_past'
    | 'feature_missing'
    | 'foreign_key'
    | 'gateway'
    | 'incomplete'
    | 'interactive_payer'
    | 'invalid_order'
    | 'malformed'
    | 'marker'
    | 'memo'
    | 'missing'
    | 'no_key'
    | 'no_node'
    | 'no_secret'
    | 'nodes_disagree'
    | 'not_asked_for'
    | 'not_delivered'
    | 'not_deterministic'
    | 'not_found'
    | 'not_offered'
    | 'not_plain'
    | 'not_settled'
    | 'not_the_wallets'
    | 'not_verified'
    | 'not_yours'
    | 'offers'
    | 'older_key'
    | 'only_buyer'
    | 'other_deployment'
    | 'other_seller'
    | 'other_settle_key'
    | 'other_terms'
    | 'purchase_state'
    | 'receipt'
    | 'refused'
    | 'self_issued'
    | 'settle_reserve'
    | 'settle_too_late'
    | 'stale'
    | 'store_not_allowed'
    | 'stores'
    | 'taken'
    | 'timed_out'
    | 'too_expensive'
    | 'too_few_nodes'
    | 'too_large'
    | 'too_late'
    | 'too_long'
    | 'unknown'
    | 'unknown_profile'
    | 'unknown_version'
    | 'unusable_card'
    | 'version_1'
    | 'wallet_refused'
    | 'wrong_address'
    | 'wrong_cluster'
    | 'wrong_document'
    | 'wrong_erase_authority'
    | 'wrong_facts'
    | 'wrong_key'
    | 'wrong_kind'
    | 'wrong_owner'
    | 'wrong_passphrase'
    | 'wrong_wallet';

/** An error of this client. The program's own errors are `GENERION_ERROR__…`. */
export class ClientError extends Error {
    override readonly name = 'ClientError';

    constructor(
        readonly code: ClientErrorCode,
        message: string,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}
