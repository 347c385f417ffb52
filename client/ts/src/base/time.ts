// Waits.

/** Waits for some milliseconds, or until the signal. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => {
        const end = () => {
            clearTimeout(timer);
            signal?.removeEventListener('abort', end);
            resolve();
        };
        const timer = setTimeout(end, milliseconds);
        signal?.addEventListener('abort', end);
    });
}

/**
 * What comes of work within some milliseconds. The signal that it gets ends then.
 *
 * @throws {DOMException} `TimeoutError`: it took longer.
 */
export async function within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    return await new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => {
            const error = new DOMException(`no answer within ${milliseconds / 1000} s`, 'TimeoutError');
            reject(error);
            controller.abort(error);
        }, milliseconds);
        work(controller.signal)
            .then(resolve, reject)
            .finally(() => clearTimeout(timer));
    });
}
