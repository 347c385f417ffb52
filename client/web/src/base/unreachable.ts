// Whether an error says that there was no answer.

import { ClientError, type ClientErrorCode } from '@generion/client';
import { StoreUnavailable } from '../worker/transfer-errors.js';

const UNREACHABLE: readonly ClientErrorCode[] = ['no_node', 'timed_out'];

/** Whether nobody answered: then what was opened before can take the place of what is there now. */
export const isUnreachable = (error: unknown): boolean =>
    (error instanceof StoreUnavailable && error.isAway) ||
    (error instanceof ClientError && UNREACHABLE.includes(error.code));
