// Web streams and async generators, into one another. Not all browsers iterate over a `ReadableStream`, or have
// `ReadableStream.from`.

import { concatBytes } from '@noble/hashes/utils.js';

/** The chunks of a stream. The stream is cancelled if the caller stops early. */
export async function* chunksOf<Chunk>(stream: ReadableStream<Chunk>): AsyncGenerator<Chunk, void, void> {
    const reader = stream.getReader();
    let isOver = false;
    try {
        for (;;) {
            const { done, value } = await reader.read();
            if (done) {
                isOver = true;
                return;
            }
            yield value;
        }
    } catch (error) {
        isOver = true;
        throw error;
    } finally {
        if (!isOver) await reader.cancel();
        reader.releaseLock();
    }
}

/** A stream of the chunks that a generator yields. Cancelling the stream ends the generator. */
export function streamFrom<Chunk>(chunks: AsyncGenerator<Chunk, void, void>): ReadableStream<Chunk> {
    return new ReadableStream<Chunk>(
        {
            async pull(controller) {
                const { done, value } = await chunks.next();
                if (done) controller.close();
                else controller.enqueue(value);
            },
            async cancel() {
                await chunks.return();
            },
        },
        // Nothing is read before somebody asks for it.
        { highWaterMark: 0 },
    );
}

/** A stream of one chunk. */
export const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> =>
    new ReadableStream({
        start(controller) {
            controller.enqueue(bytes);
            controller.close();
        },
    });

/** All bytes of a stream. */
export async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of chunksOf(stream)) chunks.push(chunk);
    return concatBytes(...chunks);
}
