// Saved state of a program on Node: a folder with a file for each name. It is the layout of the Rust client's data folder.

import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkedName, type SavedState } from '../saved/saved-state.js';

const SUFFIX = '.json';
const LOCK = '.being-changed';
/** Ends the name of a file that exists while a process takes over a lock. */
const TURN = '.taking-over';
/** Milliseconds between two tries at a lock. */
const PAUSE = 20;
/** Milliseconds for which a lock may be without the number of its process. */
const LONGEST_EMPTY = 10_000;

/**
 * Saved state in a folder. Only this user can read its files, and they are written in full or not at all. Processes on one
 * machine wait for each other's changes; the Rust client, which locks its files in another way, should not run at the same
 * time.
 */
export class FolderState implements SavedState {
    #last: Promise<unknown> = Promise.resolve();

    constructor(private readonly folder: string) {}

    async read(name: string): Promise<string | undefined> {
        return await readIfThere(this.#fileOf(name));
    }

    async update(
        name: string,
        change: (present: string | undefined) => string | undefined,
    ): Promise<string | undefined> {
        const file = this.#fileOf(name);
        // One change after the other in this process, so that the lock is left to other processes.
        const changed = this.#last.then(async () => await this.#change(file, change));
        this.#last = changed.catch(() => undefined);
        return await changed;
    }

    async names(first: string): Promise<string[]> {
        const start = checkedName(first);
        const entries = await readdir(join(this.folder, start), { recursive: true }).catch(whereMissing([]));
        return entries
            .filter((entry) => entry.endsWith(SUFFIX))
            .map((entry) => `${start}/${entry.slice(0, -SUFFIX.length).replaceAll('\\', '/')}`)
            .sort();
    }

    #fileOf(name: string): string {
        return join(this.folder, `${checkedName(name)}${SUFFIX}`);
    }

    async #change(
        file: string,
        change: (present: string | undefined) => string | undefined,
    ): Promise<string | undefined> {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        const lock = await locked(`${file}${LOCK}`);
        try {
            const present = await readIfThere(file);
            const text = change(present);
            if (text === undefined) await rm(file, { force: true });
            else if (text !== present) await replace(file, text);
            if (text !== present) await synced(dirname(file));
            return text;
        } finally {
            await lock.close();
            await rm(`${file}${LOCK}`, { force: true });
        }
    }
}

async function replace(file: string, text: string): Promise<void> {
    const staged = `${file}.new`;
    const handle = await open(staged, 'w', 0o600);
    try {
        await handle.writeFile(text);
        await handle.sync();
    } finally {
        await handle.close();
    }
    await rename(staged, file);
}

/** The name of a new file is on the disk once its folder is. */
async function synced(folder: string): Promise<void> {
    const handle = await open(folder, 'r');
    try {
        await handle.sync();
    } finally {
        await handle.close();
    }
}

/** A file that exists as long as a process changes another one. That of a process that ended is taken over. */
async function locked(file: string): Promise<FileHandle> {
    for (;;) {
        try {
            const handle = await open(file, 'wx', 0o600);
            await handle.writeFile(String(process.pid));
            return handle;
        } catch (error) {
            if (!hasCode(error, 'EEXIST')) throw error;
            if (await isAbandoned(file)) await takeOver(file);
            else await new Promise((resolve) => setTimeout(resolve, PAUSE));
        }
    }
}

/**
 * Removes an abandoned lock. One process at a time looks and removes: otherwise a second one, which looked before, would remove
 * the lock that the first one has made since.
 */
async function takeOver(lock: string): Promise<void> {
    const turn = `${lock}${TURN}`;
    try {
        await (await open(turn, 'wx', 0o600)).close();
    } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
        // It is held for a moment only: one that is old is of a process that ended.
        if (await isOld(turn)) await rm(turn, { force: true });
        else await new Promise((resolve) => setTimeout(resolve, PAUSE));
        return;
    }
    try {
        if (await isAbandoned(lock)) await rm(lock, { force: true });
    } finally {
        await rm(turn, { force: true });
    }
}

/** Whether the process that made a lock has ended. One that ended before it wrote its number has left an empty file. */
async function isAbandoned(lock: string): Promise<boolean> {
    const holder = await readIfThere(lock);
    if (holder) return !isRunning(Number(holder));
    return await isOld(lock);
}

async function isOld(file: string): Promise<boolean> {
    const { mtimeMs } = await stat(file).catch(whereMissing({ mtimeMs: Date.now() }));
    return Date.now() - mtimeMs > LONGEST_EMPTY;
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return hasCode(error, 'EPERM');
    }
}

const readIfThere = async (file: string): Promise<string | undefined> =>
    await readFile(file, 'utf8').catch(whereMissing(undefined));

const whereMissing =
    <Value>(value: Value) =>
    (error: unknown): Value => {
        if (hasCode(error, 'ENOENT')) return value;
        throw error;
    };

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code;
