import { texts } from '../texts/language.svelte.js';
import { sentenceFor } from './told.js';

/** Work that a button starts: while it runs the button waits, and what stops it is told. */
export class Attempt {
    isRunning = $state(false);
    /** The sentence for what stopped it last. */
    problem = $state<string | undefined>();

    /** Runs the work, unless it runs already. */
    async run(work: () => Promise<void>): Promise<void> {
        if (this.isRunning) return;
        this.isRunning = true;
        this.problem = undefined;
        try {
            await work();
        } catch (error) {
            this.problem = sentenceFor(error, texts());
        } finally {
            this.isRunning = false;
        }
    }
}
