/** What a {@link ClientError} is about, for programs. The names are those of the known-answer vectors. */
export type ClientErrorCode =
    | 'damaged'
    | 'malformed'
    | 'not_deterministic'
    | 'not_plain'
    | 'too_long'
    | 'unknown_version'
    | 'wrong_hash'
    | 'wrong_key'
    | 'wrong_kind'
    | 'wrong_owner';

/** Something that this client refuses. The program's own refusals are `GENERION_ERROR__…`. */
export class ClientError extends Error {
    override readonly name = 'ClientError';

    constructor(
        readonly code: ClientErrorCode,
        message: string,
    ) {
        super(message);
    }
}
