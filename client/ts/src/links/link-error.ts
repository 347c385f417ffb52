/** The kinds of {@link LinkError}, for programs. */
export type LinkErrorCode =
    /** The server asks to wait. */
    | 'busy'
    /** A file behind the link is not what its key encrypted, or not what its type says. */
    | 'damaged'
    /** The link's own time is over, by this device's clock. */
    | 'expired'
    /** The server has nothing behind the link any more: it has expired, or was ended. */
    | 'inactive'
    /** The label is too long, or has characters that nobody sees. */
    | 'invalid_label'
    /** The link's address is one that this app does not ask. */
    | 'not_allowed'
    /** The text is no health link. */
    | 'not_a_link'
    /** The link has a version that this client does not know. */
    | 'newer_version'
    /** The link opens with a passcode. */
    | 'passcode_needed'
    /** The store's address is too long for a link. */
    | 'store_address'
    /** More bytes than a link's files may have. */
    | 'too_large'
    /** The server does not answer, or not as a server of health links does. */
    | 'unreachable'
    /** The passcode is wrong. */
    | 'wrong_passcode';

/** A health link that can't be made or opened. */
export class LinkError extends Error {
    override readonly name = 'LinkError';

    constructor(
        readonly code: LinkErrorCode,
        message: string,
        /** For `wrong_passcode`: how often another one can be tried, if the server tells. */
        readonly details: { remainingAttempts?: number } = {},
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}
