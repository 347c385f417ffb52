// Values of an Observation and of its components, as facts have them.

import { decimalOf } from './decimal.js';
import { codingsOf, conceptsOf, firstOf, isObject, textOf } from './fhir-concepts.js';
import { type IJson, Lexeme, type Members } from './i-json.js';

const UCUM = 'http://unitsofmeasure.org';
const COMPARATORS: readonly IJson[] = ['<', '<=', '>=', '>'];
/** Printable ASCII without space and bar. */
const UNIT = /^[!-{}~]+$/;

/** The quantity, or the codings. */
export function valuesOf(object: Members): string[] {
    const [quantity, concept] = [object.get('valueQuantity'), object.get('valueCodeableConcept')];
    if (quantity !== undefined && concept !== undefined) return [];
    return [...quantityOf(quantity), ...codingsOf(concept)];
}

function quantityOf(quantity: IJson | undefined): string[] {
    if (!isObject(quantity)) return [];
    const [value, comparator] = [quantity.get('value'), quantity.get('comparator')];
    if (!(value instanceof Lexeme) || quantity.get('system') !== UCUM) return [];
    if (comparator !== undefined && !COMPARATORS.includes(comparator)) return [];
    const [decimal, unit] = [decimalOf(value.text), textOf(quantity.get('code')) ?? ''];
    return decimal !== undefined && UNIT.test(unit) ? [`${comparator ?? ''}${decimal} ${unit}`] : [];
}

/** Coding and value of each component. */
export function componentsOf(resource: Members): string[] {
    return conceptsOf(resource.get('component')).flatMap((component) => {
        const codings = codingsOf(component.get('code')).filter((coding) => !coding.includes('='));
        const values = firstOf(3, valuesOf(component));
        return firstOf(6, codings).flatMap((coding) => values.map((value) => `${coding}=${value}`));
    });
}
