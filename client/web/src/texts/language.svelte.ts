// The language of the app: what the person chose, else the first of the browser's that the app has. The texts of the others
// don't load.

import type { Texts } from './en.js';

/** The app's languages, each by its BCP 47 tag, with their own names. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;

/** A language of the app. */
export type Language = keyof typeof LANGUAGES;

const LOAD: Record<Language, () => Promise<Texts>> = {
    en: async () => (await import('./en.js')).en,
    de: async () => (await import('./de.js')).de,
};

const isLanguage = (tag: string | null | undefined): tag is Language => !!tag && tag in LANGUAGES;
const KEY = 'language';

function firstLanguage(): Language {
    const chosen = localStorage.getItem(KEY);
    if (isLanguage(chosen)) return chosen;
    return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
}

let current = $state.raw<{ language: Language; texts: Texts } | undefined>();

function loaded(): { language: Language; texts: Texts } {
    if (!current) throw new Error('the texts are not loaded yet');
    return current;
}

/** Loads the texts of this person's language. No screen can be shown before. */
export async function loadLanguage(): Promise<void> {
    await change(firstLanguage());
}

/** The texts in the present language. */
export function texts(): Texts {
    return loaded().texts;
}

/** The present language. */
export function language(): Language {
    return loaded().language;
}

/** Changes the language, also for the next visit. If its texts don't load, the present one stays. */
export async function setLanguage(chosen: Language): Promise<void> {
    await change(chosen);
    localStorage.setItem(KEY, chosen);
}

async function change(chosen: Language): Promise<void> {
    current = { language: chosen, texts: await LOAD[chosen]() };
    document.documentElement.lang = chosen;
}
