import { LinkError, type LinkErrorCode } from '@generion/client';

/** The reason why a link is not made, ended or opened. The texts of the app have a sentence for each. */
export type LinkTroubleCode = LinkErrorCode | 'no_store' | 'store_refused';

/** A health link that can't be made, ended or opened, with its code. It holds no part of the link. */
export class LinkTrouble extends Error {
    override readonly name = 'LinkTrouble';

    constructor(
        readonly code: LinkTroubleCode,
        /** Number of further attempts at the passcode, if the server says it. */
        readonly details: LinkError['details'] = {},
    ) {
        super(code);
    }
}

/** An error of the client as the app tells it. */
export const troubleOf = (error: unknown): unknown =>
    error instanceof LinkError ? new LinkTrouble(error.code, error.details) : error;
