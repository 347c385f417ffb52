// The size of a JPEG picture as a decoder sees it. Libraries that only look for the size skip what decoders read, so that a
// file could tell them another size.

import { JPG } from 'image-size/types/jpg';

/** Markers (ITU T.81, table B.1). */
const SOI = 0xd8;
const SOS = 0xda;
/** Tables: Huffman, arithmetic, quantisation, restart interval. */
const TABLES = [0xc4, 0xcc, 0xdb, 0xdd];
/** Markers that T.81 keeps for an extension, between those of frames. */
const JPG_EXTENSION = 0xc8;
const COMMENT = 0xfe;

const isFrame = (marker: number): boolean =>
    marker >= 0xc0 && marker <= 0xcf && marker !== JPG_EXTENSION && !TABLES.includes(marker);
const isApp = (marker: number): boolean => marker >= 0xe0 && marker <= 0xef;

/** Width and height in pixels, and how the camera was held as Exif counts it. */
export type JpegSize = { width: number; height: number; orientation?: number };

/**
 * Reads all segments up to the first scan.
 *
 * @throws {RangeError} the file does not follow T.81, or its first scan is not within these bytes.
 */
export function jpegSize(bytes: Uint8Array): JpegSize {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint16(0) !== 0xff00 + SOI) throw new RangeError('no JPEG');
    let size: JpegSize | undefined;
    let place = 2;
    for (;;) {
        if (view.getUint8(place) !== 0xff) throw new RangeError('no marker at the place of a segment');
        // Any number of fill bytes stands before a marker (B.1.1.2).
        while (view.getUint8(place) === 0xff) place += 1;
        const marker = view.getUint8(place);
        if (marker === SOS) break;
        if (isFrame(marker)) {
            if (size) throw new RangeError('two frames');
            size = { height: view.getUint16(place + 4), width: view.getUint16(place + 6) };
        } else if (!(TABLES.includes(marker) || isApp(marker) || marker === COMMENT)) {
            throw new RangeError('no segment of this kind');
        }
        const length = view.getUint16(place + 1);
        if (length < 2) throw new RangeError('no length of a segment');
        place += 1 + length;
    }
    if (!size) throw new RangeError('no frame');
    return { ...size, ...orientationOf(bytes) };
}

/** Whoever wrote the file chooses this. It turns the picture, and changes nothing about its pixels. */
function orientationOf(bytes: Uint8Array): { orientation?: number } {
    try {
        const { orientation } = JPG.calculate(bytes);
        return orientation === undefined ? {} : { orientation };
    } catch {
        return {};
    }
}
