// German: a person's own documents, deleting, history, and what documents show.

import type * as en from '../en/documents.js';

export const own: typeof en.own = {
    title: 'Ein eigenes Dokument hinzufügen',
    lead: 'Ein PDF, ein Bild, ein Text oder eine andere Datei. Eine Ärztin, mit der Sie es teilen, sieht, dass es von Ihnen ist und nicht von einer Klinik.',
    link: 'Ein eigenes Dokument hinzufügen',
};

export const deleting: typeof en.deleting = {
    title: 'Diesen Befund löschen',
    lead: 'Er verschwindet von Ihrer Liste, und sein Dokument wird gelöscht.',
    ask: 'Löschen',
    warningTitle: 'Diesen Befund endgültig löschen?',
    warning:
        'Niemand kann ihn zurückholen, auch Sie nicht. Das verschlüsselte Dokument wird aus seinem Speicher gelöscht, und die QR-Codes und Links des Befunds werden beendet. Ärztinnen, mit denen Sie den Befund geteilt haben, können ihn dort nicht mehr öffnen. Was jemand schon gespeichert hat, bleibt dort. Im öffentlichen Verzeichnis bleibt, dass es den Befund gab.',
    confirm: (cost) => `Endgültig löschen für ${cost}`,
    keep: 'Behalten',
    deleting: 'Der Befund und sein Dokument werden gelöscht…',
    fates: {
        erased: 'Der Befund und sein Dokument sind gelöscht.',
        away: 'Der Befund ist gelöscht. Sein Dokument ist noch nicht gelöscht, weil der Speicher nicht antwortet. Diese App versucht es wieder, wenn Sie das nächste Mal Ihre Befunde öffnen.',
        refused:
            'Der Befund ist gelöscht. Sein Dokument ist noch nicht gelöscht, weil der Speicher es abgelehnt hat. Diese App versucht es wieder, wenn Sie das nächste Mal Ihre Befunde öffnen. Bleibt es so, fragen Sie, wer den Speicher betreibt.',
        no_node:
            'Die Löschung wurde gesendet. Das Dokument ist noch nicht gelöscht, weil das Netz nicht antwortet. Diese App versucht es wieder, wenn Sie das nächste Mal Ihre Befunde öffnen.',
        too_few_nodes:
            'Die Löschung wurde gesendet. Das Dokument ist noch nicht gelöscht, weil zu wenige Rechner des Netzes bestätigen, dass der Befund weg ist. Diese App versucht es wieder, wenn Sie das nächste Mal Ihre Befunde öffnen.',
        nodes_disagree:
            'Die Löschung wurde gesendet. Das Dokument ist noch nicht gelöscht, weil sich die Rechner des Netzes über den Befund widersprechen. Diese App versucht es wieder, wenn Sie das nächste Mal Ihre Befunde öffnen.',
        unconfirmed:
            'Die Löschung wurde gesendet. Das Dokument ist noch nicht gelöscht, weil das Netz nicht bestätigt, dass der Befund weg ist. Diese App versucht es wieder, wenn Sie das nächste Mal Ihre Befunde öffnen.',
        unknown:
            'Der Befund ist gelöscht. Er ließ sich nicht öffnen, deshalb weiß diese App nicht, wo sein Dokument liegt. Bitten Sie die Klinik, es zu löschen.',
    },
    linksEnded: (count) => (count === 1 ? 'Sein Link ist beendet.' : `Seine ${count} Links sind beendet.`),
    linksLeft: (ends) =>
        ends.length === 1
            ? `Ein Link zu einer Kopie ließ sich nicht beenden. Er lässt sich öffnen bis ${ends[0]}.`
            : `${ends.length} Links zu Kopien ließen sich nicht beenden. Sie lassen sich öffnen bis: ${ends.join('; ')}.`,
    linksUnread:
        'Die Liste Ihrer Links ließ sich nicht lesen. Ein Link zu diesem Befund lässt sich bis zu der Zeit öffnen, die Sie gewählt haben. Beenden Sie ihn in der Liste.',
};

export const history: typeof en.history = {
    link: 'Was mit diesem Befund geschah',
    title: 'Was geschah',
    reading: 'Das öffentliche Verzeichnis wird gelesen…',
    empty: 'Das Netz zeigt nichts, was hier geschah.',
    of: 'Adresse',
    events: {
        EncryptionKeySet: 'Schlüssel veröffentlicht',
        RecordCreated: 'Befund geschrieben',
        RecordVerified: 'Befund bestätigt',
        RecordDeleted: 'Befund gelöscht',
        RecordShared: 'Geteilt',
        ShareRevoked: 'Zugang beendet',
        OrderCreated: 'Zum Verkauf gestellt',
        SalesStopped: 'Verkauf angehalten',
        OrderClosed: 'Angebot geschlossen',
        Purchased: 'Gekauft',
        Delivered: 'Geliefert',
        Settled: 'Bezahlt, Schlüssel übergeben',
        Refunded: 'Geld zurückgegeben',
        PurchaseClosed: 'Kauf geschlossen',
        failed: 'Ein Versuch, der misslang und nichts änderte',
        unreadable: 'Etwas, das diese App nicht lesen kann',
    },
    by: 'Von',
    with: 'Mit',
    details: 'Einzelheiten',
    transaction: 'Transaktion',
    checkedTitle: 'Was diese Liste beweist und was nicht',
    agreed: (count) => `${count} Rechner des Netzes zeigen jeden Eintrag gleich.`,
    alone: 'Ein Rechner des Netzes zeigt diese Liste. Er könnte etwas auslassen oder etwas anderes zeigen, als geschah.',
    differs:
        'Die Rechner des Netzes widersprechen sich. Einträge, die nicht alle gleich zeigen, sind gekennzeichnet und können falsch sein.',
    some: 'Nicht alle Rechner des Netzes zeigen das gleich.',
    missing: (count) =>
        count === 1
            ? 'Ein Eintrag steht in der Liste, und das Netz hat seinen Inhalt nicht mehr.'
            : `${count} Einträge stehen in der Liste, und das Netz hat ihren Inhalt nicht mehr.`,
    cut: 'Es gibt ältere Einträge, die nicht gezeigt werden.',
    unchecked:
        'Wer eine Änderung unterschrieben hat, ist das Wort des Netzes. Diese App spielt nicht alle Änderungen nach, um das Ergebnis mit dem jetzigen Stand zu vergleichen. Die Kommandozeile tut das: generion history.',
};

export const rendering: typeof en.rendering = {
    range: 'Referenzbereich',
    outside: 'außerhalb des Referenzbereichs',
    within: 'im Referenzbereich',
};

/** Labels of FHIR's fields. What is not here is shown as FHIR writes it. */
export const labels: typeof en.labels = {
    Status: 'Status',
    Category: 'Art',
    Code: 'Code',
    Subject: 'Person',
    Patient: 'Person',
    Effective: 'Zeitpunkt',
    Issued: 'Ausgestellt',
    Performer: 'Durchgeführt von',
    Value: 'Wert',
    Interpretation: 'Bewertung',
    Note: 'Anmerkung',
    'Body site': 'Körperstelle',
    Method: 'Verfahren',
    'Reference range': 'Referenzbereich',
    'Clinical status': 'Klinischer Status',
    'Verification status': 'Sicherheit',
    Severity: 'Schweregrad',
    Onset: 'Beginn',
    Abatement: 'Ende',
    'Recorded date': 'Erfasst am',
    Recorder: 'Erfasst von',
    Criticality: 'Gefährlichkeit',
    Reaction: 'Reaktion',
    Manifestation: 'Erscheinung',
    Occurrence: 'Zeitpunkt',
    'Vaccine code': 'Impfstoff',
    'Lot number': 'Chargennummer',
    'Expiration date': 'Haltbar bis',
    Manufacturer: 'Hersteller',
    Site: 'Stelle',
    Route: 'Weg',
    'Dose quantity': 'Dosis',
    'Dosage instruction': 'Dosierung',
    'Medication codeable concept': 'Medikament',
    'Authored on': 'Ausgestellt am',
    Requester: 'Verordnet von',
    Intent: 'Absicht',
    Reason: 'Grund',
    'Reason code': 'Grund',
    Conclusion: 'Beurteilung',
    Result: 'Ergebnis',
    Performed: 'Durchgeführt am',
    Name: 'Name',
    Gender: 'Geschlecht',
    'Birth date': 'Geburtsdatum',
    Address: 'Anschrift',
    Telecom: 'Kontakt',
    Type: 'Typ',
    Date: 'Datum',
    Title: 'Titel',
    Description: 'Beschreibung',
    Period: 'Zeitraum',
    Encounter: 'Kontakt',
    Author: 'Verfasst von',
    Language: 'Sprache',
};
