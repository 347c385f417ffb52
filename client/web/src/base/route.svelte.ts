// Screens by the part of the address behind `#`, which no web server sees.

/** The screens, each by its name in the address. */
export const SCREENS = [
    'welcome',
    'create',
    'restore',
    'unlock',
    'wallet',
    'home',
    'record',
    'shared',
    'shared-record',
    'market',
    'order',
    'buy',
    'purchases',
    'purchase',
    'purchased-record',
    'sell',
    'sales',
    'clinic',
    'patient',
    'write',
    'make-invitation',
    'invite',
    'own-document',
    'history',
    'backup',
    'passkey',
    'settings',
    'remove-account',
    'sample',
    'promises',
    'report',
    'link',
    'links',
    'viewer',
] as const;

/** A screen of the app. */
export type Screen = (typeof SCREENS)[number];

/** The screens about this device. Few people need them, so they load when they are needed. */
const OF_DEVICE = ['remove-account', 'sample'] as const;

/** A screen about this device. */
export type DeviceScreen = (typeof OF_DEVICE)[number];

/** Whether a screen is one about this device. */
export const isOfDevice = (screen: Screen | undefined): screen is DeviceScreen =>
    OF_DEVICE.some((one) => one === screen);

/** The screens of buyers, which load when they are needed. */
const OF_BUYERS = ['market', 'order', 'buy', 'purchases', 'purchase', 'purchased-record'] as const;

/** A screen of buyers. */
export type BuyerScreen = (typeof OF_BUYERS)[number];

/** Whether a screen is one of buyers. */
export const isOfBuyer = (screen: Screen | undefined): screen is BuyerScreen => OF_BUYERS.some((one) => one === screen);

/** The screens of sellers, which load when they are needed. */
const OF_SELLERS = ['sell', 'sales'] as const;

/** A screen of sellers. */
export type SellerScreen = (typeof OF_SELLERS)[number];

/** Whether a screen is one of sellers. */
export const isOfSeller = (screen: Screen | undefined): screen is SellerScreen =>
    OF_SELLERS.some((one) => one === screen);

const OF_WRITERS = ['clinic', 'patient', 'write', 'make-invitation', 'own-document', 'history'] as const;

/** A screen of those who write records, which loads when it is needed. */
export type WriterScreen = (typeof OF_WRITERS)[number];

/** Whether a screen is one of those who write records. */
export const isOfWriter = (screen: Screen | undefined): screen is WriterScreen =>
    OF_WRITERS.some((one) => one === screen);

type Place = { screen: Screen | undefined; subject: string };

/**
 * `#/record/ADDRESS` is the screen `record` with its subject. `#shlink:/…` is a health link, for which the page was opened
 * as
 * a viewer.
 */
function placeOf(hash: string): Place {
    if (hash.startsWith('#shlink:/')) return { screen: 'viewer', subject: hash.slice(1) };
    const [, name, ...rest] = hash.split('/');
    return { screen: SCREENS.find((screen) => screen === name), subject: rest.join('/') };
}

let current = $state.raw<Place>(placeOf(location.hash));

addEventListener('hashchange', () => {
    current = placeOf(location.hash);
});

/** The screen that the address names; `undefined`: the first one for this person. */
export function screen(): Screen | undefined {
    return current.screen;
}

/**
 * The subject of the screen: the address of a record, for example. It comes from the link, so that a stranger may have
 * written it.
 */
export function subject(): string {
    return current.subject;
}

/** Shows a screen. */
export function show(next: Screen, about?: string): void {
    location.hash = linkTo(next, about);
}

/** The address of a screen, for a link. */
export const linkTo = (next: Screen, about?: string): string => (about ? `#/${next}/${about}` : `#/${next}`);
