// Progress of a document in bytes. It is reported often enough for a person, and not for each piece.

import type { FlowContext, Progress } from '@generion/client';

/** Bytes of one document. */
export type BytesDone = {
    activity: 'encrypting' | 'uploading' | 'downloading';
    done: number;
    total: number | undefined;
};

/** Milliseconds between two reports. */
const REPORTS = 200;

/** Tells of bytes at the beginning, at the end, and now and then. */
export function nowAndThen(report: (bytes: BytesDone) => void): (progress: Progress) => void {
    let reported = 0;
    return ({ activity, done, total }) => {
        if (activity !== 'encrypting' && activity !== 'uploading' && activity !== 'downloading') return;
        if (done > 0 && done !== total && performance.now() - reported < REPORTS) return;
        reported = performance.now();
        report({ activity, done, total });
    };
}

/** A context whose bytes are told, if anybody wants to know. */
export function withReports(context: FlowContext, report: ((bytes: BytesDone) => void) | undefined): FlowContext {
    return report ? { ...context, onProgress: nowAndThen(report) } : context;
}
