import { mount } from 'svelte';
import App from './App.svelte';
import { watchUpdates } from './base/update.svelte.js';
import { loadLanguage } from './texts/language.svelte.js';
import './design.css';

async function start(target: HTMLElement): Promise<void> {
    await loadLanguage();
    // The page's words until the app starts.
    target.replaceChildren();
    mount(App, { target });
    dispatchEvent(new Event('generion-started'));
    // The server for development has no file of it.
    if (import.meta.env.PROD) void watchUpdates();
}

const target = document.getElementById('app');
// As with any part that does not load: `boot.js` goes on.
if (target) start(target).catch(reportError);
