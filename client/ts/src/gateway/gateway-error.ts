// Refusals of a gateway: RFC 9457 problems.

import type { Schema, Unchecked } from './gateway-api.js';

/** A gateway's refusal, or an answer that no gateway gives. */
export class GatewayError extends Error {
    override readonly name = 'GatewayError';

    constructor(
        /** The gateway's address, with the path that was asked for. */
        readonly url: string,
        /** The HTTP status. */
        readonly status: number,
        /**
         * The problem's code: one of the gateway's, or the name of the program's error. `undefined` if the answer is not a
         * gateway's, such as a proxy's page.
         */
        readonly code: string | undefined,
        message: string,
        /** Seconds after which the gateway asks to try again. */
        readonly retryAfter?: number,
    ) {
        super(message);
    }
}

const MAX_ANSWER_BYTES = 16 << 20;

/** The text of an answer, of which no more than a limit is read. */
async function textOf(url: string, response: Response): Promise<string> {
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let [text, read] = ['', 0];
    for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) return text + decoder.decode();
        read += value.length;
        if (read > MAX_ANSWER_BYTES) {
            await reader?.cancel();
            throw new GatewayError(url, response.status, undefined, `${url} answers without an end`);
        }
        text += decoder.decode(value, { stream: true });
    }
}

/** The JSON of an answer; `undefined` if the gateway has no such account (404). */
export async function jsonOf(url: string, response: Response): Promise<unknown> {
    const text = await textOf(url, response);
    const said = parse(text);
    if (response.ok && said !== undefined) return said;
    const problem = said as Unchecked<Schema<'Problem'>> | undefined;
    const code = typeof problem?.code === 'string' ? problem.code : undefined;
    const detail = typeof problem?.detail === 'string' ? problem.detail : 'the answer is not that of a gateway';
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw new GatewayError(
        url,
        response.status,
        code,
        `${url} answered ${response.status}: ${detail}`,
        Number.isFinite(retryAfter) ? retryAfter : undefined,
    );
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
