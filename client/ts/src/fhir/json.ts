// A document in JSON, read from its beginning to its end, to the letter: names that are there twice, digits of numbers and
// the order of names are kept, and what lenient readers let pass ends the reading.

import { createScanner, type SyntaxKind as Kind, type JSONScanner as Scanner } from 'jsonc-parser';
import { isResourceType } from './definitions.js';
import { shorten } from './markup.js';
import { type Opaque, Stop } from './opaque.js';

/** Bytes of a text that are kept. */
const KEPT = 4096;
/** Bytes of the longest name and the longest number. */
const LONGEST_NAME = 16 << 10;
/** Characters of a resource type that nobody knows that are told. */
const LONGEST_TYPE = 60;
/** How deep a document may be nested. */
const DEEPEST = 128;
/** Most resources that may name their type behind other elements. */
const MOST_LATE_TYPES = 250_000;

/** The kinds of tokens that the scanner tells. Its own enumeration has no values where modules are compiled one by one. */
const TOKEN = {
    openBrace: 1,
    closeBrace: 2,
    openBracket: 3,
    closeBracket: 4,
    comma: 5,
    colon: 6,
    null: 7,
    true: 8,
    false: 9,
    string: 10,
    number: 11,
    lineComment: 12,
    blockComment: 13,
    lineBreak: 14,
    trivia: 15,
    unknown: 16,
    end: 17,
} as const satisfies Record<string, Kind>;

/** A text of a document. */
export type Text = {
    /** What it begins with: at most 4,096 bytes. */
    start: string;
    /** Whether that is all of it. */
    isWhole: boolean;
    /** All of it, which tells it from others. */
    all: string;
};

/** A value without parts. */
export type Scalar = { is: 'text' | 'number'; text: Text } | { is: 'boolean' | 'null' };

/** What the next value is. */
export type Next = 'object' | 'array' | 'scalar';

/** The byte that begins an escape. */
const BACKSLASH = 0x5c;

const encoder = new TextEncoder();
/** The bytes that may follow a number or a word. */
const SEPARATORS = encoder.encode(',]} \t\n\r/:');
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(all: string): Text {
    // No character has more than three bytes in each of its units.
    if (all.length * 3 <= KEPT) return { start: all, isWhole: true, all };
    const bytes = encoder.encode(all);
    if (bytes.length <= KEPT) return { start: all, isWhole: true, all };
    // As a stream, the decoder leaves out a last character that is cut.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return { start: decoder.decode(bytes.subarray(0, KEPT), { stream: true }), isWhole: false, all };
}

/** Reads a document token by token. */
export class Json {
    readonly #scanner: Scanner;
    /** The token that comes next, once it was looked at. */
    #peeked: Kind | undefined;
    /** What was begun and has not ended: whether it has an item yet. */
    readonly #open: { hasItems: boolean }[] = [];
    /** Objects that were begun so far. */
    #objects = 0;

    /** `letters`: a document with a letter for each of its bytes, so that places in it are places of `bytes`. */
    constructor(
        private readonly bytes: Uint8Array,
        letters: string,
    ) {
        this.#scanner = createScanner(letters);
    }

    next(): Next {
        const token = this.peek();
        if (token === TOKEN.openBrace) return 'object';
        if (token === TOKEN.openBracket) return 'array';
        if (token >= TOKEN.null && token <= TOKEN.number) return 'scalar';
        throw this.notJson();
    }

    /** Begins an object: how many there were before it. */
    beginObject(): number {
        this.begin(TOKEN.openBrace);
        this.#objects += 1;
        return this.#objects - 1;
    }

    /** The next name in an object, which ends where there is none. */
    name(): string | undefined {
        if (!this.hasNext(TOKEN.closeBrace)) return undefined;
        if (this.peek() !== TOKEN.string) throw this.notJson();
        this.requireShort();
        const name = this.string();
        this.take(TOKEN.colon);
        return name;
    }

    beginArray(): void {
        this.begin(TOKEN.openBracket);
    }

    /** Whether there is another item in an array, which ends where there is none. */
    hasItem(): boolean {
        return this.hasNext(TOKEN.closeBracket);
    }

    scalar(): Scalar {
        if (this.next() !== 'scalar') throw this.notJson();
        const token = this.peek();
        if (token === TOKEN.string) return { is: 'text', text: textOf(this.string()) };
        if (token === TOKEN.number) this.requireShort();
        const value = this.#scanner.getTokenValue();
        this.take(token);
        if (token === TOKEN.number) return { is: 'number', text: { start: value, isWhole: true, all: value } };
        return { is: token === TOKEN.null ? 'null' : 'boolean' };
    }

    /** Passes over a value without parts. */
    skip(): void {
        const token = this.peek();
        if (token === TOKEN.string) this.string();
        else this.take(token);
    }

    /** That nothing follows the document. */
    end(): void {
        if (this.peek() !== TOKEN.end) throw new Stop({ why: 'trailing_data', line: this.line() });
    }

    /** The value of `resourceType`. */
    resourceType(): string {
        if (this.next() !== 'scalar') throw new Stop({ why: 'no_resource_type' });
        const value = this.typeName();
        if (value.is !== 'text') throw new Stop({ why: 'no_resource_type' });
        const { isWhole, start } = value.text;
        if (isWhole && isResourceType(start)) return start;
        throw new Stop({ why: 'unknown_resource_type', name: shorten(start, LONGEST_TYPE) });
    }

    /** As {@link scalar}. Where a text is damaged, no line is told, as the Rust client has it. */
    private typeName(): Scalar {
        const isText = this.peek() === TOKEN.string;
        try {
            return this.scalar();
        } catch (error) {
            const isDamaged = isText && error instanceof Stop && error.opaque.why === 'not_json';
            throw isDamaged ? new Stop({ why: 'not_json', line: undefined }) : error;
        }
    }

    private begin(token: Kind): void {
        if (this.#open.length >= DEEPEST) throw new Stop({ why: 'too_deep', limit: DEEPEST });
        this.take(token);
        this.#open.push({ hasItems: false });
    }

    private hasNext(close: Kind): boolean {
        const open = this.#open.at(-1);
        if (!open) throw this.notJson();
        if (this.peek() === close) {
            this.take(close);
            this.#open.pop();
            return false;
        }
        if (open.hasItems) {
            this.peek();
            const line = this.line();
            this.take(TOKEN.comma);
            // It is the comma that is too many.
            if (this.peek() === close) throw new Stop({ why: 'not_json', line });
        }
        open.hasItems = true;
        return true;
    }

    private requireShort(): void {
        if (this.#scanner.getTokenLength() > LONGEST_NAME) throw new Stop({ why: 'too_long', limit: LONGEST_NAME });
    }

    /** The text of the present token, which is a string. */
    private string(): string {
        const start = this.#scanner.getTokenOffset();
        const end = start + this.#scanner.getTokenLength();
        if (this.#scanner.getTokenError() !== 0) {
            // Whichever comes first is told: a byte that is no text, or what no string has.
            this.decode(start, this.endOfString(start + 1, end));
            throw this.notJson();
        }
        const quoted = this.decode(start, end);
        let text: string;
        try {
            text = JSON.parse(quoted);
        } catch {
            throw this.notJson();
        }
        // Half a character, by its number.
        if (/\p{Cs}/u.test(text)) throw this.notJson();
        this.take(TOKEN.string);
        return text;
    }

    private decode(start: number, end: number): string {
        try {
            return strict.decode(this.bytes.subarray(start, end));
        } catch {
            throw new Stop({ why: 'not_json', line: undefined });
        }
    }

    /** Where what a string can have ends within some bytes. */
    private endOfString(start: number, end: number): number {
        for (let at = start; at < end; at += 1) {
            const byte = this.bytes[at] as number;
            if (byte < 0x20) return at;
            if (byte === BACKSLASH) {
                const letters = String.fromCharCode(...this.bytes.subarray(at, at + 6));
                const [known] = letters.match(/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/) ?? [];
                if (!known) return at;
                at += known.length - 1;
            }
        }
        return end;
    }

    /** The next token. */
    private peek(): Kind {
        this.#peeked ??= this.scan();
        return this.#peeked;
    }

    /** Passes over the next token, which must be this one. */
    private take(token: Kind): void {
        if (this.peek() !== token || token === TOKEN.end) throw this.notJson();
        this.#peeked = undefined;
    }

    private scan(): Kind {
        for (;;) {
            const token = this.#scanner.scan();
            const isComment = token === TOKEN.lineComment || token === TOKEN.blockComment;
            // A stroke begins nothing else.
            if (isComment || (token === TOKEN.unknown && this.#scanner.getTokenValue() === '/')) {
                throw new Stop({ why: 'comment', line: this.line() });
            }
            if (token === TOKEN.trivia || token === TOKEN.lineBreak) continue;
            return this.isWhole(token) ? token : TOKEN.unknown;
        }
    }

    /** Whether a number or a word ends where one can end. */
    private isWhole(token: Kind): boolean {
        const isWord = token === TOKEN.null || token === TOKEN.true || token === TOKEN.false;
        if (!isWord && token !== TOKEN.number) return true;
        const after = this.bytes[this.#scanner.getTokenOffset() + this.#scanner.getTokenLength()];
        return this.#scanner.getTokenError() === 0 && (after === undefined || SEPARATORS.includes(after));
    }

    private notJson(): Stop {
        return new Stop({ why: 'not_json', line: this.line() });
    }

    /** The line of the present token. People count lines from 1. */
    private line(): number {
        return this.#scanner.getTokenStartLine() + 1;
    }
}

/** The name under which a resource says what it is. */
export const RESOURCE_TYPE = 'resourceType';

/** The types of resources that name theirs behind other elements, by which object they are. JSON has no order. */
export type LateTypes = Map<number, string>;

/** Reads a document once: that it is one JSON document and nothing more, and that its resources are FHIR R4's. */
export function lateTypes(json: Json): LateTypes {
    const late: LateTypes = new Map();
    if (json.next() !== 'object') throw new Stop({ why: 'no_resource_type' });
    findLateTypes(json, late);
    json.end();
    return late;
}

function findLateTypes(json: Json, late: LateTypes): void {
    const next = json.next();
    if (next === 'scalar') {
        json.skip();
    } else if (next === 'array') {
        json.beginArray();
        while (json.hasItem()) findLateTypes(json, late);
    } else {
        const object = json.beginObject();
        let [isFirst, isTyped] = [true, false];
        for (let name = json.name(); name !== undefined; name = json.name()) {
            if (name === RESOURCE_TYPE) {
                if (isTyped) throw new Stop({ why: 'repeated', path: name } satisfies Opaque);
                isTyped = true;
                const type = json.resourceType();
                if (!isFirst) late.set(object, type);
                if (late.size > MOST_LATE_TYPES) throw new Stop({ why: 'too_many_resources' });
            } else {
                findLateTypes(json, late);
            }
            isFirst = false;
        }
    }
}
