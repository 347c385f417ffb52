import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { pdfParts } from './build/pdf-files.js';
import { serviceWorker } from './build/service-worker.js';

export default defineConfig({
    // Any folder of any web server.
    base: './',
    plugins: [svelte(), pdfParts(), serviceWorker()],
    worker: { format: 'es' },
    // The sample records are the project's examples of FHIR.
    server: { fs: { allow: ['../..'] } },
    build: {
        target: 'es2022',
        // The policy allows no script within the page.
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
        sourcemap: true,
        rolldownOptions: {
            input: { index: 'index.html', 'service-worker': 'src/service-worker.ts' },
            output: {
                // Browsers know a service worker by its address, so this one has no hash.
                entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
            },
        },
    },
});
