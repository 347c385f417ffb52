// Facts of a record (docs/PROTOCOL.md, section 3) as lines that a person can read. A stranger wrote what they say.

import { oneLine } from './plain-text.js';

/** The names of facts that this version knows. */
export const FACT_NAMES = [
    'kind',
    'media-type',
    'ciphertext-sha256',
    'deidentified',
    'resource',
    'code',
    'category',
    'status',
    'year',
    'month',
    'value',
    'interpretation',
    'component',
    'gender',
    'birth-year',
    'birth-decade',
    'country',
] as const;

/** The name of a fact. */
export type FactName = (typeof FACT_NAMES)[number];

/** A fact as a person reads it. */
export type FactLine = {
    /** `undefined`: this version does not know it. */
    name: FactName | undefined;
    text: string;
};

/** Systems of codes, as people call them. */
const SYSTEMS: ReadonlyMap<string, string> = new Map([
    ['http://loinc.org', 'LOINC'],
    ['http://snomed.info/sct', 'SNOMED CT'],
    ['http://hl7.org/fhir/sid/icd-10', 'ICD-10'],
    ['http://hl7.org/fhir/sid/icd-10-cm', 'ICD-10-CM'],
    ['http://hl7.org/fhir/sid/cvx', 'CVX'],
    ['http://www.nlm.nih.gov/research/umls/rxnorm', 'RxNorm'],
    ['http://www.whocc.no/atc', 'ATC'],
]);

/** The system of the codes of interpretations, which such a fact leaves out. */
const INTERPRETATIONS = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';

/** Values within values in which words for codes are looked for. */
const MAX_DEPTH = 32;

/** The words that a document has for its codes, by `system|code`. */
export function wordsForCodes(document: string): Map<string, string> {
    const words = new Map<string, string>();
    const look = (value: unknown, depth: number): void => {
        if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
        const { code, display, system } = value as { [field: string]: unknown };
        if (typeof code === 'string' && typeof display === 'string' && typeof system === 'string') {
            words.set(`${system}|${code}`, display);
        }
        for (const inner of Object.values(value)) look(inner, depth + 1);
    };
    try {
        look(JSON.parse(document), 0);
    } catch {
        // It is no JSON, and has no codes.
    }
    return words;
}

/** A fact as a line. `words`: those of its document. `unitName`: how people write a unit. */
export function factLine(
    fact: string,
    words: ReadonlyMap<string, string>,
    unitName: (code: string) => string,
): FactLine {
    const [written, value] = splitAt(fact, '=');
    const name = FACT_NAMES.find((known) => known === written);
    if (!name) return { name, text: oneLine(fact, 200) };
    return { name, text: oneLine(said(name, value), 200) };

    function said(of: FactName, text: string): string {
        if (of === 'component') {
            const [code, measured] = splitAt(text, '=');
            return `${coding(code)}: ${measure(measured)}`;
        }
        if (of === 'interpretation') return words.get(`${INTERPRETATIONS}|${text}`) ?? text;
        if (of === 'value') return measure(text);
        return of === 'code' || of === 'category' ? coding(text) : text;
    }

    /** A quantity has no `|`, and a coding has exactly one. */
    function measure(text: string): string {
        if (text.includes('|')) return coding(text);
        const [number, unit] = splitAt(text, ' ');
        return unit === '' ? number : `${number} ${unitName(unit)}`;
    }

    function coding(text: string): string {
        const [system, code] = splitAt(text, '|');
        const place = `${SYSTEMS.get(system) ?? system} ${code}`;
        const word = words.get(text);
        return word === undefined ? place : `${word} (${place})`;
    }
}

/** A text in front of the first of a character, and behind it. */
function splitAt(text: string, character: string): [string, string] {
    const place = text.indexOf(character);
    return place < 0 ? [text, ''] : [text.slice(0, place), text.slice(place + 1)];
}
