// JSON as RFC 7493 has it (docs/PROTOCOL.md, section 3), read without loss: a number stays the text that it is, and what a
// lenient reader lets pass ends the reading.

/** A number as it is written. */
export class Lexeme {
    constructor(readonly text: string) {}
}

/** An object. */
export type Members = ReadonlyMap<string, IJson>;

/** A value. */
export type IJson = null | boolean | string | Lexeme | Members | readonly IJson[];

/** Arrays and objects in each other, with the outermost one. */
const MAX_LEVELS = 64;

const ESCAPES: Readonly<Record<string, string>> = {
    '"': '"',
    '\\': '\\',
    '/': '/',
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
};
const UNIT = /^[0-9A-Fa-f]{4}$/;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /null|true|false/y;
const WORDS: Readonly<Record<string, null | boolean>> = { null: null, true: true, false: false };
/** Half of a pair that has no other half, or a code point that never stands for a character. */
const FORBIDDEN = /\p{Surrogate}|\p{Noncharacter_Code_Point}/u;

/** The document is something else. */
class NotIJson extends Error {}

/**
 * The value of a document; `undefined`: it is none, or not as RFC 7493 wants it, or nested deeper than `maxLevels`.
 */
export function readIJson(document: Uint8Array, maxLevels = MAX_LEVELS): IJson | undefined {
    let text: string;
    try {
        text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(document);
    } catch {
        return undefined;
    }
    const tokens = new Tokens(text, maxLevels);
    try {
        const value = tokens.value(0);
        return tokens.isAtEnd() ? value : undefined;
    } catch (error) {
        if (error instanceof NotIJson) return undefined;
        throw error;
    }
}

/** Reads a text from its beginning. */
class Tokens {
    #at = 0;

    constructor(
        private readonly text: string,
        private readonly maxLevels: number,
    ) {}

    isAtEnd(): boolean {
        this.#skipSpace();
        return this.#at === this.text.length;
    }

    value(levels: number): IJson {
        this.#skipSpace();
        switch (this.text[this.#at]) {
            case '{':
                return this.#object(this.#deeper(levels));
            case '[':
                return this.#array(this.#deeper(levels));
            case '"':
                return this.#string();
            default:
                return this.#scalar();
        }
    }

    #object(levels: number): Members {
        const members = new Map<string, IJson>();
        this.#each('}', () => {
            const name = this.#string();
            this.#skipSpace();
            this.#expect(':');
            if (members.has(name)) throw new NotIJson();
            members.set(name, this.value(levels));
        });
        return members;
    }

    #array(levels: number): IJson[] {
        const items: IJson[] = [];
        this.#each(']', () => items.push(this.value(levels)));
        return items;
    }

    /** Reads what stands between brackets, separated by commas. */
    #each(end: string, read: () => void): void {
        this.#at += 1;
        this.#skipSpace();
        if (this.#take(end)) return;
        do {
            this.#skipSpace();
            read();
            this.#skipSpace();
        } while (this.#take(','));
        this.#expect(end);
    }

    #scalar(): IJson {
        const number = this.#match(NUMBER);
        if (number !== undefined) return new Lexeme(number);
        const word = WORDS[this.#match(WORD) ?? ''];
        if (word === undefined) throw new NotIJson();
        return word;
    }

    #string(): string {
        this.#expect('"');
        let read = '';
        for (let start = this.#at; ; ) {
            const character = this.text[this.#at];
            if (character === undefined || character < ' ') throw new NotIJson();
            if (character !== '"' && character !== '\\') {
                this.#at += 1;
                continue;
            }
            read += this.text.slice(start, this.#at);
            this.#at += 1;
            if (character === '"') break;
            read += this.#escape();
            start = this.#at;
        }
        if (FORBIDDEN.test(read)) throw new NotIJson();
        return read;
    }

    /** What stands for an escape, behind its backslash. */
    #escape(): string {
        const letter = this.text[this.#at] ?? '';
        this.#at += 1;
        if (letter !== 'u') {
            const character = ESCAPES[letter];
            if (character === undefined) throw new NotIJson();
            return character;
        }
        const digits = this.text.slice(this.#at, this.#at + 4);
        if (!UNIT.test(digits)) throw new NotIJson();
        this.#at += 4;
        return String.fromCharCode(Number.parseInt(digits, 16));
    }

    #match(pattern: RegExp): string | undefined {
        pattern.lastIndex = this.#at;
        const found = pattern.exec(this.text)?.[0];
        this.#at += found?.length ?? 0;
        return found;
    }

    #take(character: string): boolean {
        const isNext = this.text[this.#at] === character;
        if (isNext) this.#at += 1;
        return isNext;
    }

    #expect(character: string): void {
        if (!this.#take(character)) throw new NotIJson();
    }

    #skipSpace(): void {
        while (' \t\n\r'.includes(this.text[this.#at] ?? 'end')) this.#at += 1;
    }

    #deeper(levels: number): number {
        if (levels === this.maxLevels) throw new NotIJson();
        return levels + 1;
    }
}
