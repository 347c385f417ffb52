/** Characters that turn the direction of text, or that nobody sees: a stranger could disguise a name with them. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/** A stranger's text of several lines: without characters that turn its direction, or that nobody sees. */
export const manyLines = (text: string): string =>
    text
        .split(/\r?\n/)
        .map((line) => line.replace(/\t/g, '    ').replace(HIDDEN, ''))
        .join('\n');

/** A stranger's text for one line: without control characters, white space as spaces. */
export function oneLine(text: string, longest = 300): string {
    const line = text.replace(/\s+/g, ' ').replace(HIDDEN, '').trim();
    const characters = [...line];
    return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : line;
}
