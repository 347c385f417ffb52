// The files that pdf.js asks for: tables of characters, two fonts, and decoders of pictures. They stand beside the scripts
// under the version of pdf.js, and load when a document needs them.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const MANIFEST = createRequire(import.meta.url).resolve('pdfjs-dist/package.json');
const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string };
/** The fonts of the package that have a licence like its own. Others are those of the device. */
const FONTS = ['FoxitSymbol.pfb', 'FoxitDingbats.pfb'];

/** The files by name, each with its place on the disk. */
export function pdfFiles(): Map<string, string> {
    const package_ = dirname(MANIFEST);
    const inFolder = (folder: string, isWanted: (name: string) => boolean) =>
        readdirSync(join(package_, folder))
            .filter(isWanted)
            .map((name): [string, string] => [name, join(package_, folder, name)]);
    return new Map([
        ...inFolder('cmaps', (name) => name.endsWith('.bcmap')),
        ...inFolder('standard_fonts', (name) => FONTS.includes(name)),
        ...inFolder('wasm', (name) => name.endsWith('_nowasm_fallback.js')),
    ]);
}

/** Puts the files into a build, and serves them while somebody changes the app. */
export function pdfParts(): Plugin {
    return {
        name: 'generion-pdf-parts',
        generateBundle() {
            for (const [name, path] of pdfFiles()) {
                this.emitFile({ type: 'asset', fileName: `assets/pdf-${version}/${name}`, source: readFileSync(path) });
            }
        },
        configureServer({ middlewares }) {
            middlewares.use((request, response, next) => {
                const name = request.url?.match(/\/pdf-[\d.]+\/([\w-]+\.\w+)$/)?.[1];
                const path = name && pdfFiles().get(name);
                if (!path) return next();
                response.setHeader(
                    'content-type',
                    path.endsWith('.js') ? 'text/javascript' : 'application/octet-stream',
                );
                response.end(readFileSync(path));
            });
        },
    };
}
