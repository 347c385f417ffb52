// Work that one tab does at a time.

/** Runs work while nobody else runs work of the same name; waits until it may. The signal ends the wait. */
export type RunAlone = <T>(name: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** One tab of a browser at a time (Web Locks). A tab that is closed makes room for the next one. */
export const runAloneInBrowser =
    (locks: Pick<LockManager, 'request'> = navigator.locks): RunAlone =>
    async (name, work, signal) =>
        await locks.request(name, signal ? { signal } : {}, work);

const queues = new Map<string, Promise<unknown>>();

/** One caller of this process at a time. Two processes are not kept apart. */
export const runAloneInProcess: RunAlone = async (name, work, signal) => {
    signal?.throwIfAborted();
    const earlier = queues.get(name) ?? Promise.resolve();
    let leave: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
        leave = resolve;
    });
    const tail = earlier.then(() => mine);
    queues.set(name, tail);
    try {
        await new Promise<void>((resolve, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
            earlier.then(() => resolve());
        });
        return await work();
    } finally {
        leave();
        if (queues.get(name) === tail) queues.delete(name);
    }
};

/** The browser's locks where there are some, otherwise those of this process. */
export const runAlone: RunAlone = (name, work, signal) => {
    const run = globalThis.navigator?.locks ? runAloneInBrowser() : runAloneInProcess;
    return run(name, work, signal);
};
