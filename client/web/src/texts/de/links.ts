// German: QR codes and links for people without an account, the page that opens them, and reading QR codes.

import type {
    links as enLinks,
    linkProblems as enProblems,
    scanning as enScanning,
    viewer as enViewer,
} from '../en/links.js';

export const links: typeof enLinks = {
    title: 'Einer Ärztin zeigen',
    recordTitle: 'Mit QR-Code oder Link',
    recordLead:
        'Die Ärztin scannt einen Code oder öffnet einen Link und braucht kein Konto. Nichts davon wird öffentlich.',
    make: 'QR-Code erstellen',
    lead: 'Diese App macht eine verschlüsselte Kopie des Befunds. Alle, die den Code oder den Link haben, können die Kopie lesen, bis die Zeit um ist.',
    kept: 'Sie können das früher beenden. Was die Ärztin bis dahin behalten hat, können Sie nicht zurückholen.',
    until: 'Wie lange kann man sie öffnen?',
    durations: { hour: 'Eine Stunde', day: 'Einen Tag', week: 'Eine Woche', month: '30 Tage' },
    create: 'QR-Code zeigen',
    making: 'Die Kopie wird verschlüsselt und hochgeladen…',
    codeTitle: 'Lassen Sie die Ärztin diesen Code scannen',
    codeLabel: 'QR-Code des Links',
    ends: (moment: string) => `Man kann sie bis ${moment} öffnen.`,
    label: (kind: string, moment: string) => `${kind}, bis ${moment}`,
    linkLabel: 'Oder schicken Sie der Ärztin diesen Link',
    careful: 'Schicken Sie ihn sonst niemandem: Alle, die ihn haben, können den Befund lesen.',
    copy: 'Link kopieren',
    copied: 'Der Link ist kopiert.',
    notCopied: 'Dieser Browser hat nichts kopiert. Markieren Sie den Link oben, und kopieren Sie ihn selbst.',
    end: 'Jetzt beenden',
    endOne: 'Beenden',
    ending: 'Die Kopie wird gelöscht…',
    ended: 'Der Code und der Link öffnen nichts mehr.',
    listTitle: 'Ihre QR-Codes und Links',
    listLead: 'Jeder davon öffnet die Kopie eines Befunds, auch die, die Sie auf einem anderen Gerät erstellt haben.',
    none: 'Zurzeit gibt es keine.',
    show: 'Noch einmal zeigen',
    unnamed: 'Kopie eines Befunds',
    reading: 'Ihre QR-Codes und Links werden gesucht…',
    notRead:
        'Ein Ort, an dem Kopien liegen, hat nicht geantwortet. Deshalb können hier welche fehlen. Sehen Sie später noch einmal nach.',
    all: 'Alle Ihre QR-Codes und Links',
    back: 'Zurück zum Befund',
};

export const viewer: typeof enViewer = {
    title: 'Ein Befund für Sie',
    reading: 'Der Befund wird geholt und entschlüsselt…',
    readingLonger: 'Große Dokumente können eine Minute brauchen. Sie können diese Seite so lange offen lassen.',
    ends: (moment: string) => `Diesen Link kann man bis ${moment} öffnen. Speichern Sie bis dahin, was Sie brauchen.`,
    endless: 'Dieser Link sagt nicht, wann er endet.',
    changes: 'Wohin dieser Link führt, kann sich ändern.',
    again: 'Noch einmal nachsehen',
    unchecked:
        'Diese Seite zeigt, wohin der Link führt. Sie prüft nicht, wer das geschrieben hat: Fragen Sie die Person, die Ihnen den Link gegeben hat.',
    card: 'Von einer SMART Health Card. Ihre Unterschrift wurde hier nicht geprüft.',
    access: 'Dieser Link gibt auch Zugang zu einem Server, den diese Seite nicht benutzt.',
    nothing: 'Hinter diesem Link liegt kein Dokument.',
    passcodeTitle: 'Dieser Link hat einen Zugangscode',
    passcode: 'Zugangscode',
    passcodeHint: 'Die Person, die Ihnen den Link gegeben hat, kennt ihn.',
    noPasscode: 'Geben Sie den Zugangscode ein',
    open: 'Öffnen',
    remaining: (count: number) =>
        count === 1
            ? 'Sie können es noch einmal versuchen.'
            : count === 0
              ? 'Der Link ist jetzt geschlossen.'
              : `Sie können es noch ${count}-mal versuchen.`,
    endedOn: (moment: string) => `Er endete am ${moment}.`,
    whatNow: 'Was Sie jetzt tun können',
    askPatient:
        'Bitten Sie die Person, die Ihnen den Link gegeben hat, um einen neuen. In dieser App dauert das eine Minute: den Befund öffnen, auf „QR-Code erstellen“ tippen.',
    askOther: 'Wenn ein Krankenhaus oder eine Behörde den Link gemacht hat, fragen Sie dort.',
    print: 'Drucken',
};

export const linkProblems: typeof enProblems = {
    busy: 'Der Ort, an dem dieser Befund liegt, ist überlastet. Warten Sie eine Minute, und versuchen Sie es noch einmal.',
    damaged:
        'Wohin dieser Link führt, ist beschädigt oder gehört zu einem anderen Link. Bitten Sie um einen neuen Link.',
    expired: 'Dieser Link ist abgelaufen.',
    inactive:
        'Dieser Link öffnet nichts mehr. Seine Zeit ist um, oder die Person, die ihn gemacht hat, hat ihn beendet.',
    invalid_label: 'Der Name dieses Befunds ist zu lang für einen Link.',
    not_allowed:
        'Dieser Link führt zu einer Adresse, die diese App nicht fragt, weil sie eine Falle sein könnte. Bitten Sie um einen neuen Link.',
    not_a_link: 'Das ist kein vollständiger Link. Scannen Sie den Code noch einmal, oder kopieren Sie den ganzen Link.',
    newer_version:
        'Diese Art von Link ist neuer als diese App. Aktualisieren Sie die App, und versuchen Sie es noch einmal.',
    no_store: 'Diese App hat keinen Ort für eine Kopie. Bitten Sie die Betreiber, einen Speicher einzutragen.',
    passcode_needed: 'Geben Sie den Zugangscode ein.',
    store_address:
        'Die Adresse, an der Kopien liegen, ist zu lang für einen Link. Bitten Sie die Betreiber dieser App, einen anderen Speicher zu wählen.',
    store_refused:
        'Der Ort, an dem Kopien liegen, hat das nicht getan. Nichts wurde geändert. Versuchen Sie es später noch einmal.',
    too_large: 'Dieses Dokument ist zu groß für einen Link. Speichern Sie es, und geben Sie es auf anderem Weg weiter.',
    unreachable:
        'Der Ort, an dem dieser Befund liegt, antwortet nicht oder lässt keinen Browser ein. Prüfen Sie Ihre Verbindung, und versuchen Sie es noch einmal.',
    wrong_passcode: 'Das ist nicht der Zugangscode dieses Links.',
};

export const scanning: typeof enScanning = {
    title: 'QR-Code scannen',
    scan: 'QR-Code der Adresse scannen',
    close: 'Schließen',
    starting: 'Die Kamera startet. Ihr Browser fragt Sie vielleicht um Erlaubnis.',
    hold: 'Halten Sie den Code vor die Kamera.',
    noCamera:
        'Es gibt keine Kamera, oder dieser Browser erlaubt sie nicht. Tippen Sie die Adresse ein, oder fügen Sie sie ein.',
    noAddress: 'Dieser Code enthält keine Adresse. Scannen Sie den, den die App unter „Ihre Adresse“ zeigt.',
    own: 'QR-Code Ihrer Adresse',
    show: 'Als QR-Code zeigen',
    hide: 'QR-Code verbergen',
};
