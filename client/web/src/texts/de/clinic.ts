// German: a clinic's patients, writing documents, invitations.

import type * as en from '../en/clinic.js';

export const clinic: typeof en.clinic = {
    title: 'Ihre Patienten',
    lead: 'Personen, für die Sie Befunde geschrieben haben.',
    search: 'Nach Name oder Adresse suchen',
    reading: 'Ihre Patienten werden gesucht…',
    empty: 'Sie haben noch keine Befunde geschrieben. Laden Sie jemanden ein, oder schreiben Sie an eine Adresse, die Ihnen jemand gegeben hat.',
    noneFound: 'Niemand hat diesen Namen oder diese Adresse.',
    newPatient: 'Für jemand Neuen schreiben',
    address: 'Die Adresse der Person',
    addressHint: 'Die Person findet sie in der App unter „Ihre Adresse“',
    noAddress: 'Geben Sie die Adresse ein, wie die Person sie Ihnen gegeben hat: 32 bis 44 Buchstaben und Ziffern',
    open: 'Weiter',
    folder: 'Einen Ordner schreiben, mit einem Unterordner für jede Person',
    invite: 'Jemanden einladen',
    records: (count) => (count === 1 ? '1 Befund' : `${count} Befunde`),
    unverified: (count) => (count === 1 ? '1 noch nicht bestätigt' : `${count} noch nicht bestätigt`),
    allVerified: 'alle bestätigt',
    back: 'Zurück zu Ihren Patienten',
    patient: 'Patient',
    name: 'Name auf diesem Gerät',
    nameHint: 'Nur Sie sehen ihn. Er wird verschlüsselt aufbewahrt.',
    saveName: 'Namen speichern',
    saved: 'Gespeichert.',
    write: 'Dokumente für diese Person schreiben',
    written: 'Was Sie geschrieben haben',
    noRecords: 'Sie haben für diese Person noch keinen Befund geschrieben.',
    verified: 'Von der Person bestätigt',
    notVerified: 'Noch nicht bestätigt',
    withdraw: 'Zurückziehen',
    withdrawFrom: (time) => `Ab ${time} können Sie ihn zurückziehen, wenn die Person ihn bis dahin nicht bestätigt.`,
    withdrawTitle: 'Diesen Befund zurückziehen?',
    withdrawWarning:
        'Die Person verliert diesen Befund, und Sie können ihn nicht zurückholen. Sein verschlüsseltes Dokument bleibt im Speicher: Nur die Person kann es löschen. Wenn die Person es geöffnet hat, kann sie eine Kopie behalten haben.',
    withdrawNow: (cost) => `Zurückziehen für ${cost}`,
    withdrawing: 'Der Befund wird zurückgezogen…',
    keep: 'Behalten',
    history: 'Verlauf',
};

export const writing: typeof en.writing = {
    title: 'Dokumente schreiben',
    forPatient: 'Für',
    leadFolder:
        'Wählen Sie einen Ordner, der für jede Person einen Unterordner hat. Der Name eines Unterordners ist die Adresse der Person.',
    leadPatient: 'Alle Dokumente, die Sie wählen, sind für diese Person.',
    files: 'Dokumente wählen',
    folder: 'Ordner wählen',
    drop: 'Oder ziehen Sie Dokumente oder einen Ordner hierher.',
    looking: 'Die Dokumente werden angesehen…',
    nothing: 'In dem, was Sie gewählt haben, sind keine Dokumente.',
    noAddress: (names) =>
        `Diese Namen sind keine Adressen, deshalb weiß niemand, für wen die Dokumente sind: ${names}. Nichts wurde gesendet. Benennen Sie jeden Unterordner nach der Adresse einer Person.`,
    review: 'Prüfen Sie, bevor Sie schreiben',
    toWrite: 'Dokumente, die geschrieben werden',
    before: 'Schon geschrieben, wird nicht noch einmal geschrieben',
    corrected: 'Geändert, seit Sie sie geschrieben haben. Jedes wird ein neuer Befund, der frühere bleibt',
    skipped: 'Ausgelassen, weil sie leer sind oder sich nicht lesen lassen',
    size: 'Größe',
    allWritten: 'Alle diese Dokumente sind schon geschrieben.',
    consent:
        'Jedes Dokument wird auf diesem Gerät für die Person verschlüsselt. Alle können sehen, dass Sie einen Befund für diese Adresse geschrieben haben und wann. Niemand sonst kann sehen, was darin steht.',
    consentOwn:
        'Das Dokument wird auf diesem Gerät verschlüsselt, und nur Sie können es öffnen. Alle können sehen, dass Ihre Adresse einen Befund mehr hat, der von Ihnen ist.',
    confirm: (count, cost) =>
        count === 1 ? `1 Dokument schreiben für ${cost}` : `${count} Dokumente schreiben für ${cost}`,
    again: 'Etwas anderes wählen',
    running: (done, total) => `${done} von ${total} geschrieben`,
    encrypting: 'Wird auf diesem Gerät verschlüsselt',
    uploading: 'Wird zum Speicher gesendet',
    confirming: 'Das Netz wird abgewartet',
    meanwhile: 'Sie können inzwischen ein anderes Fenster benutzen. Lassen Sie diese Seite offen.',
    stop: 'Anhalten',
    stopped: 'Angehalten. Was geschrieben ist, bleibt geschrieben.',
    goOn: 'Mit dem Rest weitermachen',
    failed: 'Nicht geschrieben',
    done: (count) => (count === 1 ? '1 Dokument ist geschrieben.' : `${count} Dokumente sind geschrieben.`),
    doneBefore: (count) => (count === 1 ? '1 war schon geschrieben.' : `${count} waren schon geschrieben.`),
    unfinished: (done, total) =>
        `Beim letzten Mal wurden ${done} von ${total} Dokumenten geschrieben, bevor es endete. Wählen Sie dieselben Dokumente oder denselben Ordner noch einmal: Was geschrieben ist, wird nicht noch einmal geschrieben.`,
    forget: 'Ich will damit nicht weitermachen',
    more: 'Weitere Dokumente schreiben',
};

export const invite: typeof en.invite = {
    title: 'Jemanden einladen',
    lead: 'Geben Sie diesen Link weiter, auf Papier oder in einer Nachricht. Er enthält Ihre Adresse und Ihren Namen und nichts Geheimes.',
    name: 'Der Name Ihrer Klinik, wie Patienten ihn kennen',
    make: 'Link erstellen',
    noName: 'Geben Sie einen Namen ein',
    link: 'Link für Ihre Patienten',
    copy: 'Link kopieren',
    copied: 'Kopiert.',
    next: 'Die Person öffnet ihn, legt ein Konto an und gibt Ihnen eine Adresse. An diese Adresse schreiben Sie Befunde.',
    openedTitle: (name) => `${name} lädt Sie ein`,
    openedLead: (name) =>
        `${name} möchte Ihnen Befunde schicken. Nur Sie können sie öffnen. Legen Sie ein Konto an, machen Sie es bereit, und geben Sie ${name} Ihre Adresse.`,
    claim: 'Dieser Name steht im Link. Wer den Link gemacht hat, hat ihn geschrieben: Machen Sie nur weiter, wenn Sie den Link von Ihrer Klinik haben.',
    start: 'Beginnen',
    damaged: 'Dieser Link ist nicht vollständig. Bitten Sie Ihre Klinik noch einmal darum.',
    waitingTitle: (name) => `${name} wartet auf Ihre Adresse`,
    waiting: (name) =>
        `Zeigen Sie ${name} diese Adresse, oder schicken Sie sie. Die Befunde erscheinen hier von selbst.`,
    copyAddress: 'Meine Adresse kopieren',
    hide: 'Ausblenden',
};
