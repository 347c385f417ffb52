// The limit of one PDF page's pixels in a worker, over all its canvases and pictures.

/**
 * Pixels of all pictures of one page: two sheets that were scanned in colour with 600 dots per inch, and the page itself.
 */
export const MAX_DECODED = 3 * 2 ** 25;
/** Pixels of all canvases that one page is drawn with at once. A browser takes four bytes for each. */
export const MAX_DRAWING = 2 ** 26;

/** A sum of pixels with a limit. */
export class Pixels {
    #sum = 0;

    constructor(private readonly most: number) {}

    /** @throws {RangeError} there would be too many. */
    add(pixels: number): void {
        if (!(this.#sum + pixels <= this.most)) throw new RangeError('too many pixels in one page');
        this.#sum += pixels;
    }

    /** Gives some back. */
    remove(pixels: number): void {
        this.#sum = Math.max(0, this.#sum - pixels);
    }

    /** Begins with the next page. */
    begin(): void {
        this.#sum = 0;
    }
}

/**
 * Counts the pictures that pdf.js decodes on canvases, or lets the browser decode. They are kept until the page is drawn.
 */
export function countDecoded(pixels: Pixels): void {
    if (typeof OffscreenCanvas === 'function') {
        self.OffscreenCanvas = new Proxy(OffscreenCanvas, {
            construct(target, [width, height]: [number, number]) {
                pixels.add(width * height);
                return new target(width, height);
            },
        });
    }
    if (typeof ImageDecoder !== 'function') return;
    const { decode } = ImageDecoder.prototype;
    ImageDecoder.prototype.decode = async function (options) {
        const decoded = await decode.call(this, options);
        try {
            pixels.add(decoded.image.codedWidth * decoded.image.codedHeight);
        } catch (error) {
            decoded.image.close();
            throw error;
        }
        return decoded;
    };
}
