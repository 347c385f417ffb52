// The program's events (docs/PROTOCOL.md, section 8), read back from a transaction's log.

import { type Address, getBase64Encoder, type ReadonlyUint8Array } from '@solana/kit';
import { EVENTS, GENERION_PROGRAM_ADDRESS, type GenerionEvent } from '../generated/index.js';

/** Decodes an event of the program: a discriminator and the fields; `undefined` for anything else. */
export function decodeEvent(data: ReadonlyUint8Array): GenerionEvent | undefined {
    for (const { name, discriminator, decoder } of EVENTS) {
        if (!discriminator.every((byte, index) => byte === data[index])) continue;
        try {
            const [fields, end] = decoder.read(data, discriminator.length);
            return end === data.length ? ({ name, fields } as GenerionEvent) : undefined;
        } catch {
            return undefined;
        }
    }
    return undefined;
}

/**
 * The events that the program logged, in order. Lines of other programs in the transaction are ignored, even if they
 * look like events.
 */
export function eventsFromLogs(logs: readonly string[], program: Address = GENERION_PROGRAM_ADDRESS): GenerionEvent[] {
    const running: string[] = [];
    const events: GenerionEvent[] = [];
    for (const line of logs) {
        if (line.startsWith('Program data: ')) {
            const event = running.at(-1) === program ? decodeEvent(fromBase64(line.slice(14))) : undefined;
            if (event) events.push(event);
            continue;
        }
        // A program's own text, which may look like a line of the runtime.
        if (line.startsWith('Program log: ')) continue;
        const [first, id, verb] = line.split(' ');
        if (first !== 'Program' || id === undefined) continue;
        if (verb === 'invoke') running.push(id);
        else if ((verb === 'success' || verb === 'failed:') && running.at(-1) === id) running.pop();
    }
    return events;
}

/** The bytes of a base64 text; no bytes if the text is not base64. */
function fromBase64(text: string): ReadonlyUint8Array {
    try {
        return getBase64Encoder().encode(text);
    } catch {
        return new Uint8Array();
    }
}
