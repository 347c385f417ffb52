// The values that a document reveals, each once, in memory that has a limit.

import type { Text } from './json.js';
import { REVEALED_KINDS, type RevealedKind } from './kind.js';
import { lastSegment, oneLine, shorten, words } from './markup.js';

/** Characters of a value that are kept. */
const KEPT = 1000;
/** Characters of a value that a short list shows. */
const BRIEF = 60;
/** Memory that all values take, in bytes. What does not fit is counted. */
const MEMORY = 16 << 20;
/** What a value takes besides its texts, in bytes: its place in the list and in the index. */
const OVERHEAD = 160;
/** Values of a kind that a short list has. */
const SOME = 3;
/** Values that a short list has in all. */
const SHORT = 20;

/** A value that a document reveals. */
export type RevealedValue = {
    /** The kind of the value. */
    kind: RevealedKind;
    /** Where it is first, as in `Patient.name[0].family`. */
    path: string;
    /** What it says, in one line, without markup; what is longer than 1,000 characters ends with an ellipsis. */
    text: string;
    /** The number of times that it is there. */
    occurrences: number;
    /** Whether it is said of the person that the document is about, as far as that can be told. */
    isSubject: boolean;
};

/** The number of values by kind. */
export type Counts = Partial<Record<RevealedKind, number>>;

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;

/** The values of a document, each once. */
export class Collection {
    readonly #values: RevealedValue[] = [];
    readonly #known = new Map<string, RevealedValue>();
    /** What did not fit, by kind: occurrences, which may be of one value. */
    readonly #unlisted: Counts = {};
    #memory = 0;

    add(kind: RevealedKind, isSubject: boolean, path: string, text: Text): void {
        const key = `${kind} ${text.all}`;
        const known = this.#known.get(key);
        if (known) {
            known.occurrences += 1;
            if (isSubject && !known.isSubject) {
                this.#memory = Math.max(0, this.#memory - bytesOf(known.path)) + bytesOf(path);
                known.isSubject = true;
                known.path = path;
            }
            return;
        }
        const said = saidBy(kind, text);
        const memory = bytesOf(path) + OVERHEAD + bytesOf(said);
        if (this.#memory + memory > MEMORY) {
            this.#unlisted[kind] = (this.#unlisted[kind] ?? 0) + 1;
            return;
        }
        this.#memory += memory;
        const value = { kind, path, text: said, occurrences: 1, isSubject };
        this.#known.set(key, value);
        this.#values.push(value);
    }

    /** The subject's own first, then by kind, then as they are in the document; and what did not fit, by kind. */
    finish(): { values: RevealedValue[]; unlisted: Counts } {
        const rank = ({ isSubject, kind }: RevealedValue) =>
            (isSubject ? 0 : REVEALED_KINDS.length) + REVEALED_KINDS.indexOf(kind);
        return { values: this.#values.sort((one, other) => rank(one) - rank(other)), unlisted: this.#unlisted };
    }
}

/** Some values of each kind, as many as fit in a short list, in the order of the whole one. */
export function someOfEach(values: readonly RevealedValue[]): RevealedValue[] {
    const ranks = new Map<RevealedKind, number>();
    const ranked = values.map((value, place) => {
        const rank = (ranks.get(value.kind) ?? 0) + 1;
        ranks.set(value.kind, rank);
        return { rank, place, value };
    });
    return (
        ranked
            .filter(({ rank }) => rank <= SOME)
            // The first of each kind before the second of any.
            .sort((one, other) => one.rank - other.rank || one.place - other.place)
            .slice(0, SHORT)
            .sort((one, other) => one.place - other.place)
            .map(({ value }) => value)
    );
}

/** A value as a short text. */
export const brief = ({ kind, text }: RevealedValue): string =>
    shorten(kind === 'unchecked_extension' ? lastSegment(text) : text, BRIEF);

function saidBy(kind: RevealedKind, { isWhole, start }: Text): string {
    const stripped = kind === 'narrative' ? words(start) : oneLine(start);
    // What says nothing when it is stripped is shown as it is.
    const said = shorten(stripped === '' ? start : stripped, KEPT);
    return isWhole || said.endsWith('…') ? said : `${said}…`;
}
