// Parts of FHIR resources that facts follow from: concepts and their codings.

import type { IJson, Members } from './i-json.js';

/** Codes of a code system, in a member that is a concept. */
export type Codings = { member: string; system: string; codes: readonly string[] };

/** Printable ASCII without the bar that separates system and code. */
const PART = /^[ -{}~]+$/;

export const isObject = (value: IJson | undefined): value is Members => value instanceof Map;

export const isArray = (value: IJson | undefined): value is readonly IJson[] => Array.isArray(value);

export const textOf = (value: IJson | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** The objects of an array; none if the value is something else. */
export const conceptsOf = (value: IJson | undefined): Members[] => (isArray(value) ? value.filter(isObject) : []);

/** `system|code` of each coding of a concept. */
export function codingsOf(concept: IJson | undefined): string[] {
    return isObject(concept) ? codingsOfList(concept.get('coding')) : [];
}

/** `system|code` of each coding of an array. */
export function codingsOfList(list: IJson | undefined): string[] {
    const codings = conceptsOf(list).map((coding) => [coding.get('system'), coding.get('code')]);
    const isPart = (part: IJson | undefined) => typeof part === 'string' && PART.test(part);
    return codings.filter((parts) => parts.every(isPart)).map((parts) => parts.join('|'));
}

/** The codes of a code system in a concept, whatever they are. */
export function codesOf(concept: IJson, system: string): (IJson | undefined)[] {
    if (!isObject(concept)) return [];
    const codings = conceptsOf(concept.get('coding')).filter((coding) => coding.get('system') === system);
    return codings.map((coding) => coding.get('code'));
}

/** Different texts, sorted by their bytes, which are ASCII; no more than `most`. */
export const firstOf = (most: number, texts: Iterable<string>): string[] => [...new Set(texts)].sort().slice(0, most);
