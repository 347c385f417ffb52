// Pictures that a stranger made: what kind they are and how large, by their first bytes, before anything decodes them.

import { GIF } from 'image-size/types/gif';
import { JPG } from 'image-size/types/jpg';
import { PNG } from 'image-size/types/png';
import { WEBP } from 'image-size/types/webp';
import { jpegSize } from './jpeg.js';

/** A picture that can be shown. */
export type Picture = { mediaType: string; width: number; height: number };

/** Why a picture is not shown. */
export type PictureProblem = { problem: 'damaged' } | { problem: 'too_large'; width: number; height: number };

/** Pixels of the largest picture that is shown: a browser takes four bytes for each, whatever the file has. */
const MAX_PIXELS = 64_000_000;
const KINDS = [
    ['image/png', PNG],
    ['image/jpeg', { validate: JPG.validate, calculate: jpegSize }],
    ['image/gif', GIF],
    ['image/webp', WEBP],
] as const;

/** Bytes at the beginning of a picture that say what it is: cameras write thumbnails and colours before its size. */
export const HEAD = 2 ** 22;

/** Kinds of pictures that are shown. */
export const PICTURES: readonly string[] = KINDS.map(([mediaType]) => mediaType);

/** The type of a picture by its own bytes, whatever its record says. */
export function pictureOf(bytes: Uint8Array): Picture | PictureProblem {
    try {
        const [mediaType, kind] = KINDS.find(([, { validate }]) => validate(bytes)) ?? [];
        if (!mediaType || !kind) return { problem: 'damaged' };
        const size = kind.calculate(bytes);
        // Cameras that were held upright say so beside the picture.
        const isTurned = (size.orientation ?? 1) > 4;
        const [width, height] = isTurned ? [size.height, size.width] : [size.width, size.height];
        if (!(width > 0 && height > 0)) return { problem: 'damaged' };
        return width * height > MAX_PIXELS ? { problem: 'too_large', width, height } : { mediaType, width, height };
    } catch {
        return { problem: 'damaged' };
    }
}

/** A picture within an address. */
export async function asDataUrl(document: Blob, mediaType: string): Promise<string> {
    return await new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result));
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(new Blob([document], { type: mediaType }));
    });
}
