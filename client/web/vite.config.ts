import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
    // Any folder of any web server.
    base: './',
    plugins: [svelte()],
    worker: { format: 'es' },
    build: {
        target: 'es2022',
        // The policy allows no script within the page.
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
        sourcemap: true,
    },
});
