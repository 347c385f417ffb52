// Kaufen: der Markt, das Bezahlen und die Käufe.

import type * as en from '../en/market.js';

export const market: typeof en.market = {
    title: 'Markt',
    lead: 'Hier verkaufen Menschen Kopien ihrer Gesundheitsdaten, zum Beispiel für die Forschung.',
    search: 'Wörter in der Beschreibung',
    searchHint: 'Die Beschreibung stammt vom Verkäufer. Nichts anderes sagt, welcher Art die Befunde sind.',
    searchButton: 'Suchen',
    filters: 'Weitere Filter',
    priceUpTo: 'Preis bis, in SOL',
    noAmount: 'Geben Sie einen Betrag ein, zum Beispiel 0,25',
    recordsFrom: 'Mindestens so viele Befunde',
    noNumber: 'Geben Sie eine ganze Zahl von 1 bis 24 ein',
    creator: 'Adresse der Klinik oder Person, die einen Befund geschrieben hat',
    seller: 'Adresse des Verkäufers',
    noAddress: 'Geben Sie eine Adresse aus 32 bis 44 Buchstaben und Ziffern ein',
    sort: 'Zuerst zeigen',
    sorts: { newest: 'Das Neueste', cheapest: 'Das Billigste' },
    withoutSelfIssued: 'Weglassen, was Verkäufer selbst geschrieben haben',
    reading: 'Angebote werden gesucht…',
    empty: 'Kein Angebot passt dazu. Nehmen Sie andere Wörter oder weniger Filter.',
    more: 'Mehr zeigen',
    noFurther: 'Das sind alle.',
    leftOut: (count) =>
        count === 1
            ? 'Ein Angebot fehlt hier: Die Rechner des Netzes widersprechen einander darüber.'
            : `${count} Angebote fehlen hier: Die Rechner des Netzes widersprechen einander darüber.`,
    noGateway: 'Der Server, der diese Liste schnell macht, antwortet nicht. Die Liste kommt vom Netz selbst.',
    byGateway:
        'Diese Liste hat ein Server gemacht. Was er zeigt, wurde mit dem Netz verglichen. Er könnte aber Angebote weglassen.',
    direct: 'Das Netz selbst fragen',
    records: (count) => (count === 1 ? '1 Befund' : `${count} Befunde`),
    selfIssued: (count) =>
        count === 1
            ? 'Der Verkäufer hat 1 Befund ohne Klinik geschrieben'
            : `Der Verkäufer hat ${count} Befunde ohne Klinik geschrieben`,
    fromClinics: 'Nicht vom Verkäufer geschrieben',
    sold: (count) => (count === 0 ? 'Noch nicht verkauft' : count === 1 ? 'Einmal verkauft' : `${count}-mal verkauft`),
    offeredOn: (day) => `Angeboten am ${day}`,
    noLabel: 'Befunde ohne Beschreibung',
};

export const order: typeof en.order = {
    title: 'Angebot',
    back: 'Zurück zum Markt',
    reading: 'Das Angebot wird gelesen…',
    price: 'Preis',
    window: 'Frist für die Lieferung',
    windowValue: (duration) => `${duration} nach der Zahlung`,
    seller: 'Verkäufer',
    recordsTitle: 'Die Befunde',
    record: (place) => `Befund ${place}`,
    writtenBy: 'Geschrieben von',
    writtenOn: 'Geschrieben am',
    selfIssued: 'Vom Verkäufer geschrieben: niemand sonst steht dafür ein',
    verified: 'Der Verkäufer sagt, dass er stimmt',
    notVerified: 'Der Verkäufer hat ihn nicht bestätigt',
    unknownTitle: 'Was Sie vor dem Kauf nicht wissen können',
    unknown: [
        'Was die Befunde sagen. Bis Sie bezahlt haben, können nur der Besitzer und die Schreiber sie lesen.',
        'Ihre Art und Größe. Dafür haben Sie nur das Wort des Verkäufers in der Beschreibung.',
        'Wer der Schreiber ist. Sie sehen eine Adresse: Fragen Sie die Klinik, ob die Adresse ihr gehört.',
        'Wer die Befunde noch kauft. Andere können dieselben kaufen, vor Ihnen und nach Ihnen.',
    ],
    buy: (price) => `Für ${price} kaufen`,
    own: 'Das ist Ihr eigenes Angebot.',
    closed: 'Dieses Angebot nimmt keine Käufe mehr an.',
    bought: 'Sie haben dieses Angebot gekauft.',
    owned: 'Sie haben diese Befunde schon.',
    toPurchase: 'Zu Ihrem Kauf',
};

export const buying: typeof en.buying = {
    title: 'Prüfen Sie, bevor Sie bezahlen',
    back: 'Zurück zum Angebot',
    what: (records) => `Sie kaufen die Schlüssel zu: ${records}.`,
    whatMore: 'Die Beschreibung des Verkäufers:',
    whom: 'Das Geld wartet beim Netz. Der Verkäufer bekommt es, sobald Sie jeden Befund öffnen können.',
    whomMore:
        'Der Verkäufer hat diese Adresse. Die Regeln des Netzes halten das Geld fest, und kein Mensch kann es auf anderem Weg herausnehmen.',
    cost: (price, words, aside) =>
        `Sie zahlen ${price} (${words}). Weitere ${aside} werden hinterlegt und kommen zu Ihnen zurück.`,
    approximately: (amount, day) => `Etwa ${amount}, zum Kurs vom ${day}`,
    asideTitle: 'Hinterlegt; Sie bekommen es zurück, wenn Sie den Kauf abschließen',
    feeTitle: 'Gebühr des Netzes',
    totalTitle: 'Verlässt jetzt Ihr Konto',
    balanceTitle: 'Sie haben',
    public: 'Jeder kann sehen, dass Ihre Adresse dies gekauft hat, wann und für wie viel.',
    publicMore: 'Was die Befunde sagen, bleibt zwischen Ihnen, dem Verkäufer und den Schreibern.',
    noReturn: (duration) =>
        `Sie können es nicht nach Belieben zurücknehmen. Liefert der Verkäufer nicht innerhalb von ${duration}, bekommen Sie alles zurück.`,
    noReturnMore:
        'Sie holen den Preis selbst zurück, unter „Meine Käufe“, ab fünf Minuten nach der Frist. Ist alles geliefert und der Verkäufer gibt es nicht frei, hat er einen weiteren Tag.',
    accept: (count) =>
        count === 1
            ? 'Ich nehme hin, dass der Verkäufer 1 der Befunde geschrieben hat und niemand sonst dafür einsteht'
            : `Ich nehme hin, dass der Verkäufer ${count} der Befunde geschrieben hat und niemand sonst dafür einsteht`,
    acceptFirst: 'Setzen Sie zuerst dieses Häkchen: Es geht darum, was Sie für Ihr Geld bekommen.',
    pay: (price) => `${price} hinterlegen`,
    paying: 'Ihre Quittung wird gespeichert und der Preis bezahlt…',
    payingMeanwhile:
        'Das Netz braucht länger als sonst. Sie können warten oder diese Seite verlassen: Schauen Sie unter „Meine Käufe“ nach, bevor Sie noch einmal zahlen. Es wird nicht zweimal abgebucht.',
    notNow: 'Jetzt nicht',
    preparing: 'Bedingungen und Guthaben werden gelesen…',
    poorTitle: 'Zu wenig SOL',
    poor: (needed, balance) =>
        `Dafür brauchen Sie ${needed}, und Sie haben ${balance}. Senden Sie SOL an Ihre Adresse:`,
    reserve: (sum) =>
        `Davon bleiben ${sum} auf Ihrem Konto: Die Verkäufe, für die Sie noch nicht bezahlt wurden, brauchen sie.`,
    again: 'Noch einmal nachsehen',
    already: 'Sie hatten dieses Angebot schon gekauft, vielleicht in einem anderen Tab. Mehr wurde nicht bezahlt.',
    closed: 'Der Verkäufer hat dieses Angebot inzwischen geschlossen. Es wurde nichts bezahlt.',
    changed:
        'Der Verkäufer hat dieses Angebot inzwischen geändert. Es wurde nichts bezahlt. Lesen Sie es noch einmal, bevor Sie entscheiden.',
    unknown:
        'Das Netz sagt noch nicht, ob bezahlt wurde. Ihre Quittung ist gespeichert. Schauen Sie unter „Meine Käufe“ nach, bevor Sie etwas anderes tun.',
    toMarket: 'Zum Markt',
    readAgain: 'Noch einmal lesen',
};

export const purchases: typeof en.purchases = {
    title: 'Meine Käufe',
    reading: 'Ihre Käufe werden gesucht…',
    empty: 'Sie haben noch nichts gekauft.',
    toMarket: 'Zum Markt',
    back: 'Zurück zu meinen Käufen',
    damaged: (count) =>
        count === 1
            ? 'Eine Quittung auf diesem Gerät ist beschädigt. Laden Sie sie noch einmal aus einer Datei, falls Sie eine gespeichert haben.'
            : `${count} Quittungen auf diesem Gerät sind beschädigt. Laden Sie sie noch einmal aus Dateien, falls Sie welche gespeichert haben.`,
    states: {
        pending: 'Wartet auf die Lieferung',
        locked: 'Geliefert und bewiesen: wartet auf die Freigabe',
        settled: 'Kann geöffnet werden',
        closed: 'Abgeschlossen: Die Schlüssel sind auf diesem Gerät',
        absent: 'Nichts hinterlegt',
        awaited: 'Noch nicht da',
        disputed: 'Nicht sicher: Das Netz widerspricht sich',
    },
    incomplete:
        'Hier können Käufe fehlen: Die Computer des Netzes widersprechen einander. Sehen Sie in einer Minute noch einmal nach.',
    overdue: 'Zu spät: Sie können Ihr Geld zurückholen',
    due: (moment) => `Bis ${moment}`,
    importTitle: 'Quittungen',
    import: 'Eine Quittung öffnet einen Kauf auf einem anderen Gerät oder nachdem er abgeschlossen wurde. Nichts darin ist geheim.',
    importFile: 'Eine Quittung aus einer Datei laden',
    imported: 'Die Quittung wurde gespeichert.',
    importedBefore: 'Dieses Gerät hat diese Quittung schon.',
};

export const purchase: typeof en.purchase = {
    title: 'Kauf',
    paid: (amount) => `${amount} hinterlegt`,
    released: (amount) => `${amount} an den Verkäufer bezahlt`,
    nothing: 'Nichts',
    notKnown: 'Noch nicht bekannt',
    money: 'Geld',
    delivered: 'Geliefert und bewiesen',
    deliveredValue: (delivered, all) => `${delivered} von ${all} Befunden`,
    deadline: 'Frist des Verkäufers',
    refundFrom: 'Sie können das Geld zurückholen ab',
    seller: 'Verkäufer',
    address: 'Kauf',
    pending: 'Der Verkäufer muss liefern. Sie müssen die App dafür nicht offen lassen.',
    pendingThen:
        'Liefert der Verkäufer nicht rechtzeitig, bekommen Sie den Preis zurück, und auch, was Sie hinterlegt haben.',
    locked: 'Die Schlüssel aller Befunde sind da, und das Netz hat geprüft, dass es die richtigen sind. Der Verkäufer muss sie jetzt freigeben, um bezahlt zu werden.',
    lockedThen:
        'Gibt der Verkäufer sie nicht rechtzeitig frei, bekommen Sie den Preis zurück, und auch, was Sie hinterlegt haben.',
    refundTitle: 'Der Verkäufer ist zu spät',
    refund: 'Sie können Ihr Geld jetzt zurückholen. Geliefert werden kann nichts mehr.',
    refundLocked:
        'Sie können Ihr Geld jetzt zurückholen. Solange Sie das nicht tun, kann der Verkäufer die Schlüssel noch freigeben.',
    refundButton: (price) => `${price} zurückholen`,
    refunding: 'Ihr Geld wird zurückgeholt…',
    refunded: 'Der Preis ist wieder auf Ihrem Konto, und auch, was Sie hinterlegt hatten.',
    recordsTitle: 'Was Sie gekauft haben',
    opening: 'Die Befunde werden geöffnet…',
    bytes: (size) => `${size} verschlüsselt`,
    openButton: 'Befunde öffnen',
    openRecord: (kind, place) => `${kind} (${place})`,
    cheated:
        'Sein Schreiber hat ihn falsch gemacht, er lässt sich nicht öffnen. Die anderen sind davon nicht betroffen.',
    selfIssued: 'Vom Verkäufer geschrieben',
    closeTitle: 'Das Hinterlegte zurückholen',
    close: 'Wenn Sie die Befunde angesehen haben, können Sie den Kauf abschließen. Die Schlüssel bleiben auf diesem Gerät, in Ihrer Quittung. Speichern Sie die Quittung auch als Datei.',
    closeButton: 'Kauf abschließen',
    closing: 'Die Schlüssel werden gespeichert, und der Kauf wird abgeschlossen…',
    closed: 'Was Sie hinterlegt hatten, ist wieder auf Ihrem Konto. Sie können die Befunde hier weiter öffnen.',
    absent: 'Das Netz hat keinen solchen Kauf. Er wurde nicht bezahlt, oder der Preis kam zu Ihnen zurück. Nichts ist verloren: Sie können das Angebot noch einmal kaufen.',
    awaited:
        'Der Kauf ist noch nicht da: Das Netz kann die Zahlung noch annehmen. Sehen Sie in einer Minute noch einmal nach.',
    disputed:
        'Die Computer des Netzes widersprechen einander zu diesem Kauf. Diese App kann deshalb nicht sagen, wo das Geld ist. Ihre Quittung ist sicher. Sehen Sie in einer Minute noch einmal nach, und bezahlen Sie vorher nicht noch einmal.',
    receiptTitle: 'Ihre Quittung',
    receipt:
        'Bewahren Sie sie bei Ihren Unterlagen auf. Mit ihr können Sie den Kauf auf einem anderen Gerät öffnen, auch mit anderen Programmen für Generion.',
    saveReceipt: 'Quittung speichern',
    noReceipt:
        'Dieses Gerät hat keine Quittung dieses Kaufs. Solange der Verkäufer das Angebot behält, geht es auch ohne. Laden Sie die Quittung, falls Sie sie gespeichert haben.',
    again: 'Noch einmal nachsehen',
    reading: 'Der Kauf wird gelesen…',
    recordBack: 'Zurück zum Kauf',
    downloading: 'Das Dokument wird geholt und geöffnet…',
};
