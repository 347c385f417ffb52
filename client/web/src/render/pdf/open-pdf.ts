// A PDF document on the page's side: its worker, and an end to what takes too long.

import { proxy, type Remote, transfer, wrap } from 'comlink';
import { scriptUrl } from '../../base/script-url.js';
import type { DrawnPage, OpenedPdf, PdfAnswer, PdfDrawer, PdfProblem } from './pdf-parts.js';
import workerUrl from './pdf-worker.ts?worker&url';
import { KeptPictures, Turns } from './turns.js';

/** Milliseconds for opening a document or drawing a page. */
const MAX_TIME = 30_000;

/** Says why a PDF document is not shown. */
export class PdfTrouble extends Error {
    constructor(readonly code: PdfProblem) {
        super(`the PDF is not shown: ${code}`);
    }
}

/** An opened PDF document. */
export class Pdf {
    /** The pictures of its pages that are kept. */
    readonly kept = new KeptPictures();
    readonly #turns = new Turns();
    #trouble: PdfTrouble | undefined;
    #isClosed = false;

    private constructor(
        private readonly worker: Worker,
        private readonly drawer: Remote<PdfDrawer>,
        readonly about: OpenedPdf,
    ) {}

    /**
     * Opens a document in a worker of its own.
     *
     * @throws {PdfTrouble} why it is not shown.
     */
    static async open(document: Blob): Promise<Pdf> {
        const bytes = await document.arrayBuffer();
        const worker = new Worker(scriptUrl(workerUrl), { type: 'module' });
        const drawer = wrap<PdfDrawer>(worker);
        try {
            const about = await inTime<PdfAnswer>(worker, drawer.open(transfer(bytes, [bytes]), proxy(partOf)));
            if ('problem' in about) throw new PdfTrouble(about.problem);
            return new Pdf(worker, drawer, about);
        } catch (error) {
            worker.terminate();
            throw error;
        }
    }

    /**
     * Draws a page, counted from 1, as wide as that many pixels and with no more than `area` of them. Pages are drawn one
     * at a
     * time. A page that is not wanted any more when its turn comes is not drawn.
     *
     * @throws {PdfTrouble} the worker was ended.
     */
    async draw(page: number, width: number, area: number, isWanted: () => boolean): Promise<DrawnPage | undefined> {
        return await this.#turns.take(
            () => !this.#isClosed && isWanted(),
            async () => {
                if (this.#trouble) throw this.#trouble;
                try {
                    return await inTime(this.worker, this.drawer.draw(page, width, area));
                } catch (error) {
                    if (error instanceof PdfTrouble) this.#trouble = error;
                    throw error;
                }
            },
        );
    }

    /** Ends the worker. */
    close(): void {
        this.#isClosed = true;
        this.worker.terminate();
    }
}

/** A file of the app's own for PDF documents, such as a font or a table of characters. */
async function partOf(path: string): Promise<Uint8Array> {
    // The name comes from what a stranger wrote.
    if (!/^pdf-[\d.]+\/[\w-]+\.(bcmap|pfb)$/.test(path)) throw new RangeError('no such file');
    const url = new URL(path, new URL(workerUrl, location.href));
    const answer = await fetch(url, { credentials: 'omit', redirect: 'error' });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
}

/** Waits for a worker's answer. A worker that takes too long, or can't start, is ended. */
async function inTime<T>(worker: Worker, answer: Promise<T>): Promise<T> {
    const stop = new AbortController();
    const trouble = new Promise<never>((_, reject) => {
        const { signal } = stop;
        worker.addEventListener('error', () => reject(new PdfTrouble('not_loaded')), { signal });
        const timer = setTimeout(() => reject(new PdfTrouble('too_slow')), MAX_TIME);
        signal.addEventListener('abort', () => clearTimeout(timer));
    });
    try {
        return await Promise.race([answer, trouble]);
    } catch (error) {
        if (error instanceof PdfTrouble) worker.terminate();
        throw error;
    } finally {
        stop.abort();
    }
}
