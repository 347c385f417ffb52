// Sample records, for people who want to look at the app before they have an account. They are examples of HL7's FHIR
// standard (fixtures/fhir): nobody in them exists.

import stroke from '../../../../fixtures/fhir/Condition-stroke.json?raw';
import vaccination from '../../../../fixtures/fhir/Immunization-protocol.json?raw';
import bloodPressure from '../../../../fixtures/fhir/Observation-blood-pressure.json?raw';
import heartRate from '../../../../fixtures/fhir/Observation-heart-rate.json?raw';

/** A sample record. */
export type SampleRecord = {
    /** Its name in the address of its screen. */
    name: string;
    /** The kind, as a record's locator has it. */
    kind: string;
    /** Seconds since 1970. */
    createdAt: number;
    isVerified: boolean;
    document: Blob;
};

const sample = (name: string, type: string, day: string, isVerified: boolean, text: string): SampleRecord => ({
    name,
    kind: `fhir:${type}`,
    createdAt: Date.parse(day) / 1000,
    isVerified,
    document: new Blob([text], { type: 'application/fhir+json' }),
});

/** The sample records, the newest first. */
export const SAMPLES: readonly SampleRecord[] = [
    sample('blood-pressure', 'Observation', '2026-09-14', false, bloodPressure),
    sample('heart-rate', 'Observation', '2026-06-02', true, heartRate),
    sample('vaccination', 'Immunization', '2026-02-20', true, vaccination),
    sample('stroke', 'Condition', '2025-11-05', true, stroke),
];
