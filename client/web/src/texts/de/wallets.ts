// Wallet-Apps, Schlüsseldateien und das Gebührenkonto dieses Geräts.

import type { wallets as english } from '../en/wallets.js';

export const wallets: typeof english = {
    title: 'Wallet verbinden',
    lead: 'Die App sieht dann Ihre Adresse und bittet die Wallet um jede Unterschrift. Sie bestätigen jede in der Wallet.',
    none: 'Dieser Browser zeigt keine Wallet-App für Solana. Installieren Sie eine, und laden Sie diese Seite neu. Sie können auch ein Konto ohne Wallet anlegen.',
    connect: (name) => `${name} verbinden`,
    connecting: (name) => `Warten auf ${name}. Bestätigen Sie die Verbindung in ihrem Fenster.`,
    refused: (name) =>
        `${name} hat sich nicht verbunden, deshalb kennt die App keine Adresse. Öffnen Sie ${name}, versuchen Sie es noch einmal, und bestätigen Sie in ihrem Fenster.`,
    noAccount: (name) =>
        `${name} hat keine Adresse von Solana gezeigt, die unterschreiben kann. Wählen Sie dort eine andere, und verbinden Sie sich noch einmal.`,
    chooseTitle: 'Adresse wählen',
    chooseLead: (name) => `${name} hat mehr als eine Adresse gezeigt.`,
    use: (address) => `${address} verwenden`,
    reading: 'Der Schlüssel dieser Adresse wird gesucht…',
    otherWallet: 'Eine andere Wallet wählen',

    signTitle: 'Ihre Befunde öffnen',
    signLead: (name) =>
        `Ihr Schlüssel für Befunde folgt aus einer Unterschrift. Die App bittet ${name} zweimal um dieselbe Unterschrift und vergleicht die beiden.`,
    windowTitle: (name) => `Was ${name} zeigt`,
    window: 'Ihr Fenster öffnet sich zweimal mit dem Text unten. Das bewegt kein Geld und kostet nichts. Wer diese Unterschrift bekommt, kann alle Ihre Befunde lesen. Unterschreiben Sie diesen Text deshalb nur in dieser App.',
    sign: (name) => `In ${name} unterschreiben`,
    signing: (name) => `Warten auf ${name}. Bestätigen Sie zweimal in ihrem Fenster.`,

    fileTitle: 'Schlüsseldatei verwenden',
    noText: (name) =>
        `${name} unterschreibt mit dieser Adresse keinen Text. Ihr Schlüssel kann deshalb nicht aus einer Unterschrift folgen.`,
    notPlain: (name) =>
        `${name} ändert einen Text, bevor sie ihn unterschreibt. Ihr Schlüssel kann deshalb nicht aus einer Unterschrift folgen.`,
    notDeterministic: (name) =>
        `${name} hat denselben Text auf zwei verschiedene Arten unterschrieben. Ihr Schlüssel kann deshalb nicht aus einer Unterschrift folgen.`,
    fileLead:
        'Eine Schlüsseldatei tritt an ihre Stelle. Sie enthält Ihren Schlüssel, geschützt durch eine Passphrase. Sie brauchen Datei und Passphrase auf jedem Gerät.',
    filePassphrase: 'Die Passphrase der Schlüsseldatei',
    newPassphrase: 'Eine Passphrase für die Schlüsseldatei',
    hasFile: 'Ich habe eine Schlüsseldatei',
    needsFile: 'Ich brauche eine neue Schlüsseldatei',
    otherWay: 'Zurück',
    keyFile: 'Ihre Schlüsseldatei',
    noFile: 'Wählen Sie Ihre Schlüsseldatei',
    newLead:
        'Die neue Datei enthält einen neuen Schlüssel. Befunde für einen früheren Schlüssel bleiben ohne dessen Datei verschlossen: Wenn Sie eine haben, wählen Sie diese.',
    make: 'Schlüsseldatei anlegen',
    making: 'Die Schlüsseldatei wird angelegt…',
    open: 'Schlüsseldatei öffnen',
    opening: 'Die Schlüsseldatei wird geöffnet…',
    storedLead: 'Dieses Gerät hat eine Schlüsseldatei für Ihre Adresse. Ihre Passphrase öffnet sie.',
    saveTitle: 'Speichern Sie Ihre Schlüsseldatei',
    saveLead:
        'Wenn Sie diese Datei oder ihre Passphrase verlieren, kann niemand Ihre Befunde wieder öffnen. Speichern Sie sie an einem Ort, der nicht dieses Gerät ist.',
    save: 'Schlüsseldatei speichern',
    saved: 'Ich habe sie gespeichert',

    confirm: (name) =>
        `${name} öffnet ein Fenster mit dieser Transaktion. Es zeigt das Programm von Generion und was Sie bezahlen. Bestätigen Sie dort.`,
    confirmBuying: (name) =>
        `${name} öffnet drei Fenster. Die ersten zwei zeigen denselben Text, der mit „Generion purchase key“ beginnt: Damit können nur Sie öffnen, was Sie kaufen. Das dritte zeigt die Transaktion und was Sie bezahlen.`,
    confirmOpening: (name) =>
        `${name} öffnet zwei Fenster mit demselben Text, der mit „Generion purchase key“ beginnt: Er öffnet, was Sie gekauft haben. Nichts wird gesendet, und es kostet nichts.`,
    confirmKey: (name) =>
        `${name} öffnet zwei Fenster. Das erste zeigt einen Text, der mit „Generion encryption key attestation“ beginnt: Er sagt, dass der Schlüssel Ihrer ist. Das zweite zeigt die Transaktion und was Sie bezahlen.`,
    confirmMemo: (name) =>
        `${name} öffnet zwei Fenster. Das erste zeigt ein Memo, das mit „Generion encryption key attestation“ beginnt: Es sagt, dass der Schlüssel Ihrer ist, und diese Transaktion kann nicht ausgeführt werden. Das zweite zeigt die Transaktion, die Sie bezahlen.`,
    confirmChoosing: (name) =>
        `Wenn Sie Dokumente wählen, öffnet ${name} zwei Fenster mit einem Text, der mit „Generion import journal key“ beginnt: Damit weiß diese App, welche Dokumente Sie schon geschrieben haben. Nichts wird gesendet, und es kostet nichts.`,
    confirmWriting: (name) =>
        `${name} öffnet für jedes Dokument drei Fenster. Das erste zeigt einen Text, der mit „generion store v1“ beginnt: Er erlaubt das Hochladen. Das zweite zeigt einen Text, der mit „Generion record“ beginnt: Er sagt, dass Sie den Befund geschrieben haben. Das dritte zeigt die Transaktion und was Sie bezahlen.`,
    confirmDeleting: (name) =>
        `${name} öffnet ein Fenster mit der Transaktion, die den Befund löscht. Danach zeigt es für jeden Ort des Dokuments einen Text, der mit „generion store v1“ beginnt: Er löscht das Dokument dort. Bestätigen Sie alle.`,

    connected: (name) => `Verbunden mit ${name}`,
    disconnect: 'Trennen',
    feeTitle: 'Für Gebühren Ihrer Verkäufe',
    feeLead: (name) =>
        `Wenn ein Verkauf endet, bezahlt dieses Gerät eine Gebühr aus einem eigenen Konto, denn ${name} würde ein Geheimnis des Verkaufs zu früh zeigen. Nur dieses Gerät kann das Konto benutzen. Wenn Sie die Daten dieses Browsers löschen, ist das Konto mit allem darin verloren: Holen Sie es vorher zurück.`,
    feeBalance: (amount) => `Es enthält ${amount}.`,
    feeFill: (amount) => `${amount} dorthin senden`,
    feeFilling: 'Wird gesendet…',
    feeEmpty: (amount) => `${amount} zurückholen`,
    feeEmptying: 'Wird zurückgeholt…',
};
