// Passkeys. These texts load with their screens, in both languages: a first visit needs none of them.

import type { PasskeyErrorCode } from '../account/account-error.js';
import { language } from './language.svelte.js';

const en = {
    title: 'Unlock with fingerprint, face or PIN',
    lead: 'This device can open your account when it recognises you, as it does to unlock its screen. Your passphrase opens it, too.',
    limit: 'This works on this device only. If you lose the device, only your 12 words bring your records back.',
    confirmLead: 'Enter your passphrase first: nobody else who holds this device may set this up.',
    confirm: 'Continue',
    noBackup: 'You have not written down your 12 words yet. Do that first.',
    backup: 'Write down the 12 words',
    prompts: 'Your device asks you twice: once to make a passkey, and once to try it.',
    setUp: 'Set it up',
    finish: 'Finish the set-up',
    done: 'Your device unlocks this account now.',
    copied: 'Your device can copy this passkey to your cloud account or password manager. Protect that account well: together with the data of this device, the passkey opens your records.',
    toRecords: 'Go to your records',
    later: 'Not now',
    offer: "You can unlock the app with this device's fingerprint, face or PIN.",
    unlock: 'Unlock with fingerprint, face or PIN',
    waiting: 'Waiting for your device…',
    or: 'Or enter your passphrase:',
    settings: "Your device's fingerprint, face or PIN opens this account.",
    remove: 'Remove the passkey',
    removing: 'Removing…',
    removed: (site: string) =>
        `Only your passphrase opens the account now. If your device still lists a passkey for ${site}, delete it there.`,
    problems: {
        passkey_not_confirmed: 'Your device did not confirm that it is you. Try again, or use your passphrase.',
        passkey_gone:
            'Your device did not confirm again. If its passkey for this app was deleted, use your passphrase, then remove the passkey in the settings and set it up again.',
        passkey_unfinished:
            'The passkey is made, but your device has not confirmed it yet. Finish the set-up: it uses the same passkey.',
        passkey_without_prf:
            'The passkeys of this device can not protect an account. Nothing was changed: use your passphrase. If your device lists a passkey for this app, you can delete it there.',
        passkey_unverified:
            'The passkey answered without a check of your fingerprint, face or PIN. So it is not used. Use your passphrase, or a passkey of the device itself.',
        wrong_passkey:
            'This passkey does not open your account. Use your passphrase, then remove the passkey in the settings and set it up again.',
        damaged_passkey_file:
            'What this app keeps for your passkey is damaged. Use your passphrase, then remove the passkey in the settings and set it up again.',
    } satisfies Record<PasskeyErrorCode, string>,
};

const de: typeof en = {
    title: 'Mit Fingerabdruck, Gesicht oder PIN entsperren',
    lead: 'Dieses Gerät kann Ihr Konto öffnen, wenn es Sie erkennt, so wie es seinen Bildschirm entsperrt. Ihre Passphrase öffnet das Konto weiterhin.',
    limit: 'Das gilt nur für dieses Gerät. Wenn Sie das Gerät verlieren, bringen nur Ihre 12 Wörter Ihre Befunde zurück.',
    confirmLead:
        'Geben Sie zuerst Ihre Passphrase ein: Niemand sonst, der dieses Gerät in der Hand hat, darf das einrichten.',
    confirm: 'Weiter',
    noBackup: 'Sie haben Ihre 12 Wörter noch nicht aufgeschrieben. Tun Sie das zuerst.',
    backup: 'Die 12 Wörter aufschreiben',
    prompts: 'Ihr Gerät fragt Sie zweimal: einmal, um einen Passkey anzulegen, und einmal, um ihn auszuprobieren.',
    setUp: 'Einrichten',
    finish: 'Einrichtung abschließen',
    done: 'Ihr Gerät entsperrt jetzt dieses Konto.',
    copied: 'Ihr Gerät kann diesen Passkey in Ihr Cloud-Konto oder Ihren Passwort-Manager kopieren. Schützen Sie dieses Konto gut: Zusammen mit den Daten dieses Geräts öffnet der Passkey Ihre Befunde.',
    toRecords: 'Zu Ihren Befunden',
    later: 'Jetzt nicht',
    offer: 'Sie können die App mit Fingerabdruck, Gesicht oder PIN dieses Geräts entsperren.',
    unlock: 'Mit Fingerabdruck, Gesicht oder PIN entsperren',
    waiting: 'Ihr Gerät wartet auf Sie…',
    or: 'Oder geben Sie Ihre Passphrase ein:',
    settings: 'Fingerabdruck, Gesicht oder PIN Ihres Geräts öffnen dieses Konto.',
    remove: 'Passkey entfernen',
    removing: 'Wird entfernt…',
    removed: (site: string) =>
        `Jetzt öffnet nur noch Ihre Passphrase das Konto. Wenn Ihr Gerät noch einen Passkey für ${site} anzeigt, löschen Sie ihn dort.`,
    problems: {
        passkey_not_confirmed:
            'Ihr Gerät hat nicht bestätigt, dass Sie es sind. Versuchen Sie es noch einmal, oder nehmen Sie Ihre Passphrase.',
        passkey_gone:
            'Ihr Gerät hat wieder nicht bestätigt. Wenn sein Passkey für diese App gelöscht wurde, nehmen Sie Ihre Passphrase. Entfernen Sie dann den Passkey in den Einstellungen, und richten Sie ihn neu ein.',
        passkey_unfinished:
            'Der Passkey ist angelegt, aber Ihr Gerät hat ihn noch nicht bestätigt. Schließen Sie die Einrichtung ab: Sie nutzt denselben Passkey.',
        passkey_without_prf:
            'Die Passkeys dieses Geräts können kein Konto schützen. Nichts wurde geändert: Nehmen Sie Ihre Passphrase. Wenn Ihr Gerät einen Passkey für diese App anzeigt, können Sie ihn dort löschen.',
        passkey_unverified:
            'Der Passkey hat geantwortet, ohne Fingerabdruck, Gesicht oder PIN zu prüfen. Darum wird er nicht benutzt. Nehmen Sie Ihre Passphrase oder einen Passkey des Geräts selbst.',
        wrong_passkey:
            'Dieser Passkey öffnet Ihr Konto nicht. Nehmen Sie Ihre Passphrase. Entfernen Sie dann den Passkey in den Einstellungen, und richten Sie ihn neu ein.',
        damaged_passkey_file:
            'Was diese App für Ihren Passkey aufbewahrt, ist beschädigt. Nehmen Sie Ihre Passphrase. Entfernen Sie dann den Passkey in den Einstellungen, und richten Sie ihn neu ein.',
    },
};

/** The texts in the present language. */
export const passkeyTexts = (): typeof en => ({ en, de })[language()];
