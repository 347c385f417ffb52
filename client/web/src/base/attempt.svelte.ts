import { tick } from 'svelte';
import { texts } from '../texts/language.svelte.js';
import { sentenceFor } from './told.js';

/**
 * Work that a button starts, and what stops it. While it runs, the button is only `aria-disabled`: a button with `disabled`
 * loses the focus, and keyboards and screen readers with it.
 */
export class Attempt {
    isRunning = $state(false);
    /** The sentence for what stopped it last. */
    problem = $state<string | undefined>();

    /** Runs the work, unless it runs already. */
    async run(work: () => Promise<void>): Promise<void> {
        if (this.isRunning) return;
        const hadFocus = document.activeElement !== document.body;
        this.isRunning = true;
        this.problem = undefined;
        try {
            await work();
        } catch (error) {
            this.problem = sentenceFor(error, texts());
        } finally {
            this.isRunning = false;
        }
        // The element with the focus may be gone once the work is done: then the screen's heading takes the focus.
        await tick();
        if (hadFocus && document.activeElement === document.body) document.querySelector('h1')?.focus();
    }
}
