// The text of markup and of long URLs.

/** White space as Unicode and the Rust client define it. */
const WHITE_SPACE = /\p{White_Space}+/u;

/** The words of a narrative, without its tags. */
export function words(xhtml: string): string {
    let said = '';
    let rest = xhtml;
    for (let start = rest.indexOf('<'); start >= 0; start = rest.indexOf('<')) {
        // Most tags stand between what are two words for a reader.
        said += `${plain(rest.slice(0, start))} `;
        rest = afterTag(rest.slice(start));
    }
    return oneLine(said + plain(rest));
}

/** A text in one line, with one space where it has more. */
export const oneLine = (text: string): string => text.split(WHITE_SPACE).filter(Boolean).join(' ');

/** The end of a URL, which names its meaning. */
export function lastSegment(url: string): string {
    const path = url.replace(/\/+$/, '');
    return path.slice(path.lastIndexOf('/') + 1);
}

/** A text that is cut where it has more characters, with an ellipsis. */
export function shorten(text: string, length: number): string {
    // Each character has one or two units.
    if (text.length <= length) return text;
    const characters = [...text.slice(0, 2 * length + 2)];
    return characters.length > length ? `${characters.slice(0, length).join('')}…` : text;
}

function afterTag(tag: string): string {
    if (tag.startsWith('<!--')) {
        const end = tag.indexOf('-->', 4);
        return end < 0 ? '' : tag.slice(end + 3);
    }
    let quote = '';
    for (let at = 0; at < tag.length; at += 1) {
        const character = tag.charAt(at);
        if (quote !== '') {
            if (character === quote) quote = '';
        } else if (character === '>') {
            return tag.slice(at + 1);
        } else if (character === '"' || character === "'") {
            quote = character;
        }
    }
    return '';
}

/** A text with its entities replaced. */
function plain(text: string): string {
    let said = '';
    let rest = text;
    for (let start = rest.indexOf('&'); start >= 0; start = rest.indexOf('&')) {
        said += rest.slice(0, start);
        rest = rest.slice(start + 1);
        const end = rest.indexOf(';');
        const character = end < 0 ? undefined : characterOf(rest.slice(0, end));
        said += character ?? '&';
        if (character !== undefined) rest = rest.slice(end + 1);
    }
    return said + rest;
}

const ENTITIES = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }));

/** The character that an entity stands for, as far as XML and narratives have them. */
function characterOf(name: string): string | undefined {
    const [, hexadecimal, decimal] = name.match(/^#(?:[xX]\+?([0-9a-fA-F]+)|\+?([0-9]+))$/) ?? [];
    const number = hexadecimal ? Number.parseInt(hexadecimal, 16) : decimal ? Number.parseInt(decimal, 10) : undefined;
    if (number === undefined) return ENTITIES.get(name);
    const isSurrogate = number >= 0xd800 && number <= 0xdfff;
    return number > 0x10_ffff || isSurrogate ? undefined : String.fromCodePoint(number);
}
