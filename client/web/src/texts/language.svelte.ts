// The language of the app: what the person chose, else the first of the browser's that the app has.

import { de } from './de.js';
import { en, type Texts } from './en.js';

/** The app's languages, each by its BCP 47 tag. */
export const LANGUAGES = { en, de } as const satisfies Record<string, Texts>;

/** A language of the app. */
export type Language = keyof typeof LANGUAGES;

const isLanguage = (tag: string | null | undefined): tag is Language => !!tag && tag in LANGUAGES;
const KEY = 'language';

function firstLanguage(): Language {
    const chosen = localStorage.getItem(KEY);
    if (isLanguage(chosen)) return chosen;
    return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
}

let current = $state<Language>(firstLanguage());

/** The texts in the present language. */
export function texts(): Texts {
    return LANGUAGES[current];
}

/** The present language. */
export function language(): Language {
    return current;
}

/** Changes the language, also for the next visit. */
export function setLanguage(chosen: Language): void {
    current = chosen;
    localStorage.setItem(KEY, chosen);
    document.documentElement.lang = chosen;
}
