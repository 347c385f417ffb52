// What a client saves on its user's device: indexes of keys that it has seen, receipts of purchases, marks of what is under
// way. A browser keeps it in IndexedDB, Node in a folder.

/**
 * Named texts on the user's device. A change is one step, also among several tabs or processes, and has reached the disk
 * when its promise resolves.
 *
 * A name is one or more words of letters, digits and hyphens with `/` or `.` between them, such as `receipts/PURCHASE.2`.
 */
export interface SavedState {
    /** The text with a name; `undefined`: there is none. */
    read(name: string): Promise<string | undefined>;
    /**
     * Changes the text with a name. `change` gets the present one, and returns the new one; `undefined` stands for no text.
     * If it throws, nothing changes, and the error is the caller's. Returns the new text.
     */
    update(name: string, change: (present: string | undefined) => string | undefined): Promise<string | undefined>;
    /** The names that begin with a word, sorted: `names('receipts')` has `receipts/ORDER`. */
    names(first: string): Promise<string[]>;
}

const NAME = /^[A-Za-z0-9-]+(?:[./][A-Za-z0-9-]+)*$/;

/**
 * The name, if it is one.
 *
 * @throws {RangeError} It is none.
 */
export function checkedName(name: string): string {
    if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name of saved state`);
    return name;
}

/** Saved state that ends with the page or the process: for tests, and for looking around. Never buy or sell with it. */
export class MemoryState implements SavedState {
    readonly #texts = new Map<string, string>();

    async read(name: string): Promise<string | undefined> {
        return this.#texts.get(checkedName(name));
    }

    async update(
        name: string,
        change: (present: string | undefined) => string | undefined,
    ): Promise<string | undefined> {
        const text = change(this.#texts.get(checkedName(name)));
        if (text === undefined) this.#texts.delete(name);
        else this.#texts.set(name, text);
        return text;
    }

    async names(first: string): Promise<string[]> {
        return [...this.#texts.keys()].filter((name) => name.startsWith(`${checkedName(first)}/`)).sort();
    }
}
