// QR codes on a screen, as a phone's camera sees them: read from the pixels of a screenshot.

import type { Browser, Locator } from 'playwright-core';
import { decodeQR } from 'qr/decode.js';

/** The text of the code in an element. */
export async function scan(browser: Browser, code: Locator): Promise<string> {
    const png = (await code.screenshot()).toString('base64');
    const page = await browser.newPage();
    try {
        const { height, pixels, width } = await page.evaluate(async (encoded) => {
            const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext('2d');
            if (!context) throw new Error('no canvas');
            context.drawImage(image, 0, 0);
            const { data } = context.getImageData(0, 0, image.width, image.height);
            return { height: image.height, width: image.width, pixels: Array.from(data) };
        }, png);
        return decodeQR({ width, height, data: Uint8Array.from(pixels) });
    } finally {
        await page.close();
    }
}
