// Screens by the part of the address behind `#`, which no web server sees.

/** The screens, each by its name in the address. */
export const SCREENS = ['welcome', 'create', 'restore', 'unlock', 'home', 'backup', 'settings', 'promises'] as const;

/** A screen of the app. */
export type Screen = (typeof SCREENS)[number];

const named = (hash: string): Screen | undefined => SCREENS.find((screen) => `#/${screen}` === hash);

let current = $state<Screen | undefined>(named(location.hash));

addEventListener('hashchange', () => {
    current = named(location.hash);
});

/** The screen that the address names; `undefined`: the first one for this person. */
export function screen(): Screen | undefined {
    return current;
}

/** Shows a screen. */
export function show(next: Screen): void {
    location.hash = `#/${next}`;
}

/** The address of a screen, for a link. */
export const linkTo = (next: Screen): string => `#/${next}`;
