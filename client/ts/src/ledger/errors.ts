/** The kinds of {@link ClientError}, for programs. The names are those of the known-answer vectors. */
export type ClientErrorCode =
    | 'can_not_sign'
    | 'damaged'
    | 'expired'
    | 'foreign_key'
    | 'incomplete'
    | 'malformed'
    | 'memo'
    | 'missing'
    | 'no_node'
    | 'nodes_disagree'
    | 'not_asked_for'
    | 'not_deterministic'
    | 'not_found'
    | 'not_plain'
    | 'not_the_wallets'
    | 'refused'
    | 'stale'
    | 'store_not_allowed'
    | 'stores'
    | 'timed_out'
    | 'too_few_nodes'
    | 'too_long'
    | 'unknown'
    | 'unknown_profile'
    | 'unknown_version'
    | 'version_1'
    | 'wrong_address'
    | 'wrong_cluster'
    | 'wrong_document'
    | 'wrong_facts'
    | 'wrong_key'
    | 'wrong_kind'
    | 'wrong_owner';

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
