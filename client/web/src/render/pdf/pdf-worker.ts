// Draws PDF documents. A stranger wrote them, so that this worker has their bytes and nothing else: no secret, no page, no
// network. What leaves it is pixels and plain text. The page ends it when it takes too long.

import './offline-worker.js';
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
import { expose, transfer } from 'comlink';
import {
    AnnotationMode,
    getDocument,
    PasswordException,
    type PDFDocumentProxy,
    type PDFPageProxy,
    VerbosityLevel,
    version,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import { MAX_SIDE, NoFilters, pixels, WorkerCanvases } from './canvases.js';
import type { DrawnPage, PartOf, PdfAnswer, PdfDrawer } from './pdf-parts.js';
import { countDecoded, MAX_DECODED, Pixels } from './pixels.js';

/** Pixels of the largest page that is drawn. */
const MAX_AREA = 2 ** 24;
/** Pixels of the largest picture within a page. Larger ones are left out. */
const MAX_IMAGE = 2 ** 26;
/** Characters of a page's text. */
const MAX_TEXT = 100_000;
/** The files that the build puts beside this script. */
const NAME = `pdf-${version}/`;
const FOLDER = new URL(NAME, self.location.href).href;

/** The pictures of the page that is drawn. */
const decoded = new Pixels(MAX_DECODED);
countDecoded(decoded);

let opened: PDFDocumentProxy | undefined;

async function open(bytes: ArrayBuffer, partOf: PartOf): Promise<PdfAnswer> {
    /** Tables of characters and two fonts, from the app's own folder. */
    class OwnFiles {
        fetch = async ({ filename }: { filename: string }): Promise<Uint8Array> => await partOf(`${NAME}${filename}`);
    }
    if (typeof OffscreenCanvas === 'undefined') return { problem: 'unsupported' };
    const { fonts } = self as unknown as { fonts?: FontFaceSet };
    try {
        opened = await getDocument({
            data: new Uint8Array(bytes),
            verbosity: VerbosityLevel.ERRORS,
            // Not an XML form with a layout of its own: the pages as everybody sees them.
            enableXfa: false,
            maxImageSize: MAX_IMAGE,
            canvasMaxAreaInBytes: MAX_IMAGE * 4,
            useWorkerFetch: false,
            // Programs of its own would need a weaker policy. The same decoders come as scripts.
            useWasm: false,
            wasmUrl: FOLDER,
            cMapUrl: FOLDER,
            // Where a worker has no fonts, pdf.js draws the letters as lines.
            disableFontFace: fonts === undefined,
            ownerDocument: { fonts } as unknown as HTMLDocument,
            CanvasFactory: WorkerCanvases,
            FilterFactory: NoFilters,
            BinaryDataFactory: OwnFiles,
        }).promise;
        const first = (await opened.getPage(1)).getViewport({ scale: 1 });
        const size = { width: first.width, height: first.height };
        return { pages: opened.numPages, size, isActive: await hasActions(opened) };
    } catch (error) {
        return { problem: error instanceof PasswordException ? 'password' : 'damaged' };
    }
}

/** Whether a document has programs, files or actions. */
async function hasActions(document: PDFDocumentProxy): Promise<boolean> {
    const found = await Promise.all([
        document.hasJSActions(),
        document.getJSActions(),
        document.getOpenAction(),
        document.getAttachments(),
    ]);
    return found.some((one) => one !== null && one !== false);
}

/** Whether a page has links, forms, sounds or the like. */
async function hasWidgets(page: PDFPageProxy): Promise<boolean> {
    const [annotations, actions] = await Promise.all([page.getAnnotations(), page.getJSActions()]);
    const isActive = ({ subtype }: { subtype?: string }) =>
        ['Link', 'Widget', 'FileAttachment', 'Screen', 'RichMedia', 'Sound', 'Movie'].includes(subtype ?? '');
    return actions !== null || annotations.some(isActive);
}

async function draw(number: number, width: number, area: number): Promise<DrawnPage> {
    if (!opened) throw new TypeError('no document is open');
    pixels.begin();
    decoded.begin();
    const page = await opened.getPage(number);
    try {
        const drawn = await drawPage(page, width, Math.min(area, MAX_AREA));
        return transfer(drawn, [drawn.bitmap]);
    } finally {
        page.cleanup();
    }
}

async function drawPage(page: PDFPageProxy, width: number, area: number): Promise<DrawnPage> {
    const whole = page.getViewport({ scale: 1 });
    const scale = Math.min(
        width / whole.width,
        Math.sqrt(area / (whole.width * whole.height)),
        MAX_SIDE / whole.width,
        MAX_SIDE / whole.height,
    );
    const viewport = page.getViewport({ scale });
    const canvas = new OffscreenCanvas(
        Math.max(1, Math.floor(viewport.width)),
        Math.max(1, Math.floor(viewport.height)),
    );
    const canvasContext = canvas.getContext('2d', { alpha: false }) as unknown as CanvasRenderingContext2D;
    await page.render({ canvas: null, canvasContext, viewport, annotationMode: AnnotationMode.ENABLE }).promise;
    const { items } = await page.getTextContent();
    const text = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('');
    const isActive = await hasWidgets(page);
    return { bitmap: canvas.transferToImageBitmap(), text: text.slice(0, MAX_TEXT), isActive };
}

expose({ open, draw } satisfies PdfDrawer);
