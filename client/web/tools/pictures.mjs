// Renews the pictures of docs/guides/patient.md from the screenshots of the last run of the stories: `npm test`, then
// `node tools/pictures.mjs`. They differ with a machine's fonts, so nothing compares their bytes.

import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';

const pictures = JSON.parse(readFileSync(new URL('../pictures.json', import.meta.url), 'utf8'));
const folder = new URL('../../../docs/guides/pictures/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [picture, screenshot] of Object.entries(pictures)) {
    copyFileSync(new URL(`../screenshots/${screenshot}`, import.meta.url), new URL(picture, folder));
}
