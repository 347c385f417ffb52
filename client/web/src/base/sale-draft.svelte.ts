// The records that a person is about to sell, from screen to screen. The draft ends with the page.

import type { Address } from '@solana/kit';
import type { RecordReveal } from '../worker/selling.js';

let chosen = $state.raw<readonly Address[]>([]);
let told = $state.raw<readonly RecordReveal[]>([]);

/** The records that were chosen. */
export const chosenRecords = (): readonly Address[] => chosen;

/** Chooses records. What others told is forgotten. */
export function chooseRecords(records: readonly Address[]): void {
    chosen = records;
    told = told.filter(({ record }) => records.includes(record.address));
}

/** The personal data in the chosen records, as far as they were read. */
export const toldRecords = (): readonly RecordReveal[] => told;

/** Keeps what a record tells. */
export function keepTold(reveal: RecordReveal): void {
    told = [...told.filter(({ record }) => record.address !== reveal.record.address), reveal];
}

/** Whether the person was shown what all chosen records tell. */
export const isAllTold = (): boolean =>
    chosen.length > 0 && chosen.every((address) => told.some(({ record }) => record.address === address));

/** Forgets all of it. */
export function endSale(): void {
    chosen = [];
    told = [];
}
