// Files that a person chose or dropped, each with its path within the folder that was chosen.

import { type Address, isAddress } from '@solana/kit';

/** A file, and where it was in the folder. */
export type ChosenFile = { path: string; file: File };

/** Folders within folders that are looked into. */
const DEEPEST = 128;

/** The files of a file field. In a folder that was chosen, paths are without the folder's own name. */
export function filesOf(list: FileList): ChosenFile[] {
    return [...list].map((file) => ({ path: withoutFirst(file.webkitRelativePath) || file.name, file }));
}

const withoutFirst = (path: string) => path.split('/').slice(1).join('/');

/** The files that were dropped. A single folder stands for what is in it. */
export async function filesOfDrop(items: DataTransferItemList): Promise<ChosenFile[]> {
    // Before anything is awaited: the browser forgets the list then.
    const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    const [only] = entries;
    const isOneFolder = entries.length === 1 && only?.isDirectory;
    const found: ChosenFile[] = [];
    for (const entry of isOneFolder ? await entriesOf(only as FileSystemDirectoryEntry) : entries) {
        await collect(entry, entry.name, found, 0);
    }
    return found;
}

async function collect(entry: FileSystemEntry, path: string, found: ChosenFile[], depth: number): Promise<void> {
    if (entry.isFile) {
        found.push({
            path,
            file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
        });
    } else if (entry.isDirectory && depth < DEEPEST) {
        for (const inner of await entriesOf(entry as FileSystemDirectoryEntry)) {
            await collect(inner, `${path}/${inner.name}`, found, depth + 1);
        }
    }
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
    const reader = folder.createReader();
    const all: FileSystemEntry[] = [];
    for (;;) {
        // Browsers give them by the hundred.
        const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
        if (some.length === 0) return all;
        all.push(...some);
    }
}

/** A document with the wallet that it is for. */
export type OwnedFile = { path: string; plain: File; owner: Address };

/**
 * The documents of a folder with a subfolder for each patient, as the command line's `record import` takes it. `strangers`
 * are names at the top that are no addresses.
 */
export function byOwner(files: readonly ChosenFile[]): { owned: OwnedFile[]; strangers: string[] } {
    const [owned, strangers]: [OwnedFile[], Set<string>] = [[], new Set()];
    for (const { file, path } of files) {
        const [first = '', ...rest] = path.split('/');
        if (first.startsWith('.')) continue;
        if (rest.length > 0 && isAddress(first)) owned.push({ path, plain: file, owner: first });
        else strangers.add(first);
    }
    return { owned, strangers: [...strangers] };
}
