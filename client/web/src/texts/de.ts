// German.

import { report, whoLearns } from './de/about.js';
import { clinic, invite, writing } from './de/clinic.js';
import { deleting, history, labels, own, rendering } from './de/documents.js';
import { linkProblems, links, scanning, viewer } from './de/links.js';
import * as buyer from './de/market.js';
import { offline } from './de/offline.js';
import { selling } from './de/selling.js';
import { shown } from './de/shown.js';
import { wallets } from './de/wallets.js';
import type { Texts } from './en.js';

export const de: Texts = {
    app: {
        name: 'Generion',
        skipToContent: 'Zum Inhalt',
        menu: 'Menü',
        records: 'Befunde',
        shared: 'Mit Ihnen geteilt',
        back: 'Zurück',
        market: 'Markt',
        working: 'Einen Moment…',
        details: 'Einzelheiten',
        problem: 'Es gibt ein Problem',
        unexpected:
            'Es ist etwas schiefgegangen, womit diese App nicht gerechnet hat. Laden Sie die Seite neu, und sehen Sie nach, was da ist, bevor Sie es noch einmal versuchen.',
        locked: 'Die App hat sich gesperrt. Geben Sie Ihre Passphrase ein.',
        noConfiguration:
            'Diese App konnte nicht starten. Prüfen Sie Ihre Verbindung, und versuchen Sie es noch einmal.',
        noRoom: 'Auf diesem Gerät ist kein Platz mehr, deshalb wurde nichts gespeichert. Entfernen Sie Dateien oder Apps, die Sie nicht brauchen, und versuchen Sie es dann noch einmal.',
        showMore: (count: number, left: number) => `${count} von ${left} weiteren anzeigen`,
        again: 'Noch einmal versuchen',
    },
    update: {
        title: 'Eine neue Version dieser App',
        ready: 'Sie ist schon auf Ihrem Gerät. Die Seite lädt neu und fragt nach Ihrer Passphrase, falls die App offen war.',
        elsewhere:
            'Ein anderes Fenster dieser App nutzt sie schon. Laden Sie diese Seite neu, wenn Sie hier fertig sind.',
        take: 'Neue Version nutzen',
        later: 'Später',
    },
    welcome: {
        title: 'Ihre Gesundheitsdaten, in Ihrer Hand',
        lead: 'Kliniken schicken Befunde an Sie, und nur Sie können sie öffnen. Sie entscheiden, welche Ärztin einen sieht.',
        create: 'Konto anlegen',
        restore: 'Ich habe schon ein Konto',
        wallet: 'Wallet-App verwenden',
        promises: 'Was diese App verspricht und was nicht',
    },
    passphrase: {
        title: 'Wählen Sie eine Passphrase',
        lead: 'Sie öffnet die App auf diesem Gerät. Vier Wörter, die nicht zusammengehören, merkt man sich leicht und errät sie schwer.',
        label: 'Passphrase',
        hint: 'Mindestens 10 Zeichen',
        show: 'Anzeigen',
        hide: 'Verbergen',
        tooShort: 'Geben Sie mindestens 10 Zeichen ein',
        weak: 'Diese Passphrase ist leicht zu erraten. Nehmen Sie vier Wörter, die nicht zusammengehören.',
        creating: 'Ihr Konto wird angelegt…',
        create: 'Mein Konto anlegen',
    },
    unlock: {
        title: 'Willkommen zurück',
        button: 'Entsperren',
        unlocking: 'Wird entsperrt…',
        wrong: 'Das ist nicht die Passphrase dieses Kontos. Versuchen Sie es noch einmal, oder stellen Sie das Konto aus seinen 12 Wörtern wieder her.',
        forgotten: 'Aus den 12 Wörtern wiederherstellen',
        account: 'Konto',
    },
    restore: {
        title: 'Konto wiederherstellen',
        lead: 'Nehmen Sie die 12 Wörter, die Sie aufgeschrieben haben, oder die Kontodatei, die Sie gespeichert haben.',
        words: 'Die 12 Wörter',
        wordsHint: 'In ihrer Reihenfolge, mit Leerzeichen dazwischen',
        file: 'Oder eine Kontodatei',
        filePassphrase: 'Die Passphrase der Datei',
        newPassphrase: 'Eine Passphrase für dieses Gerät',
        button: 'Wiederherstellen',
        restoring: 'Ihr Konto wird wiederhergestellt…',
        nothing: 'Geben Sie die 12 Wörter ein, oder wählen Sie eine Kontodatei',
    },
    backup: {
        title: 'Schreiben Sie diese 12 Wörter auf',
        lead: 'Wenn Sie dieses Gerät verlieren oder die Passphrase vergessen, bringen nur diese Wörter Ihre Befunde zurück. Niemand kann sie Ihnen noch einmal schicken.',
        warning:
            'Wer diese Wörter liest, kann alle Ihre Befunde lesen. Tippen Sie sie nie in einen Chat, eine E-Mail oder ein Formular.',
        written: 'Ich habe sie aufgeschrieben',
        later: 'Später',
        checkTitle: 'Prüfen Sie Ihre Sicherung',
        checkLead: 'Tippen Sie zwei der Wörter von Ihrem Papier ab.',
        word: (position: number) => `Wort ${position}`,
        check: 'Prüfen',
        wrong: 'Mindestens eines dieser Wörter steht nicht an seiner Stelle. Sehen Sie noch einmal auf Ihr Papier.',
        show: 'Die Wörter noch einmal zeigen',
        confirmTitle: 'Geben Sie Ihre Passphrase ein',
        confirmLead:
            'Die App fragt noch einmal danach, bevor sie Ihre 12 Wörter zeigt, denn diese Wörter öffnen Ihre Befunde.',
        confirm: 'Meine Wörter zeigen',
        bannerTitle: 'Ihr Konto ist nicht gesichert',
        banner: 'Wenn Sie dieses Gerät verlieren, verlieren Sie Ihre Befunde.',
        bannerButton: 'Jetzt sichern',
        saveFile: 'Kontodatei speichern',
    },
    home: {
        title: 'Ihre Befunde',
        reading: 'Ihre Befunde werden gesucht…',
        emptyTitle: 'Noch keine Befunde',
        empty: 'Zeigen Sie Ihrer Klinik diese Adresse. Was die Klinik Ihnen schickt, erscheint hier.',
        address: 'Ihre Adresse',
        again: 'Noch einmal suchen',
        activateTitle: 'Bereit für Befunde werden',
        activate: (cost: string) =>
            `Eine Klinik braucht Ihren öffentlichen Schlüssel, bevor sie Ihnen einen Befund schicken kann. Ihn zu veröffentlichen kostet ${cost}.`,
        activateNoMoney: (cost: string) =>
            `Eine Klinik braucht Ihren öffentlichen Schlüssel, bevor sie Ihnen einen Befund schicken kann. Ihn zu veröffentlichen kostet ${cost}, und Ihr Konto hat weniger. Bitten Sie Ihre Klinik, das zu bezahlen, und zeigen Sie ihr diese Adresse:`,
        activateSponsored: (host: string) =>
            `Eine Klinik braucht Ihren öffentlichen Schlüssel, bevor sie Ihnen einen Befund schicken kann. ${host} bezahlt die Veröffentlichung. Sie bezahlen nichts.`,
        activateButton: 'Meinen Schlüssel veröffentlichen',
        activating: 'Ihr Schlüssel wird veröffentlicht…',
        foreign:
            'Der öffentliche Schlüssel Ihrer Adresse gehört nicht zu diesem Konto. Jemand anderes könnte lesen, was Kliniken Ihnen schicken. Veröffentlichen Sie einen neuen Schlüssel.',
    },
    record: {
        new: 'Neu: noch nicht geprüft',
        verified: 'Von Ihnen bestätigt',
        selfIssued: 'Von Ihnen geschrieben',
        unreadable: 'Lässt sich nicht öffnen',
        from: 'Von',
        date: 'Datum',
        signed: 'Vom Absender unterschrieben',
        notSigned: 'Vom Absender nicht unterschrieben',
        checking: 'Der Befund wird geöffnet und geprüft…',
        meanwhile: 'Ein großes Dokument braucht eine Weile. Sie können diese Seite verlassen und später wiederkommen.',
        back: 'Zurück zu Ihren Befunden',
        checkTitle: 'Ist das Ihrer, und stimmt er?',
        check: 'Lesen Sie den Befund. Wenn es um Sie geht und Sie ihn behalten wollen, bestätigen Sie ihn: Dann können andere sich darauf verlassen.',
        verify: (cost: string) => `Bestätigen für ${cost}`,
        sponsored: (host: string) => `${host} bezahlt das. Sie bezahlen nichts.`,
        verifySponsored: 'Für 0 SOL bestätigen',
        verifying: 'Der Befund wird bestätigt…',
        public: 'Ihre Unterschrift unter diesem Befund wird öffentlich. Was darin steht, bleibt geheim.',
        save: 'Dokument speichern',
        notShown:
            'Diese App kann Dokumente dieser Art nicht anzeigen. Speichern Sie das Dokument, um es in einer anderen App zu öffnen.',
        kinds: {
            Observation: 'Messwert',
            Condition: 'Diagnose',
            Immunization: 'Impfung',
            AllergyIntolerance: 'Allergie',
            MedicationRequest: 'Rezept',
            DiagnosticReport: 'Bericht',
            Procedure: 'Eingriff',
            CarePlan: 'Behandlungsplan',
            Patient: 'Angaben zur Person',
            Bundle: 'Sammlung von Befunden',
        },
        document: 'Dokument',
    },
    selling,
    shown,
    sharing: {
        title: 'Mit einer Ärztin teilen',
        lead: 'Die Ärztin kann diesen Befund dann lesen. Sie können das beenden: Dann verschwindet er von der Liste der Ärztin. Was die Ärztin behalten hat, können Sie nicht zurückholen.',
        review: 'Prüfen Sie, bevor Sie teilen',
        public: 'Alle können sehen, dass Ihre Adresse einen Befund mit dieser teilt und bis wann. Was darin steht, bleibt unter Ihnen.',
        confirm: (cost: string) => `Teilen für ${cost}`,
        change: 'Etwas ändern',
        preparing: 'Der Schlüssel dieser Adresse wird gesucht…',
        recipient: 'Die Adresse der Ärztin',
        recipientHint: 'Die Ärztin findet sie in der App unter „Ihre Adresse“',
        noAddress: 'Geben Sie die Adresse ein, wie die Ärztin sie Ihnen gegeben hat: 32 bis 44 Buchstaben und Ziffern',
        until: 'Wie lange?',
        durations: {
            day: 'Einen Tag',
            week: 'Eine Woche',
            month: 'Einen Monat',
            year: 'Ein Jahr',
            always: 'Bis ich es beende',
        },
        button: 'Weiter',
        sharing: 'Der Befund wird geteilt…',
        accessTitle: 'Wer Zugang hat',
        nobody: 'Niemand außer Ihnen.',
        doubts: {
            nodes_disagree:
                'Die Rechner des Netzes sind sich über diese Liste nicht einig. Hier kann etwas fehlen. Sehen Sie später noch einmal nach.',
            unanswered:
                'Das Netz sagt nicht, ob alle Ihre Zugänge noch bestehen. Hier kann etwas fehlen. Sehen Sie später noch einmal nach.',
            gateway_alone:
                'Nur der Server Ihrer Klinik zeigt diese Liste, und kein Rechner des Netzes bestätigt sie. Hier kann etwas fehlen. Sehen Sie später noch einmal nach.',
        },
        ends: (day: string) => `bis ${day}`,
        endless: 'bis Sie es beenden',
        ended: 'ist abgelaufen',
        revoke: 'Zugang beenden',
        revoking: 'Der Zugang wird beendet…',
        revoked: 'Die Person hat Ihren Zugang beendet',
        expired: 'Ihr Zugang ist abgelaufen',
        current: 'Sie haben Zugang',
        forget: 'Von dieser Liste nehmen',
        expiredNotice:
            'Ihr Zugang ist abgelaufen. Sie können den Befund noch öffnen, weil niemand einen Schlüssel zurückholen kann. Fragen Sie die Person, bevor Sie ihn benutzen.',
        of: (patient: string) => `Befunde von ${patient}`,
        sharedRecord: 'Geteilter Befund',
        withMeTitle: 'Mit Ihnen geteilt',
        withMeEmpty: 'Wenn jemand einen Befund mit Ihnen teilt, finden Sie ihn hier.',
        reading: 'Was mit Ihnen geteilt ist, wird gesucht…',
        notVerifiedYet:
            'Bestätigen Sie diesen Befund, bevor Sie ihn teilen: Eine Ärztin verlässt sich auf Ihr Wort, dass er Ihrer ist.',
    },
    buyer,
    links,
    viewer,
    linkProblems,
    scanning,
    wallets,
    offline,
    clinic,
    writing,
    invite,
    own,
    deleting,
    history,
    rendering,
    labels,
    money: {
        sol: (amount: string) => `${amount} SOL`,
    },
    problems: {
        study_changed:
            'Die Beschreibung dieser Studie und das Netzwerk widersprechen sich. Nehmen Sie nicht daran teil.',
        study_full:
            'Diese Studie hat keinen sicheren freien Platz mehr. Wählen Sie eine andere Studie, oder sehen Sie später wieder nach.',
        study_no_match: 'Zu wenige Ihrer Dokumente passen zu dieser Studie. Wählen Sie eine andere Studie.',
        study_delivered: 'Ihre Daten für diese Studie sind schon übergeben. Sie können sie nicht mehr verlassen.',
        study_over: 'Diese Studie ist beendet oder endet in wenigen Minuten. Wählen Sie eine andere Studie.',
        invalid_order:
            'Diese Befunde lassen sich nicht zusammen verkaufen. Wählen Sie weniger, nehmen Sie eine kürzere Beschreibung, oder verkaufen Sie sie einzeln.',
        saved_sales:
            'Was dieses Gerät über Ihre Verkäufe aufbewahrt, ist nicht lesbar. Liefern Sie von einem anderen Gerät oder mit der Kommandozeile, und melden Sie dieses Problem.',
        not_offered:
            'Dieses Gerät hat dieses Angebot nicht. Öffnen Sie die App auf dem Gerät, mit dem Sie es veröffentlicht haben.',
        other_sale:
            'Was das Netz zeigt, ist nicht der Verkauf, den Sie angeboten haben. Deshalb wurde nichts geliefert.',
        sale_changed: 'Der Verkauf hat sich inzwischen geändert. Sehen Sie noch einmal nach.',
        settle_reserve:
            'Ihr Konto hat zu wenig SOL, um sicher zu liefern. Schicken Sie etwas an Ihre Adresse, dann macht die App von selbst weiter.',
        sales_open:
            'Ein Verkauf braucht dieses Konto noch, deshalb wurde nichts zurückgeholt. Lassen Sie die App offen, bis „Ihre Verkäufe“ zeigt, dass Sie bezahlt wurden. Versuchen Sie es dann noch einmal.',
        amount_changed:
            'Inzwischen wird ein anderer Betrag gebraucht, deshalb wurde nichts gesendet. Sehen Sie sich den neuen Betrag an, und versuchen Sie es noch einmal.',
        sale_too_late: 'Die Zeit dafür ist vorbei. Der Käufer bekommt sein Geld zurück.',
        only_buyer: 'Der Verkäufer bietet dies nur jemand anderem an.',
        receipt:
            'Das ist keine Quittung, die diese App lesen kann, oder sie ist beschädigt. Wählen Sie eine andere Kopie der Datei, und prüfen Sie, ob sie auf „.json“ endet.',
        other_network:
            'Das gehört zu einem anderen Netz als dem, das diese App benutzt. Wählen Sie die Datei für dieses Netz.',
        not_delivered: 'Der Verkäufer hat noch nicht alles geliefert. Sehen Sie später noch einmal nach.',
        other_terms:
            'Das Angebot, das das Netz zeigt, ist nicht das, was Sie gekauft haben. Laden Sie Ihre Quittung dafür.',
        again: 'Das hat nicht geklappt. Nichts wurde geändert. Versuchen Sie es noch einmal.',
        creator:
            'Der Befund ist nicht so, wie sein Absender ihn hätte schreiben müssen. Bitten Sie die Klinik, ihn noch einmal zu schicken.',
        erase_authority:
            'Jemand anderes könnte dieses Dokument löschen. Bitten Sie die Klinik, es noch einmal zu schicken.',
        expired: 'Die Zeit dafür ist vorbei.',
        foreign_key: 'Dieser Befund wurde für einen anderen Schlüssel als die dieses Kontos gemacht.',
        newer_version:
            'Eine andere Version von Generion hat das geschrieben. Aktualisieren Sie die App, und versuchen Sie es noch einmal.',
        no_key: 'Diese Person hat noch keinen Schlüssel veröffentlicht. Bitten Sie zuerst darum.',
        no_gateway:
            'Der Server Ihrer Klinik antwortet nicht, wie er soll. Es wurde nichts geändert. Versuchen Sie es später noch einmal.',
        not_sponsored:
            'Der Server Ihrer Klinik bezahlt das jetzt nicht. Fragen Sie Ihre Klinik, oder senden Sie etwas SOL an Ihre Adresse.',
        no_node: 'Das Netz antwortet nicht. Prüfen Sie Ihre Verbindung, und versuchen Sie es noch einmal.',
        nodes_disagree:
            'Die Rechner des Netzes widersprechen sich, deshalb glaubt diese App keinem. Versuchen Sie es später noch einmal.',
        not_found: 'Diesen Befund gibt es nicht mehr, oder es gab ihn nie.',
        not_verified: 'Dieser Befund wurde von der Person, der er gehört, nicht bestätigt.',
        not_yours: 'Dieser Befund gehört jemand anderem.',
        nothing_to_do: 'Das ist schon geschehen.',
        refused:
            'Das Netz hat das abgelehnt. Nichts wurde geändert. Sehen Sie nach, ob Ihr Konto genug SOL hat, und versuchen Sie es noch einmal.',
        late: 'Das hat das Netz nicht rechtzeitig erreicht. Nichts wurde geändert. Versuchen Sie es noch einmal.',
        not_signed:
            'Eine Unterschrift, die zeigt, von wem das ist, fehlt oder ist falsch. Verlassen Sie sich nicht darauf, und bitten Sie um eine neue.',
        uncertain:
            'Das Netz sagt nicht, ob das geklappt hat. Sehen Sie in einer Minute nach, bevor Sie es wiederholen.',
        store: 'Der Ort, an dem dieses Dokument liegt, antwortet nicht oder hat es nicht. Versuchen Sie es später noch einmal, oder fragen Sie die Klinik.',
        store_erased: 'Das Dokument dieses Befunds wurde gelöscht. Niemand kann es zurückholen.',
        store_lacks:
            'Der Ort, an dem dieses Dokument lag, hat es nicht. Bitten Sie die Klinik, es noch einmal zu schicken.',
        store_full:
            'Der Speicher hat dafür keinen Platz. Fragen Sie, wer ihn betreibt, und versuchen Sie es noch einmal. Nichts ging verloren.',
        store_clock:
            'Der Speicher hat abgelehnt, weil die Uhr dieses Geräts falsch geht. Lassen Sie das Gerät Datum und Uhrzeit selbst einstellen, und versuchen Sie es noch einmal. Nichts ging verloren.',
        store_refused: 'Der Speicher nimmt von Ihrer Adresse keine Dokumente. Bitten Sie darum, wer ihn betreibt.',
        store_too_large: 'Dieses Dokument ist größer, als der Speicher es nimmt.',
        store_away:
            'Der Speicher antwortet nicht. Nichts ging verloren. Prüfen Sie Ihre Verbindung, und machen Sie weiter.',
        store_not_allowed:
            'Dieses Dokument liegt an einer Adresse, die diese App nicht fragt, weil sie eine Falle sein könnte.',
        account_changed:
            'Die Wallet zeigt jetzt eine andere Adresse, deshalb wurde nichts unterschrieben. Wählen Sie in der Wallet die Adresse dieses Kontos, und versuchen Sie es noch einmal.',
        not_asked_for:
            'Was zurückkam, ist nicht das, worum diese App gebeten hat, deshalb macht sie nicht weiter. Es wurde nichts geändert. Versuchen Sie es noch einmal, und sagen Sie es Ihrer Klinik, wenn es zweimal geschieht.',
        taken: 'Die Schlüsseldatei enthält schon einen anderen Schlüssel mit dieser Nummer. Wählen Sie eine andere Schlüsseldatei.',
        wallet_refused:
            'Die Wallet hat nicht unterschrieben. Es wurde nichts geändert. Versuchen Sie es noch einmal, und bestätigen Sie in ihrem Fenster.',
        wrong_passphrase: 'Das ist nicht die Passphrase dieser Datei. Versuchen Sie es noch einmal.',
        wrong_wallet: 'Diese Wallet kann nicht so unterschreiben, wie diese App es braucht.',
    },
    settings: {
        remove: 'Dieses Konto von diesem Gerät entfernen',
        sample: 'Beispiele ansehen',
        title: 'Einstellungen',
        language: 'Sprache',
        lock: 'Jetzt sperren',
        account: 'Konto',
        promises: 'Was diese App verspricht',
        clinicTitle: 'Für Kliniken',
        clinic: 'Ich schreibe Befunde für andere',
    },
    promises: {
        title: 'Was diese App verspricht und was nicht',
        promisesTitle: 'Sie verspricht',
        promises: [
            'Ihre Schlüssel entstehen auf diesem Gerät und verlassen es nie, außer in Ihrer Sicherung.',
            'Dokumente werden hier verschlüsselt und geöffnet. Kein Speicher, kein Knoten und kein Gateway kann sie lesen.',
            'Nach zehn Minuten ohne Benutzung sperrt sich die App.',
            'Was Sie geöffnet haben, bleibt verschlüsselt auf diesem Gerät, damit Sie es ohne Verbindung lesen können. In den Einstellungen können Sie es entfernen.',
        ],
        limitsTitle: 'Sie verspricht nicht',
        limits: [
            'Alle können im öffentlichen Verzeichnis sehen, dass Ihre Adresse Befunde hat, von welcher Adresse und wann. Niemand kann sehen, was darin steht.',
            'Wenn Sie dieses Gerät und die 12 Wörter verlieren, kann niemand Ihre Befunde wieder öffnen.',
            'Eine Ärztin, mit der Sie einen Befund geteilt haben, kann eine Kopie von ihm oder von seinem Schlüssel behalten. Den Zugang zu beenden nimmt den Befund von der Liste und holt ihn nicht zurück.',
            'Alle können sehen, welche Adressen Befunde miteinander teilen.',
            'Wer dieses Gerät in der Hand hat, während die App entsperrt ist, kann lesen, was Sie lesen können.',
            'Wer diese App bereitstellt, bestimmt, was sie tut. Öffnen Sie sie nur unter einer Adresse, der Sie vertrauen.',
        ],
    },
    whoLearns,
    report,
    errors: {
        word_count: (count: number) => `Ein Konto hat 12 Wörter, und das sind ${count}. Prüfen Sie, ob eines fehlt.`,
        unknown_word: (position: number) =>
            `Wort ${position} steht nicht in der Liste der Wörter, die Konten benutzen. Prüfen Sie die Schreibweise.`,
        checksum: 'Diese Wörter gehören nicht zusammen. Prüfen Sie Reihenfolge und Schreibweise.',
        passphrase_needed: 'Geben Sie zuerst Ihre Passphrase ein.',
        wrong_passphrase: 'Das ist nicht die Passphrase dieser Datei.',
        no_account_file:
            'Diese Datei ist keine Kontodatei. Wählen Sie die Datei, die Sie in dieser App gespeichert haben.',
        newer_account_file:
            'Eine neuere Version dieser App hat diese Datei geschrieben. Aktualisieren Sie die App, und versuchen Sie es noch einmal.',
        damaged_account_file: 'Diese Kontodatei ist beschädigt. Nehmen Sie eine andere Kopie oder die 12 Wörter.',
        another_account: 'Diese Datei enthält ein anderes Konto.',
    },
};
