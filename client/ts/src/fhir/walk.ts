// Goes through a document as FHIR R4 has it, from element to element.

import { Collection } from './collection.js';
import { type Element, elementOf, resourceNamed, type Type, typeNamed } from './definitions.js';
import { type Json, type LateTypes, RESOURCE_TYPE, type Scalar } from './json.js';
import {
    type Found,
    isDeferred,
    judgeAlone,
    judgeTogether,
    misplaced,
    type Scope,
    scopeInside,
    scopeOfResource,
} from './judge.js';
import type { RevealedKind } from './kind.js';
import { shorten } from './markup.js';
import { Stop } from './opaque.js';

/** Characters of a place that are told. */
const LONGEST_PLACE = 200;

/** What is revealed in a document, and its type. `late` is what a first reading of it found. */
export function walk(json: Json, late: LateTypes): { resourceType: string; collection: Collection } {
    const collection = new Collection();
    const { name } = new Walk(json, late, collection).resource('');
    json.end();
    return { resourceType: name, collection };
}

class Walk {
    constructor(
        private readonly json: Json,
        private readonly late: LateTypes,
        private readonly collection: Collection,
    ) {}

    resource(path: string): Type {
        const object = this.json.beginObject();
        const late = this.late.get(object);
        if (late === undefined && this.json.name() !== RESOURCE_TYPE) throw new Stop({ why: 'no_resource_type' });
        const of = resourceNamed(late ?? this.json.resourceType());
        if (!of) throw new Stop({ why: 'no_resource_type' });
        this.elements(of, scopeOfResource(of), path === '' ? of.name : path, late !== undefined);
        return of;
    }

    private object(of: Type, scope: Scope, path: string): void {
        this.json.beginObject();
        this.elements(of, scope, path, false);
    }

    /** The elements of an object that was begun. Its `resourceType` is among them if it is `late`. */
    private elements(of: Type, scope: Scope, path: string, late: boolean): void {
        const seen = new Set<string>();
        const deferred: Found[] = [];
        for (let name = this.json.name(); name !== undefined; name = this.json.name()) {
            if (late && name === RESOURCE_TYPE) {
                this.json.resourceType();
                continue;
            }
            const place = `${path}.${name}`;
            // What belongs to a primitive value besides it stands under its name with a line before.
            const isBesides = name.startsWith('_');
            const element = elementOf(of, isBesides ? name.slice(1) : name);
            if (!element || (isBesides && element.of.is !== 'primitive')) {
                throw new Stop({ why: 'unknown_element', path: told(place) });
            }
            if (seen.has(name)) throw new Stop({ why: 'repeated', path: told(place) });
            seen.add(name);
            if (isBesides) {
                this.besides(element, scope, place);
            } else if (isDeferred(of, element)) {
                if (this.json.next() !== 'scalar') throw misshapen(place);
                deferred.push([element, this.json.scalar()]);
            } else {
                this.element(of, element, scope, place);
            }
        }
        for (const [index, kind] of judgeTogether(of, deferred).entries()) {
            const [element, value] = deferred[index] as Found;
            this.found(kind, scope, `${path}.${element.name}`, value);
        }
    }

    private element(of: Type, element: Element, scope: Scope, path: string): void {
        const next = this.json.next();
        if (next === 'array' && element.isList) {
            this.items(path, (place) => this.item(of, element, scope, place));
        } else if (next === 'scalar' && element.isList) {
            // Where a list is to be, a value is none of its items.
            this.misplaced(scope, path);
        } else if (next === 'array' || element.isList) {
            throw misshapen(path);
        } else {
            this.item(of, element, scope, path);
        }
    }

    private item(of: Type, element: Element, scope: Scope, path: string): void {
        const next = this.json.next();
        if (next === 'scalar') {
            const value = this.json.scalar();
            this.found(judgeAlone(of, element, scope, value), scope, path, value);
        } else if (next === 'object' && element.of.is === 'resource') {
            this.resource(path);
        } else if (next === 'object' && element.of.is === 'complex') {
            const type = typeNamed(element.of.type);
            if (!type) throw misshapen(path);
            this.object(type, scopeInside(scope, element, type.name), path);
        } else {
            throw misshapen(path);
        }
    }

    /** An element's id and extensions, or those of the items of a list. */
    private besides(element: Element, scope: Scope, path: string): void {
        const of = typeNamed('Element');
        if (!of) throw misshapen(path);
        const next = this.json.next();
        if (next === 'scalar') {
            this.misplaced(scope, path);
        } else if (next === 'object' && !element.isList) {
            this.object(of, scope, path);
        } else if (next === 'array' && element.isList) {
            this.items(path, (place) => {
                const item = this.json.next();
                if (item === 'array') throw misshapen(place);
                if (item === 'object') this.object(of, scope, place);
                else this.misplaced(scope, place);
            });
        } else {
            throw misshapen(path);
        }
    }

    private misplaced(scope: Scope, path: string): void {
        const value = this.json.scalar();
        this.found(misplaced(value), scope, path, value);
    }

    private items(path: string, item: (place: string) => void): void {
        this.json.beginArray();
        for (let index = 0; this.json.hasItem(); index += 1) item(`${path}[${index}]`);
    }

    private found(kind: RevealedKind | undefined, scope: Scope, path: string, value: Scalar): void {
        if (kind && 'text' in value) this.collection.add(kind, scope.isSubject, path, value.text);
    }
}

/** Where it is, for people. Names are as long as the document has them. */
const told = (path: string): string => shorten(path, LONGEST_PLACE);

const misshapen = (path: string): Stop => new Stop({ why: 'misshapen', path: told(path) });
