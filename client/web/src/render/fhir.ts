// A FHIR resource (R4) as lines that a person can read. Nothing of it is ever markup: a stranger wrote the document.

import { parse } from 'lossless-json';

/** A line: what it is about, and what it says. */
export type Line = { label: string; text: string };

/** A readable part of a document. */
export type Part = {
    /** The kind of resource, such as `Observation`. */
    type: string;
    /** The subject of the part, in the words of the document. */
    title: string;
    lines: Line[];
    /** Whether the measured value is within the reference range that the document names. */
    isWithinRange?: boolean;
};

type Json = null | boolean | number | string | Json[] | { [field: string]: Json };
type Resource = { [field: string]: Json };

/** Parts of the longest document that is shown. The raw document has all of them. */
const MAX_PARTS = 200;
/** Resources within resources, such as a bundle in a bundle, to this depth. */
const MAX_DEPTH = 4;
/** Values within values, such as the coding of a reaction, to this depth. */
const MAX_VALUE_DEPTH = 8;
/** Lines of a part that are shown. */
const MAX_LINES = 200;

/** The readable parts of a FHIR document; `undefined`: it is none. */
export function readFhir(text: string): Part[] | undefined {
    let json: Json;
    try {
        // `1.10` stays `1.10`: JavaScript's own numbers forget digits.
        json = parse(text, undefined, { parseNumber: (number) => number }) as Json;
    } catch {
        return undefined;
    }
    if (!isResource(json)) return undefined;
    return partsOf(json, 0).slice(0, MAX_PARTS);
}

const isObject = (json: Json | undefined): json is Resource =>
    typeof json === 'object' && json !== null && !Array.isArray(json);
const isResource = (json: Json | undefined): json is Resource & { resourceType: string } =>
    isObject(json) && typeof json.resourceType === 'string';
const itemsOf = (json: Json | undefined): Json[] => (Array.isArray(json) ? json : json === undefined ? [] : [json]);
const textOf = (json: Json | undefined): string =>
    typeof json === 'string' ? json : typeof json === 'number' || typeof json === 'boolean' ? String(json) : '';

function partsOf(resource: Resource & { resourceType: string }, depth: number): Part[] {
    const within = [
        ...itemsOf(resource.entry).map((entry) => (isObject(entry) ? entry.resource : undefined)),
        ...itemsOf(resource.contained),
    ].filter(isResource);
    const inner = depth < MAX_DEPTH ? within.flatMap((one) => partsOf(one, depth + 1)) : [];
    const isWithin = isWithinRange(resource);
    const own = {
        type: resource.resourceType,
        title: titleOf(resource),
        lines: linesOf(resource),
        ...(isWithin !== undefined && { isWithinRange: isWithin }),
    };
    return own.lines.length > 0 || own.title !== '' ? [own, ...inner] : inner;
}

function titleOf(resource: Resource): string {
    const fields = ['code', 'vaccineCode', 'medicationCodeableConcept', 'type', 'name', 'title', 'description'];
    return fields.map((field) => said(resource[field])).find((text) => text !== '') ?? '';
}

/** Fields that a person has no use for. */
const LEFT_OUT = new Set([
    'resourceType',
    'id',
    'meta',
    'text',
    'identifier',
    'entry',
    'contained',
    'extension',
    'link',
]);

function linesOf(resource: Resource): Line[] {
    const lines: Line[] = [];
    for (const [field, value] of Object.entries(resource)) {
        if (LEFT_OUT.has(field) || field.startsWith('_')) continue;
        if (field === 'component') {
            for (const one of itemsOf(value).filter(isObject)) {
                lines.push({ label: said(one.code), text: componentValue(one) });
            }
            continue;
        }
        const text = itemsOf(value)
            .map((one) => said(one))
            .filter(Boolean)
            .join('; ');
        if (text !== '') lines.push({ label: labelOf(field), text });
    }
    return lines.filter(({ label, text }) => label !== '' && text !== '').slice(0, MAX_LINES);
}

/** The value of an observation's component, whatever its type. */
function componentValue(component: Resource): string {
    const field = Object.keys(component).find((name) => name.startsWith('value'));
    const value = field ? said(component[field]) : said(component.dataAbsentReason);
    const range = itemsOf(component.referenceRange)
        .map((one) => said(one))
        .filter(Boolean)
        .join('; ');
    return range === '' || value === '' ? value : `${value} (${range})`;
}

/** `effectiveDateTime` as "Effective", `valueQuantity` as "Value", `bodySite` as "Body site". */
function labelOf(field: string): string {
    const base = field.replace(/^(value|effective|onset|performed|occurrence|abatement)[A-Z].*$/, '$1');
    const words = base.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
    return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A data type of FHIR as text: quantities, codes, periods, ranges, references, names, notes. */
function said(json: Json | undefined, depth = 0): string {
    if (depth > MAX_VALUE_DEPTH) return '…';
    const inner = (value: Json | undefined) => said(value, depth + 1);
    if (!isObject(json)) return Array.isArray(json) ? json.map(inner).filter(Boolean).join(', ') : textOf(json);
    if (json.value !== undefined && !isObject(json.value)) {
        return [textOf(json.comparator), textOf(json.value), unitOf(json)].filter(Boolean).join(' ');
    }
    if (isObject(json.low) || isObject(json.high)) return rangeOf(json, inner);
    if (json.start !== undefined || json.end !== undefined) {
        return [textOf(json.start), textOf(json.end)].filter(Boolean).join(' – ');
    }
    if (json.family !== undefined || json.given !== undefined) {
        return textOf(json.text) || [inner(json.given), textOf(json.family)].filter(Boolean).join(' ');
    }
    const direct = textOf(json.text) || textOf(json.display);
    if (direct !== '') return direct;
    const coding = itemsOf(json.coding).filter(isObject);
    const display = coding.map((one) => textOf(one.display) || textOf(one.code)).find((text) => text !== '');
    const one = display ?? textOf(json.reference);
    if (one !== '') return one;
    // A part that FHIR has no short form for, such as a reaction: its fields, one after the other.
    return Object.entries(json)
        .filter(([field]) => !LEFT_OUT.has(field) && !field.startsWith('_'))
        .map(([field, value]) => [labelOf(field), inner(value)])
        .filter(([, text]) => text !== '')
        .map(([label, text]) => `${label}: ${text}`)
        .join('; ');
}

/** A range with both ends, or from or up to one. */
function rangeOf({ high, low }: Resource, inner: (value: Json | undefined) => string): string {
    if (isObject(low) && isObject(high)) return `${inner(low)} – ${inner(high)}`;
    return isObject(low) ? `≥ ${inner(low)}` : `≤ ${inner(high)}`;
}

/**
 * Whether a measured value is within its reference range; `undefined`: there is none, there are several, for different
 * people, for example, or the units differ. The document's own interpretation is another line.
 */
function isWithinRange(measured: Resource): boolean | undefined {
    const { valueQuantity: value } = measured;
    const [range, ...others] = itemsOf(measured.referenceRange).filter(isObject);
    if (!isObject(value) || value.comparator !== undefined || !range || others.length > 0) return undefined;
    const ends = [range.low, range.high].map((end) => (isObject(end) ? end : undefined));
    const isComparable = ends.every((end) => !end || unitOf(end) === unitOf(value));
    const [low, high] = ends.map((end) => (end ? Number(end.value) : undefined));
    const number = Number(value.value);
    const numbers = [number, low, high].filter((one) => one !== undefined);
    if (!isComparable || numbers.length < 2 || !numbers.every(Number.isFinite)) return undefined;
    return (low === undefined || number >= low) && (high === undefined || number <= high);
}

/** UCUM units as people write them. */
const UNITS: { [ucum: string]: string } = {
    '1': '',
    '{score}': '',
    '/uL': 'per µL',
    '10*3/uL': '×10³/µL',
    '10*6/uL': '×10⁶/µL',
    '10*9/L': '×10⁹/L',
    '10*12/L': '×10¹²/L',
    '[IU]/L': 'IU/L',
    '[IU]/mL': 'IU/mL',
    'm[IU]/L': 'mIU/L',
    'u[IU]/mL': 'µIU/mL',
    '[pH]': 'pH',
    'mL/min/{1.73_m2}': 'mL/min per 1.73 m²',
    'mm[H2O]': 'mmH₂O',
    'cm[H2O]': 'cmH₂O',
    '[oz_av]': 'oz',
    '[ft_i]': 'ft',
    '[in_us]': 'in',
    m2: 'm²',
    deg: '°',
    h: 'hours',
    ug: 'µg',
    'ug/L': 'µg/L',
    'ug/mL': 'µg/mL',
    'ug/dL': 'µg/dL',
    'umol/L': 'µmol/L',
    um: 'µm',
    uL: 'µL',
    '%': '%',
    '/min': 'per minute',
    'mm[Hg]': 'mmHg',
    'kg/m2': 'kg/m²',
    Cel: '°C',
    '[degF]': '°F',
    '[lb_av]': 'lb',
    '[in_i]': 'in',
};

/** A UCUM code as people write the unit. */
export const unitName = (code: string): string => (Object.hasOwn(UNITS, code) ? UNITS[code] : undefined) ?? code;

/** A unit: what the table has for its code, then the document's own word for it, then the code. */
function unitOf(quantity: Resource): string {
    const code = textOf(quantity.code);
    return (Object.hasOwn(UNITS, code) ? UNITS[code] : undefined) ?? (textOf(quantity.unit) || code);
}
