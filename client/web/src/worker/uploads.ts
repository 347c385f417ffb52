// Uploads that tell how far they are, which `fetch` can't.

import { type Progress, StoreError } from '@generion/client';

/** A `fetch` whose uploads of a `Blob` tell how much of it was sent. The browser reads the `Blob` piece by piece. */
export function tellingFetch(other: typeof fetch, onProgress: (progress: Progress) => void): typeof fetch {
    return async (input, init) => {
        const body = init?.body;
        if (!(body instanceof Blob) || input instanceof Request) return await other(input, init);
        return await send(new URL(input).href, { ...init, body }, onProgress);
    };
}

/** Bytes of the longest answer to an upload. Stores answer with a line or two. */
const MAX_ANSWER = 65_536;
/** Statuses of answers that have no body. */
const WITHOUT_BODY = [204, 205, 304];

async function send(
    url: string,
    { body, headers, method = 'GET', signal }: RequestInit & { body: Blob },
    onProgress: (progress: Progress) => void,
): Promise<Response> {
    signal?.throwIfAborted();
    return await new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const abort = () => request.abort();
        signal?.addEventListener('abort', abort);
        request.open(method, url);
        new Headers(headers).forEach((value, name) => {
            request.setRequestHeader(name, value);
        });
        request.responseType = 'blob';
        const refuse = (why: string) => {
            reject(new StoreError(url, request.status, undefined, `${url} ${why}`));
            request.abort();
        };
        // The browser follows a redirect before anybody is asked, so that the ciphertext, which the store has anyway, and the
        // headers, which are signed for its host alone, may have gone elsewhere. What comes back from there is refused.
        request.onreadystatechange = () => {
            if (request.readyState !== XMLHttpRequest.HEADERS_RECEIVED || request.responseURL === url) return;
            refuse(`leads to ${request.responseURL}`);
        };
        request.onprogress = ({ loaded }) => {
            if (loaded > MAX_ANSWER) refuse(`answers with more than ${MAX_ANSWER} bytes`);
        };
        request.upload.onprogress = ({ loaded }) =>
            onProgress({ activity: 'uploading', done: loaded, total: body.size });
        request.onerror = () => reject(new StoreError(url, 0, undefined, `${url} does not answer`));
        request.onabort = () => reject(signal?.reason ?? new DOMException('the upload was stopped', 'AbortError'));
        request.onload = () => {
            const { status } = request;
            const content = WITHOUT_BODY.includes(status) ? null : (request.response as Blob);
            resolve(new Response(content, { status, headers: headersOf(request) }));
        };
        request.onloadend = () => signal?.removeEventListener('abort', abort);
        request.send(body);
    });
}

function headersOf(request: XMLHttpRequest): Headers {
    const lines = request.getAllResponseHeaders().split('\r\n').filter(Boolean);
    return new Headers(
        lines.map((line): [string, string] => {
            const colon = line.indexOf(':');
            return [line.slice(0, colon), line.slice(colon + 1).trim()];
        }),
    );
}
