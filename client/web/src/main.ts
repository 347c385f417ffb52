import { mount } from 'svelte';
import App from './App.svelte';
import { watchUpdates } from './base/update.svelte.js';
import './design.css';

const target = document.getElementById('app');
if (target) {
    // What the page says until the app starts.
    target.replaceChildren();
    mount(App, { target });
    dispatchEvent(new Event('generion-started'));
    // The server for development has no file of it.
    if (import.meta.env.PROD) void watchUpdates();
}
