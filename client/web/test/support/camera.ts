// A camera that looks at a QR code: Chromium shows a video file as its camera.

import { writeFileSync } from 'node:fs';
import encodeQR from 'qr';

const WIDTH = 640;
const HEIGHT = 480;
const MODULE = 8;

/** Writes a video of one frame that shows a text as a QR code (YUV4MPEG2), and returns Chromium's flags for it. */
export function cameraAt(file: string, text: string): string[] {
    const modules = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
    const left = Math.floor((WIDTH - modules.length * MODULE) / 2);
    const top = Math.floor((HEIGHT - modules.length * MODULE) / 2);
    const luma = Buffer.alloc(WIDTH * HEIGHT, 200);
    for (let y = 0; y < HEIGHT; y += 1) {
        for (let x = 0; x < WIDTH; x += 1) {
            const isDark = modules[Math.floor((y - top) / MODULE)]?.[Math.floor((x - left) / MODULE)];
            if (isDark !== undefined) luma[y * WIDTH + x] = isDark ? 16 : 235;
        }
    }
    const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
    const header = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\nFRAME\n`;
    writeFileSync(file, Buffer.concat([Buffer.from(header), luma, chroma]));
    return [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${file}`,
    ];
}
