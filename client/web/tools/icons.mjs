// Draws the icons of public/icons from public/icon.svg: `node tools/icons.mjs`. They are committed, since they change with
// the drawing alone.

import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = fileURLToPath(new URL('../public/', import.meta.url));
const drawing = readFileSync(`${folder}icon.svg`, 'utf8');
// A maskable icon fills its square, and its drawing stays within the circle that every platform shows.
const maskable = drawing
    .replace(/ rx="\d+"/, '')
    .replace('<path ', '<path transform="translate(32 32) scale(.8) translate(-32 -32)" ');
// Phones of one maker round the corners themselves, and show transparent ones black.
const square = drawing.replace(/ rx="\d+"/, '');

const ICONS = [
    ['icon-192.png', 192, drawing],
    ['icon-512.png', 512, drawing],
    ['maskable-512.png', 512, maskable],
    ['apple-touch-icon.png', 180, square],
];

const executablePath = process.env.GENERION_CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
mkdirSync(`${folder}icons`, { recursive: true });
for (const [name, size, svg] of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px}</style>${svg}`);
    await page.screenshot({ path: `${folder}icons/${name}`, omitBackground: true });
    await page.close();
}
await browser.close();
