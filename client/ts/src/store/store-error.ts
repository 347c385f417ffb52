// Refusals of a document store (docs/PROTOCOL.md, section 7).

/** The codes of a store's refusals. A newer store may have others, which stay as they are. */
export type StoreErrorCode =
    | 'busy'
    | 'erased'
    | 'hash_mismatch'
    | 'internal'
    | 'invalid_document_id'
    | 'invalid_expiry'
    | 'invalid_link'
    | 'invalid_signature'
    | 'malformed_header'
    | 'method_not_allowed'
    | 'nonce_reused'
    | 'not_erase_authority'
    | 'not_found'
    | 'not_signed'
    | 'outside_time_window'
    | 'quota_exceeded'
    | 'range_not_satisfiable'
    | 'storage_full'
    | 'too_large'
    | 'too_many_links'
    | 'unexpected_body'
    | 'unknown_path'
    | 'upload_interrupted'
    | 'upload_stalled'
    | 'upload_too_slow'
    | 'uploader_not_allowed'
    | 'wrong_host'
    | (string & {});

/** A store's refusal, or an answer that no store gives. */
export class StoreError extends Error {
    override readonly name = 'StoreError';

    constructor(
        /** The store's address, or the document's in it. */
        readonly url: string,
        /** The HTTP status. */
        readonly status: number,
        /** The store's code; `undefined` if the answer is not a store's, such as a proxy's page. */
        readonly code: StoreErrorCode | undefined,
        message: string,
        /** Seconds after which the store asks to try again. */
        readonly retryAfter?: number,
    ) {
        super(message);
    }
}

const MAX_REFUSAL_LENGTH = 4096;

/** The refusal that a response tells. Of a long body, which no store sends, only the beginning is read. */
export async function refusalOf(url: string, response: Response): Promise<StoreError> {
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    const refusal = parse(await beginningOf(response));
    const said = refusal ? refusal.message : 'the answer is not that of a document store';
    return new StoreError(
        url,
        response.status,
        refusal?.code,
        `${url} answered ${response.status}: ${said}`,
        Number.isFinite(retryAfter) ? retryAfter : undefined,
    );
}

async function beginningOf(response: Response): Promise<string> {
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = '';
    try {
        while (reader && text.length <= MAX_REFUSAL_LENGTH) {
            const { done, value } = await reader.read();
            if (done) break;
            text += decoder.decode(value, { stream: true });
        }
        await reader?.cancel();
    } catch {
        // A refusal without its text is a refusal still.
    }
    return text;
}

function parse(text: string): { code: string; message: string } | undefined {
    try {
        const { code, message } = JSON.parse(text);
        return typeof code === 'string' && typeof message === 'string' ? { code, message: plain(message) } : undefined;
    } catch {
        return undefined;
    }
}

/** A stranger's text without control characters and marks that change the direction of what follows. */
const plain = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}').slice(0, 500);
