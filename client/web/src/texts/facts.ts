// Facts of a record. These texts load with their part of a record's screen, in both languages: a first visit needs none of them.

import type { FactName } from '../render/facts.js';
import { language } from './language.svelte.js';

const en = {
    title: 'What you can prove without showing the record',
    lead: 'These facts are sealed with the record, and this app has checked that its document says them. You can prove each of them alone: a study, for example, can ask for some, and you see which before you agree.',
    secret: 'Nobody learns them from the network. A fact that you disclose is public for ever.',
    unchecked: 'This record has facts of a kind that this version of the app does not know. They were not checked.',
    unknown: 'Other fact',
    names: {
        kind: 'Kind, in the words of the writer',
        'media-type': 'File type',
        'ciphertext-sha256': 'Fingerprint of the encrypted document',
        deidentified: 'Copy for research, made by the rules',
        resource: 'Kind of entry',
        code: 'What it is about',
        category: 'Category',
        status: 'Status',
        year: 'Year',
        month: 'Month',
        value: 'Value',
        interpretation: 'Interpretation',
        component: 'Part',
        gender: 'Gender',
        'birth-year': 'Year of birth',
        'birth-decade': 'Decade of birth',
        country: 'Country',
    } satisfies Record<FactName, string>,
};

const de: typeof en = {
    title: 'Was Sie beweisen können, ohne den Befund zu zeigen',
    lead: 'Diese Angaben sind mit dem Befund versiegelt, und diese App hat geprüft, dass sie in seinem Dokument stehen. Sie können jede einzeln beweisen: Eine Studie kann zum Beispiel nach einigen fragen, und Sie sehen vor Ihrer Zustimmung, nach welchen.',
    secret: 'Aus dem Netz erfährt sie niemand. Eine Angabe, die Sie offenlegen, ist für immer öffentlich.',
    unchecked: 'Dieser Befund hat Angaben einer Art, die diese Version der App nicht kennt. Sie wurden nicht geprüft.',
    unknown: 'Andere Angabe',
    names: {
        kind: 'Art, in den Worten des Verfassers',
        'media-type': 'Dateityp',
        'ciphertext-sha256': 'Fingerabdruck des verschlüsselten Dokuments',
        deidentified: 'Kopie für die Forschung, gemacht nach den Regeln',
        resource: 'Art des Eintrags',
        code: 'Worum es geht',
        category: 'Kategorie',
        status: 'Status',
        year: 'Jahr',
        month: 'Monat',
        value: 'Wert',
        interpretation: 'Bewertung',
        component: 'Teil',
        gender: 'Geschlecht',
        'birth-year': 'Geburtsjahr',
        'birth-decade': 'Geburtsjahrzehnt',
        country: 'Land',
    },
};

/** The texts in the present language. */
export const factTexts = (): typeof en => ({ en, de })[language()];
