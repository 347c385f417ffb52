// Streams of large data: counted as they pass, and kept until they have ended.

import { chunksOf, streamFrom } from '../base/streams.js';
import type { Activity, FlowContext } from './context.js';

/** A stream that tells how much of it has passed. */
export function counted(
    { onProgress }: Pick<FlowContext, 'onProgress'>,
    activity: Activity,
    stream: ReadableStream<Uint8Array>,
    total: number,
): ReadableStream<Uint8Array> {
    if (!onProgress) return stream;
    async function* count() {
        let done = 0;
        for await (const chunk of chunksOf(stream)) {
            done += chunk.length;
            onProgress?.({ activity, done, total });
            yield chunk;
        }
    }
    return streamFrom(count());
}

/** All of a stream, as the context keeps large data. It fails with the stream's own error. */
export async function toBlob(
    { spool }: Pick<FlowContext, 'spool'>,
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<Blob> {
    // Not all platforms tell a stream's own error when a `Response` of it is read.
    let failure: { error: unknown } | undefined;
    async function* noted() {
        try {
            yield* chunksOf(stream);
        } catch (error) {
            failure = { error };
            throw error;
        }
    }
    try {
        const source = streamFrom(noted());
        return await (spool ? spool(source) : new Response(source).blob());
    } catch (error) {
        throw failure ? failure.error : error;
    }
}
