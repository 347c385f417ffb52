// The caller's functions that are told what happens. What they throw is the caller's mistake, and must not end work that
// nobody else would finish.

/** Calls a listener of the caller. The platform reports errors of the listener as uncaught. */
export function tell<Event>(listener: ((event: Event) => unknown) | undefined, event: Event): void {
    try {
        const told = listener?.(event);
        if (told instanceof Promise) told.catch(reportUncaught);
    } catch (error) {
        reportUncaught(error);
    }
}

/** As `reportError`, which Node does not have. It ends nothing. */
function reportUncaught(error: unknown): void {
    if (typeof globalThis.reportError === 'function') globalThis.reportError(error);
    else console.error(error);
}
