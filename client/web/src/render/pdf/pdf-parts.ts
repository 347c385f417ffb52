// Messages between the page and the worker that draws PDF documents.

/** Why a PDF document is not shown. */
export type PdfProblem = 'damaged' | 'not_loaded' | 'password' | 'too_slow' | 'unsupported';

/** An opened PDF document. */
export type OpenedPdf = {
    /** Pages of the document. */
    pages: number;
    /** Width and height of its first page, in points. */
    size: PageSize;
    /** Whether the document has programs, files or actions of its own, which do nothing here. */
    isActive: boolean;
};

/** A document, or why it is not shown. */
export type PdfAnswer = OpenedPdf | { problem: PdfProblem };

/** Width and height of a page, in points. */
export type PageSize = { width: number; height: number };

/** A page as a picture. */
export type DrawnPage = {
    /** Its pixels. Whoever gets it closes it. */
    bitmap: ImageBitmap;
    /** Its text, for those who can't see it. A stranger wrote it. */
    text: string;
    /** Whether the page has links, forms or other actions, which do nothing here. */
    isActive: boolean;
};

/**
 * Reads one of the app's own files for PDF documents, which stand beside the worker's script. The worker itself reaches
 * none.
 */
export type PartOf = (path: string) => Promise<Uint8Array>;

/** The worker's functions. */
export type PdfDrawer = {
    /** Opens a document. */
    open(bytes: ArrayBuffer, partOf: PartOf): Promise<PdfAnswer>;
    /** Draws a page, counted from 1, as wide as that many pixels, or less wide if it would have more pixels than `area`. */
    draw(page: number, width: number, area: number): Promise<DrawnPage>;
};
