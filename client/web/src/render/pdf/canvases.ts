// Canvases and filters for pdf.js in a worker, where there is no page.

import { MAX_DRAWING, Pixels } from './pixels.js';

type Drawing = { canvas: OffscreenCanvas | null; context: OffscreenCanvasRenderingContext2D | null };

/** Longest side of a canvas in pixels. All browsers have canvases of this size. */
export const MAX_SIDE = 8192;

/** The canvases of the page that is drawn. */
export const pixels = new Pixels(MAX_DRAWING);
/** As it is before decoded pictures are counted: these canvases give their pixels back. */
const Canvas = self.OffscreenCanvas;

/** Makes canvases that are on no page. */
export class WorkerCanvases {
    create(width: number, height: number): Drawing {
        pixels.add(within(width) * within(height));
        const canvas = new Canvas(within(width), within(height));
        return { canvas, context: canvas.getContext('2d', { willReadFrequently: true }) };
    }

    reset({ canvas }: Drawing, width: number, height: number): void {
        if (!canvas) throw new TypeError('no canvas');
        pixels.remove(canvas.width * canvas.height);
        [canvas.width, canvas.height] = [0, 0];
        pixels.add(within(width) * within(height));
        canvas.width = within(width);
        canvas.height = within(height);
    }

    destroy(drawing: Drawing): void {
        if (drawing.canvas) {
            pixels.remove(drawing.canvas.width * drawing.canvas.height);
            drawing.canvas.width = 0;
            drawing.canvas.height = 0;
        }
        drawing.canvas = null;
        drawing.context = null;
    }

    getNoAlphaContext(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D | null {
        return canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    }
}

const within = (side: number): number => {
    if (!(side > 0 && side <= MAX_SIDE)) throw new RangeError('no canvas of this size');
    return Math.ceil(side);
};

/** The filters are SVG within a page, which a worker does not have. pdf.js does without. */
export class NoFilters {
    addFilter = () => 'none';
    addHCMFilter = () => 'none';
    addAlphaFilter = () => 'none';
    addLuminosityFilter = () => 'none';
    addKnockoutFilter = () => 'none';
    addHighlightHCMFilter = () => 'none';
    addSelectionHCMFilter = () => 'none';
    addSelectionFilter = () => 'none';
    createSelectionStyle = () => null;
    destroy(): void {
        // Nothing was made.
    }
}
