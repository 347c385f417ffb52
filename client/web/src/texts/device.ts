// Screens about this device: removing an account, and sample records. These texts load with their screens, in both languages:
// a first visit needs none of them.

import { language } from './language.svelte.js';

const en = {
    removing: {
        title: 'Remove this account from this device',
        looking: 'Looking for open sales…',
        noBackup:
            'You have not written down your 12 words. After this, nobody can bring your records and your money back, and you neither.',
        sales: 'You have offers or sales that this device delivers. Withdraw the offers and wait for the sales first. Otherwise the buyers get their money back.',
        salesUncertain:
            'The network does not say now whether you have open sales. If you have, this device can not deliver them after this.',
        goneTitle: 'What is removed from this device',
        gone: [
            'Your account and its passkey. The passphrase opens nothing here any more.',
            'Documents that this device keeps for times without a connection.',
            'The names that you gave to addresses.',
        ],
        staysTitle: 'What stays',
        stays: [
            'Your records, where they are stored, and who has access to them. To delete a record, open it and delete it first.',
            'Your money at your address.',
            'Receipts of purchases and saved offers on this device. They open nothing without your 12 words. To remove them, too, delete the data of this site in the settings of the browser.',
            'With your 12 words, you can restore the account on any device.',
        ],
        passphraseHint: 'The app asks for it again, so that nobody else removes your account.',
        wrong: 'This is not the passphrase of this account. Nothing was removed.',
        button: 'Remove the account',
        keep: 'Keep it',
        working: 'Removing the account…',
        done: 'The account is not on this device any more.',
        toStart: 'Go to the start',
    },
    sample: {
        bannerTitle: 'Sample data: nothing here is real',
        banner: 'These records are examples. No such patient exists, and none of them is about you.',
        leave: 'Leave the sample',
        title: 'Sample records',
        lead: 'This is how the app shows records that a clinic has sent. Open one to read it.',
        one: 'Sample',
        back: 'Back to the sample records',
        more: 'With an account, you verify, share, sell and delete your own records here.',
    },
};

const de: typeof en = {
    removing: {
        title: 'Dieses Konto von diesem Gerät entfernen',
        looking: 'Die App sucht nach offenen Verkäufen…',
        noBackup:
            'Sie haben Ihre 12 Wörter nicht aufgeschrieben. Danach kann niemand Ihre Befunde und Ihr Geld zurückbringen, auch Sie nicht.',
        sales: 'Sie haben Angebote oder Verkäufe, die dieses Gerät liefert. Ziehen Sie zuerst die Angebote zurück, und warten Sie die Verkäufe ab. Sonst bekommen die Käufer ihr Geld zurück.',
        salesUncertain:
            'Das Netz sagt gerade nicht, ob Sie offene Verkäufe haben. Falls ja, kann dieses Gerät sie danach nicht mehr liefern.',
        goneTitle: 'Was von diesem Gerät entfernt wird',
        gone: [
            'Ihr Konto und sein Passkey. Die Passphrase öffnet hier nichts mehr.',
            'Dokumente, die dieses Gerät für Zeiten ohne Verbindung aufbewahrt.',
            'Die Namen, die Sie Adressen gegeben haben.',
        ],
        staysTitle: 'Was bleibt',
        stays: [
            'Ihre Befunde, wo sie gespeichert sind, und wer Zugang zu ihnen hat. Wenn Sie einen Befund löschen wollen, öffnen und löschen Sie ihn vorher.',
            'Ihr Geld bei Ihrer Adresse.',
            'Quittungen von Käufen und gespeicherte Angebote auf diesem Gerät. Ohne Ihre 12 Wörter öffnen sie nichts. Wenn Sie auch diese entfernen wollen, löschen Sie die Daten dieser Website in den Einstellungen des Browsers.',
            'Mit Ihren 12 Wörtern können Sie das Konto auf jedem Gerät wiederherstellen.',
        ],
        passphraseHint: 'Die App fragt noch einmal danach, damit niemand anderes Ihr Konto entfernt.',
        wrong: 'Das ist nicht die Passphrase dieses Kontos. Nichts wurde entfernt.',
        button: 'Konto entfernen',
        keep: 'Behalten',
        working: 'Das Konto wird entfernt…',
        done: 'Das Konto ist nicht mehr auf diesem Gerät.',
        toStart: 'Zum Anfang',
    },
    sample: {
        bannerTitle: 'Beispieldaten: Nichts hier ist echt',
        banner: 'Diese Befunde sind Beispiele. Diese Patienten gibt es nicht, und keiner dieser Befunde handelt von Ihnen.',
        leave: 'Beispiele verlassen',
        title: 'Beispielbefunde',
        lead: 'So zeigt die App Befunde, die eine Klinik geschickt hat. Öffnen Sie einen, um ihn zu lesen.',
        one: 'Beispiel',
        back: 'Zurück zu den Beispielen',
        more: 'Mit einem Konto bestätigen, teilen, verkaufen und löschen Sie hier Ihre eigenen Befunde.',
    },
};

/** The texts in the present language. */
export const deviceTexts = (): typeof en => ({ en, de })[language()];
