// The table of resource types from which facts follow (docs/PROTOCOL.md, section 3).

import type { Codings } from './fhir-concepts.js';

/** A type, and the places of its parts. */
export type Row = {
    type: string;
    /** Names the patient. */
    subject: string;
    /** A concept. */
    code: string;
    /** Whether `category` is a concept or several, or codes of one code system. */
    category?: 'one' | 'several' | Omit<Codings, 'member'>;
    /** Paths of one or two names, in the order of preference. */
    dates: readonly (readonly [name: string, inner?: string])[];
    /** The strings that `status` may be, or a concept. */
    status: readonly string[] | Codings;
    verification?: Codings;
};

const ONSET = [['onsetDateTime'], ['onsetPeriod', 'start'], ['recordedDate']] as const;
const THO = 'http://terminology.hl7.org/CodeSystem';

export const TABLE: readonly Row[] = [
    {
        type: 'Observation',
        subject: 'subject',
        code: 'code',
        category: 'several',
        dates: [['effectiveDateTime'], ['effectivePeriod', 'start'], ['effectiveInstant'], ['issued']],
        status: ['preliminary', 'final', 'amended', 'corrected'],
    },
    {
        type: 'Condition',
        subject: 'subject',
        code: 'code',
        category: 'several',
        dates: ONSET,
        status: {
            member: 'clinicalStatus',
            system: `${THO}/condition-clinical`,
            codes: ['active', 'recurrence', 'relapse', 'inactive', 'remission', 'resolved'],
        },
        verification: { member: 'verificationStatus', system: `${THO}/condition-ver-status`, codes: ['confirmed'] },
    },
    {
        type: 'Immunization',
        subject: 'patient',
        code: 'vaccineCode',
        dates: [['occurrenceDateTime'], ['recorded']],
        status: ['completed'],
    },
    {
        type: 'Procedure',
        subject: 'subject',
        code: 'code',
        category: 'one',
        dates: [['performedDateTime'], ['performedPeriod', 'start']],
        status: ['in-progress', 'on-hold', 'stopped', 'completed'],
    },
    {
        type: 'MedicationRequest',
        subject: 'subject',
        code: 'medicationCodeableConcept',
        category: 'several',
        dates: [['authoredOn']],
        status: ['active', 'on-hold', 'completed', 'stopped'],
    },
    {
        type: 'MedicationStatement',
        subject: 'subject',
        code: 'medicationCodeableConcept',
        category: 'one',
        dates: [['effectiveDateTime'], ['effectivePeriod', 'start'], ['dateAsserted']],
        status: ['active', 'completed', 'stopped', 'on-hold'],
    },
    {
        type: 'AllergyIntolerance',
        subject: 'patient',
        code: 'code',
        category: {
            system: 'http://hl7.org/fhir/allergy-intolerance-category',
            codes: ['food', 'medication', 'environment', 'biologic'],
        },
        dates: ONSET,
        status: {
            member: 'clinicalStatus',
            system: `${THO}/allergyintolerance-clinical`,
            codes: ['active', 'inactive', 'resolved'],
        },
        verification: {
            member: 'verificationStatus',
            system: `${THO}/allergyintolerance-verification`,
            codes: ['confirmed'],
        },
    },
    {
        type: 'DiagnosticReport',
        subject: 'subject',
        code: 'code',
        category: 'several',
        dates: [['effectiveDateTime'], ['effectivePeriod', 'start'], ['issued']],
        status: ['partial', 'preliminary', 'final', 'amended', 'corrected', 'appended'],
    },
];
