// Which values are known to be harmless, and what the others are. It goes by the place that FHIR R4 gives a value and by the
// value itself: whatever is not recognised is reported.

import { type Element, isInValueSet, isProfile, isResourceType, type Type } from './definitions.js';
import type { Scalar } from './json.js';
import type { RevealedKind as Kind } from './kind.js';
import { isCode, isCurrency, isLanguage, isMediaType, isTerminology } from './terminology.js';
import { isUnit } from './units.js';

/** Types and groups whose numbers measure or count something. */
const MEASURING = [
    'SampledData',
    'Timing.repeat',
    'Observation',
    'Observation.component',
    'Immunization.protocolApplied',
    'ImmunizationRecommendation.recommendation',
    'MedicationRequest.dispenseRequest',
    'VisionPrescription.lensSpecification',
];
/** Types whose value, unit and code belong together. */
const QUANTITIES = ['Quantity', 'Age', 'Count', 'Distance', 'Duration'];
/** Elements with numbers of devices, batches and specimens. */
const SERIAL_NUMBERS = [
    'serialNumber',
    'lotNumber',
    'batchNumber',
    'distinctIdentifier',
    'deviceIdentifier',
    'carrierAIDC',
    'carrierHRF',
    'udi',
];
/** Elements with the name of a person, an organization or a place, where they are text. */
const NAMES = ['name', 'alias', 'authorString', 'publisher', 'contactString'];
/** Digits before the point that a number with a unit has at most. Longer ones are telephone numbers and the like. */
const DIGITS_WITH_UNIT = 7;
/** Without a unit it is a score, a count or a part of a ratio, or else the number of a patient. */
const DIGITS_WITHOUT_UNIT = 4;
/** The most digits of a number: as many as programs write for computed values. */
const DIGITS = 17;

/** Where a value stands. */
export type Scope = {
    /** The kind of all values within, such as a name or an address. */
    within: Kind | undefined;
    /** Whether it is said of the person that the document is about. */
    isSubject: boolean;
};

/** The scope of a resource. */
export const scopeOfResource = ({ name }: Type): Scope => ({
    within: undefined,
    isSubject: name === 'Patient' || name === 'Person',
});

/** The scope within an element that has elements itself; `of`: its type. */
export function scopeInside(scope: Scope, element: Element, of: string): Scope {
    const isOfSubject = ['subject', 'patient', 'beneficiary', 'for'].includes(element.name);
    // A reference leads to somebody else, and a contact is somebody else.
    const isSubject = of === 'Reference' ? isOfSubject : of !== 'Patient.contact' && scope.isSubject;
    return { within: within(scope, element, of), isSubject };
}

function within(scope: Scope, element: Element, of: string): Kind | undefined {
    switch (of) {
        case 'HumanName':
            return 'name';
        case 'ContactPoint':
            return 'contact';
        case 'Address':
            return 'address';
        case 'Identifier':
            return 'identifier';
        case 'Attachment':
            return element.name === 'photo' ? 'photo' : 'attachment';
        case 'Signature':
            return 'attachment';
        case 'Annotation':
            return 'free_text';
        case 'Reference':
        case 'Coding':
        case 'CodeableConcept':
            return undefined;
        default:
            return scope.within;
    }
}

/** Whether an element is judged with its siblings, in {@link judgeTogether}. */
export const isDeferred = (of: Type, { name }: Element): boolean =>
    (of.name === 'Coding' && ['system', 'code'].includes(name)) ||
    (QUANTITIES.includes(of.name) && ['value', 'unit', 'system', 'code'].includes(name));

/** The kind of a value; `undefined`: it is known to be harmless. */
export function judgeAlone(of: Type, element: Element, scope: Scope, value: Scalar): Kind | undefined {
    if (element.of.is !== 'primitive') return misplaced(value);
    if (!('text' in value)) return undefined;
    const { primitive } = element.of;
    if (value.is === 'number') {
        if (primitive !== 'number') return misplaced(value);
        if (MEASURING.includes(of.name) && isMeasure(value.text.start, DIGITS_WITHOUT_UNIT)) return undefined;
        // The latitude and longitude of an address are one.
        return scope.within === 'address' ? 'address' : 'unchecked_number';
    }
    if (value.text.start === '') return undefined;
    const whole = wholeOf(value) ?? '';
    switch (primitive) {
        case 'boolean':
        case 'number':
            return misplaced(value);
        case 'code':
            return isKnownCode(element, whole) ? undefined : 'unchecked_code';
        case 'date':
            return judgeDate(element, whole);
        case 'time':
            return isDate(whole) ? 'date' : 'unchecked_text';
        case 'id':
        case 'uuid':
            return 'id';
        case 'url':
            return judgeUrl(of, element, scope, whole);
        case 'base64':
            return scope.within ?? 'attachment';
        case 'xhtml':
            return 'narrative';
        case 'text':
            return judgeWords(of, element, scope);
    }
}

/** An element with its value. */
export type Found = readonly [Element, Scalar];

/** What values reveal that say something only together: a code with its system, a number with its unit. */
export function judgeTogether(of: Type, values: readonly Found[]): (Kind | undefined)[] {
    const named = (name: string) => values.find(([element]) => element.name === name);
    const text = (name: string): string | undefined => {
        const value = named(name)?.[1];
        return value?.is === 'text' ? wholeOf(value) : undefined;
    };
    const [system, code, unit] = [text('system'), text('code'), text('unit')];
    const isKnown = code !== undefined && system !== undefined && isCode(system, code);
    const hasUnit = unit !== undefined && isUnit(unit);
    const isQuantity = QUANTITIES.includes(of.name);
    // Of a unit that is not known, no number is.
    const isBare = !named('unit') && !named('code');
    const digits = hasUnit || isKnown ? DIGITS_WITH_UNIT : isBare ? DIGITS_WITHOUT_UNIT : 0;
    const judge = ([{ name }, value]: Found): Kind | undefined => {
        if (value.is === 'null' || (value.is === 'text' && value.text.start === '')) return undefined;
        if (name === 'value' && value.is === 'number') {
            return isMeasure(value.text.start, digits) ? undefined : 'unchecked_number';
        }
        if (value.is !== 'text') return misplaced(value);
        switch (name) {
            case 'unit':
                return hasUnit ? undefined : 'unchecked_unit';
            case 'system':
                return system !== undefined && isTerminology(system) ? undefined : 'unchecked_url';
            case 'code':
                return isKnown ? undefined : isQuantity ? 'unchecked_unit' : 'unchecked_code';
            default:
                return misplaced(value);
        }
    };
    return values.map(judge);
}

/** A value of another type than FHIR R4 has at its place. */
export function misplaced(value: Scalar): Kind | undefined {
    if (value.is === 'number') return 'unchecked_number';
    return value.is === 'text' && value.text.start !== '' ? 'unchecked_text' : undefined;
}

/** A text, where it was kept whole. */
function wholeOf(value: Scalar): string | undefined {
    return 'text' in value && value.text.isWhole ? value.text.start : undefined;
}

function isKnownCode({ name, valueSet }: Element, code: string): boolean {
    if (valueSet === 'mimetypes') return isMediaType(code);
    if (valueSet === 'currencies') return isCurrency(code);
    if (valueSet !== undefined) return isInValueSet(valueSet, code);
    return name === 'language' && isLanguage(code);
}

function judgeDate({ name }: Element, text: string): Kind | undefined {
    if (isYear(text)) return undefined;
    if (!isDate(text)) return 'unchecked_text';
    return ['birthDate', 'bornDate', 'deceasedDateTime', 'deceasedDate'].includes(name) ? 'birth_date' : 'date';
}

function judgeUrl(of: Type, { name }: Element, scope: Scope, url: string): Kind | undefined {
    // What a reference leads to, and what a request makes.
    const namesAType =
        (of.name === 'Reference' && name === 'type') || (of.name === 'Bundle.entry.request' && name === 'url');
    if ((namesAType && isResourceType(url)) || isProfile(url) || isTerminology(url)) return undefined;
    // An identifier's URL says whose numbers these are, and is no number.
    if (scope.within === 'identifier') return 'unchecked_url';
    if (scope.within) return scope.within;
    if (of.name === 'Extension' && name === 'url') return 'unchecked_extension';
    return url.startsWith('urn:uuid:') ? 'id' : 'unchecked_url';
}

function judgeWords(of: Type, { name }: Element, scope: Scope): Kind {
    // Of an element: what it is called within its document.
    if (name === 'id') return 'id';
    if (of.name === 'Reference' && name === 'reference') return 'reference';
    if (of.name === 'Reference' && name === 'display') return 'name';
    if ((of.name === 'Coding' && name === 'display') || (of.name === 'CodeableConcept' && name === 'text')) {
        return 'code_words';
    }
    if (of.name === 'Annotation' && name === 'authorString') return 'name';
    if (scope.within) return scope.within;
    if (SERIAL_NUMBERS.includes(name)) return 'serial_number';
    return NAMES.includes(name) ? 'name' : 'free_text';
}

/** A number as results have it, with so many digits before the point. Its text is that of JSON. */
function isMeasure(text: string, digits: number): boolean {
    const [number = ''] = text.replace(/^-+/, '').split(/[eE]/);
    const [before = '', after = ''] = number.split('.');
    return before.length <= digits && before.length + after.length <= DIGITS;
}

const isYear = (text: string): boolean => /^[0-9]{4}$/.test(text) && text >= '1800' && text < '2200';

/** As dates and times are written: whether they exist does not matter here. */
const isDate = (text: string): boolean => text.length <= 40 && /^[0-9][-0-9:.+TZ]*$/.test(text);
