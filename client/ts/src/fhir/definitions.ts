// FHIR R4: its types with their elements, its codes, its profiles. The tables are HL7's definitions.

import { CODE_SYSTEMS } from './r4/code-systems.js';
import { ELEMENTS } from './r4/elements.js';
import { PROFILES } from './r4/profiles.js';
import { VALUE_SETS } from './r4/value-sets.js';

/** The beginning of the URLs of HL7's own profiles and extensions. */
const PROFILE_URL = 'http://hl7.org/fhir/StructureDefinition/';
const VERSION = '|4.0.1';

/** The type of a value without parts. */
export type Primitive =
    | 'base64'
    | 'boolean'
    | 'code'
    | 'date'
    | 'id'
    | 'number'
    | 'text'
    | 'time'
    | 'url'
    | 'uuid'
    | 'xhtml';

const PRIMITIVES: ReadonlyMap<string, Primitive> = new Map(
    Object.entries({
        base64Binary: 'base64',
        boolean: 'boolean',
        code: 'code',
        date: 'date',
        dateTime: 'date',
        instant: 'date',
        id: 'id',
        decimal: 'number',
        integer: 'number',
        positiveInt: 'number',
        unsignedInt: 'number',
        string: 'text',
        markdown: 'text',
        time: 'time',
        uri: 'url',
        url: 'url',
        canonical: 'url',
        oid: 'uuid',
        uuid: 'uuid',
        xhtml: 'xhtml',
    } satisfies Record<string, Primitive>),
);

/** What an element is: any resource, a value without parts, or one of a type with elements. */
export type ElementType =
    | { is: 'resource' }
    | { is: 'primitive'; primitive: Primitive }
    | { is: 'complex'; type: string };

export type Element = {
    name: string;
    of: ElementType;
    isList: boolean;
    /** The value set that its codes must be from. */
    valueSet: string | undefined;
};

/** A resource, a complex type, or a group of elements within one. */
export type Type = {
    name: string;
    /** The type whose elements it has as well. */
    base: string;
    /** By their names in JSON, where a choice of types is several. */
    elements: Map<string, Element>;
};

/** A value that is made when it is needed first. */
function lazily<T>(make: () => T): () => T {
    let made: { value: T } | undefined;
    return () => {
        made ??= { value: make() };
        return made.value;
    };
}

const linesOf = (table: string): string[] => table.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

function codesByName(table: string): Map<string, Set<string>> {
    return new Map(
        linesOf(table).map((line) => {
            const [name = '', ...codes] = line.split('\t');
            return [name, new Set(codes)];
        }),
    );
}

const valueSets = lazily(() => codesByName(VALUE_SETS));
const codeSystems = lazily(() => codesByName(CODE_SYSTEMS));
const profiles = lazily(() => new Set(linesOf(PROFILES)));
const types = lazily(() => {
    const all = new Map<string, Type>();
    let open: Type | undefined;
    for (const line of linesOf(ELEMENTS)) {
        if (line.startsWith('@')) {
            const [name = '', base = ''] = line.slice(1).split('\t');
            open = { name, base, elements: new Map() };
            all.set(name, open);
        } else if (open) {
            addElement(open, line);
        }
    }
    return all;
});

function addElement({ elements }: Type, line: string): void {
    const [starred = '', ...fields] = line.split('\t');
    const isList = starred.endsWith('*');
    const name = isList ? starred.slice(0, -1) : starred;
    const valueSet = fields.find((field) => field.startsWith('='))?.slice(1);
    for (const type of fields.filter((field) => !field.startsWith('='))) {
        const jsonName = name.endsWith('[x]')
            ? `${name.slice(0, -3)}${type.charAt(0).toUpperCase()}${type.slice(1)}`
            : name;
        const primitive = PRIMITIVES.get(type);
        const of: ElementType =
            type === 'Resource'
                ? { is: 'resource' }
                : primitive
                  ? { is: 'primitive', primitive }
                  : { is: 'complex', type };
        elements.set(jsonName, { name: jsonName, of, isList, valueSet: type === 'code' ? valueSet : undefined });
    }
}

/** A type by its name. */
export const typeNamed = (name: string): Type | undefined => types().get(name);

/** A type of resource that a document can be of. */
export function resourceNamed(name: string): Type | undefined {
    const found = typeNamed(name);
    let base = found?.base;
    while (base && base !== 'Resource') base = typeNamed(base)?.base;
    return base === 'Resource' && name !== 'DomainResource' ? found : undefined;
}

/** Whether a document can be of a type of resource. */
export const isResourceType = (name: string): boolean => resourceNamed(name) !== undefined;

/** An element of a type, or of what it is based on. */
export function elementOf(of: Type, name: string): Element | undefined {
    const own = of.elements.get(name);
    if (own) return own;
    const base = typeNamed(of.base);
    return base && elementOf(base, name);
}

/** Whether a value set has a code. Those that list none, of media types and currencies, have none here. */
export const isInValueSet = (valueSet: string, code: string): boolean => valueSets().get(valueSet)?.has(code) ?? false;

/** Whether a code is one of HL7's; `undefined`: the system is not. */
export const isInCodeSystem = (system: string, code: string): boolean | undefined =>
    codeSystems().get(system)?.has(code);

/** Whether a URL is that of one of HL7's own profiles or extensions. */
export function isProfile(url: string): boolean {
    if (!url.startsWith(PROFILE_URL)) return false;
    const name = url.slice(PROFILE_URL.length);
    return profiles().has(name.endsWith(VERSION) ? name.slice(0, -VERSION.length) : name);
}
