// The pages of a PDF document take turns, and their pictures share a limit: a stranger says how many and how large they are.

/** Pixels of all pictures of pages that are kept at once. A browser takes four bytes for each. */
export const MAX_KEPT = 2 ** 26;

/** One work after the other. */
export class Turns {
    #last: Promise<unknown> = Promise.resolve();

    /** Does the work when its turn comes. By then, nobody may want it any more: then it is left out. */
    async take<T>(isWanted: () => boolean, work: () => Promise<T>): Promise<T | undefined> {
        const turn = this.#last.then(async () => (isWanted() ? await work() : undefined));
        this.#last = turn.catch(() => undefined);
        return await turn;
    }
}

/** The pictures of pages that are kept. The oldest ones go when they have too many pixels together. */
export class KeptPictures {
    readonly #pictures = new Map<number, { pixels: number; forget: () => void }>();
    #sum = 0;

    constructor(private readonly most = MAX_KEPT) {}

    /** Counts the picture of a page. `forget` gives its memory back when others need it. */
    keep(page: number, pixels: number, forget: () => void): void {
        this.drop(page);
        this.#pictures.set(page, { pixels, forget });
        this.#sum += pixels;
        for (const [oldest, picture] of this.#pictures) {
            if (this.#sum <= this.most || oldest === page) return;
            this.drop(oldest);
            picture.forget();
        }
    }

    /** Counts the picture of a page no longer. */
    drop(page: number): void {
        this.#sum -= this.#pictures.get(page)?.pixels ?? 0;
        this.#pictures.delete(page);
    }
}
