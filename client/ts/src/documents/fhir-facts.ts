// The profile `fhir-r4/1` (docs/PROTOCOL.md, section 3): facts that follow from the content of a FHIR R4 resource in JSON.

import { factOf } from './fact.js';
import { DEIDENTIFIED } from './facts.js';
import {
    type Codings,
    codesOf,
    codingsOf,
    codingsOfList,
    conceptsOf,
    firstOf,
    isArray,
    isObject,
    textOf,
} from './fhir-concepts.js';
import { type Row, TABLE } from './fhir-table.js';
import { componentsOf, valuesOf } from './fhir-values.js';
import { type IJson, type Members, readIJson } from './i-json.js';

/** Bytes of the longest document from whose content facts follow: 1 MiB. */
export const MAX_CONTENT_LENGTH = 1 << 20;

const MODIFIERS = ['modifierExtension', 'implicitRules'];
const FLAGS = ['doNotPerform', '_doNotPerform', 'isSubpotent', '_isSubpotent'];
const EARLIER_NEGATIONS = ['notDone', 'notGiven', 'notPerformed', 'taken', 'wasNotGiven', 'wasNotTaken'];
/** References to resources that are no patients. */
const OTHERS = /(?:^|\/)(?:Group|Device|Location)\//;
const ORDERS = ['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order'];
const INTERPRETATIONS = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
const LABELS = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue';
const GENDERS = ['male', 'female', 'other', 'unknown'];
const MAX_AGE = 89;

const DAY = /^(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?$/;
const TIME = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$/;

/**
 * The facts that follow from a document's content, behind those that follow from its locator: {@link DEIDENTIFIED}, if the
 * document has the labels of research copies, and those of `fhir-r4/1`. Each profile takes its own. None follow from a document
 * that is longer than {@link MAX_CONTENT_LENGTH}, or no resource that the profiles know.
 */
export function contentFacts(document: Uint8Array): string[] {
    if (document.length > MAX_CONTENT_LENGTH) return [];
    const json = readIJson(document);
    return isLabelled(json) ? [DEIDENTIFIED, ...fhirFacts(json)] : fhirFacts(json);
}

/** Whether the security labels of a resource say that it is pseudonymized, redacted and abstracted. */
function isLabelled(resource: IJson | undefined): boolean {
    const meta = isObject(resource) ? resource.get('meta') : undefined;
    const labels = isObject(meta) ? codingsOfList(meta.get('security')) : [];
    return ['PSEUDED', 'REDACTED', 'ABSTRED'].every((label) => labels.includes(`${LABELS}|${label}`));
}

function fhirFacts(json: IJson | undefined): string[] {
    const parts = isObject(json) ? partsOf(json) : undefined;
    if (!parts || hasModifier(json)) return [];
    const { resource, row, patient } = parts;
    const status = isNegation(resource, row) ? undefined : statusOf(resource, row);
    if (status === undefined) return [];
    const date = dateOf(resource, row);
    const month = date !== undefined && date.length >= 7 ? [date.slice(0, 7)] : [];
    return [
        ...factsOfName('resource', 1, [row.type]),
        ...factsOfName('code', 6, codingsOf(resource.get(row.code))),
        ...factsOfName('category', 3, categoriesOf(resource, row)),
        ...factsOfName('status', 1, status),
        ...factsOfName('year', 1, date === undefined ? [] : [date.slice(0, 4)]),
        ...factsOfName('month', 1, month),
        ...(row.type === 'Observation' ? observed(resource) : []),
        ...(patient ? patientFacts(patient, date) : []),
    ];
}

/** Facts of one name: each once, sorted by bytes, no more than `most`. A text that is no fact is left out. */
function factsOfName(name: string, most: number, values: Iterable<string>): string[] {
    const facts = [...values].map((value) => factOf(name, value)).filter((fact) => fact !== undefined);
    return firstOf(most, facts);
}

type Parts = { resource: Members; row: Row; patient?: Members };

const rowOf = (resource: Members): Row | undefined => TABLE.find(({ type }) => type === resource.get('resourceType'));

/** The resource of a document, and its patient. */
function partsOf(document: Members): Parts | undefined {
    if (document.get('resourceType') !== 'Bundle') {
        const row = rowOf(document);
        return row && { resource: document, row };
    }
    const entries = document.get('entry');
    if (document.get('type') !== 'collection' || !isArray(entries) || entries.length !== 2) return undefined;
    const all = entries
        .filter(isObject)
        .map((entry) => ({ url: entry.get('fullUrl'), resource: entry.get('resource') }));
    const isPatient = ({ resource }: { resource: IJson | undefined }) =>
        isObject(resource) && resource.get('resourceType') === 'Patient';
    const [patient, resource] = [all.find(isPatient), all.find((entry) => !isPatient(entry))?.resource];
    const row = isObject(resource) ? rowOf(resource) : undefined;
    if (!row || !isObject(resource) || !isObject(patient?.resource)) return undefined;
    const subject = resource.get(row.subject);
    const reference = isObject(subject) ? textOf(subject.get('reference')) : undefined;
    const url = textOf(patient.url);
    if (!reference || url === undefined) return undefined;
    const isNamed = reference === url || (reference.startsWith('Patient/') && url.endsWith(`/${reference}`));
    return isNamed ? { resource, row, patient: patient.resource } : undefined;
}

/** Whether anything in a document changes the meaning of something else. */
function hasModifier(value: IJson | undefined): boolean {
    if (isArray(value)) return value.some(hasModifier);
    if (!isObject(value)) return false;
    return MODIFIERS.some((name) => value.has(name)) || [...value.values()].some(hasModifier);
}

function isNegation(resource: Members, { type, subject: member }: Row): boolean {
    const subject = resource.get(member);
    if (isObject(subject)) {
        const kind = textOf(subject.get('type')) ?? 'Patient';
        if (kind !== 'Patient' || OTHERS.test(textOf(subject.get('reference')) ?? '')) return true;
    }
    if ((type === 'Condition' || type === 'AllergyIntolerance') && resource.has('status')) return true;
    const isSet = (flag: string) => resource.has(flag) && resource.get(flag) !== false;
    if (FLAGS.some(isSet) || EARLIER_NEGATIONS.some((name) => resource.has(name))) return true;
    if (type === 'Observation') return resource.has('focus');
    return type === 'MedicationRequest' && !ORDERS.includes(textOf(resource.get('intent')) ?? '');
}

/** The status in a list, which is empty if the resource needs none; `undefined`: it is none that yields facts. */
function statusOf(resource: Members, { status, verification }: Row): string[] | undefined {
    if (verification && codeOf(resource, verification) === undefined) return undefined;
    if ('member' in status) return codeOf(resource, status);
    const text = textOf(resource.get('status'));
    return text !== undefined && status.includes(text) ? [text] : undefined;
}

/** The one code that a concept has of a code system; none if there is no concept. */
function codeOf(resource: Members, { member, system, codes }: Codings): string[] | undefined {
    const concept = resource.get(member);
    if (concept === undefined) return [];
    const found = codesOf(concept, system);
    const code = found[0];
    const isClear = typeof code === 'string' && codes.includes(code) && found.every((other) => other === code);
    return isClear ? [code] : undefined;
}

function categoriesOf(resource: Members, { category }: Row): string[] {
    const value = resource.get('category');
    if (category === 'one') return codingsOf(value);
    if (category === 'several') return conceptsOf(value).flatMap(codingsOf);
    if (!category || !isArray(value)) return [];
    const known = value.filter((code) => typeof code === 'string' && category.codes.includes(code));
    return known.map((code) => `${category.system}|${code}`);
}

/** A day, perhaps with a time. */
function validDate(value: IJson | undefined): string | undefined {
    const text = textOf(value) ?? '';
    const [day = '', time] = [text.slice(0, 10), text.slice(10)];
    if (!DAY.test(day)) return undefined;
    return time === '' || (day.length === 10 && time.startsWith('T') && TIME.test(time.slice(1))) ? text : undefined;
}

function dateOf(resource: Members, { dates }: Row): string | undefined {
    for (const [name, inner] of dates) {
        const value = resource.get(name);
        const date = validDate(inner === undefined ? value : isObject(value) ? value.get(inner) : undefined);
        if (date !== undefined) return date;
    }
    return undefined;
}

/** Facts that an Observation alone has. */
function observed(resource: Members): string[] {
    const interpretations = conceptsOf(resource.get('interpretation')).flatMap(codingsOf);
    const prefix = `${INTERPRETATIONS}|`;
    const known = interpretations.filter((coding) => coding.startsWith(prefix));
    return [
        ...factsOfName('value', 3, valuesOf(resource)),
        ...factsOfName(
            'interpretation',
            3,
            known.map((coding) => coding.slice(prefix.length)),
        ),
        ...factsOfName('component', 6, componentsOf(resource)),
    ];
}

function patientFacts(patient: Members, date: string | undefined): string[] {
    const gender = textOf(patient.get('gender')) ?? '';
    const birth = textOf(patient.get('birthDate')) ?? '';
    const age = DAY.test(birth) && date !== undefined ? Number(date.slice(0, 4)) - Number(birth.slice(0, 4)) : -1;
    const isShown = age >= 0 && age <= MAX_AGE;
    return [
        ...factsOfName('gender', 1, GENDERS.includes(gender) ? [gender] : []),
        ...factsOfName('birth-year', 1, isShown ? [birth.slice(0, 4)] : []),
        ...factsOfName('birth-decade', 1, isShown ? [`${birth.slice(0, 3)}0`] : []),
        ...factsOfName('country', 1, countryOf(patient)),
    ];
}

/** The country of all homes in a list; none if they differ. */
function countryOf(patient: Members): string[] {
    const addresses = patient.get('address');
    const homes = (isArray(addresses) ? addresses : []).filter(isObject).filter((address) => {
        const use = address.get('use');
        return use === undefined || use === 'home';
    });
    const countries = homes
        .map((home) => textOf(home.get('country')) ?? '')
        .filter((country) => /^[A-Z]{2,3}$/.test(country));
    const distinct = [...new Set(countries)];
    return distinct.length === 1 ? distinct : [];
}
