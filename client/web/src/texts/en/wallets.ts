// Wallet apps, key files, and the fee account of this device.

export const wallets = {
    title: 'Connect a wallet',
    lead: 'The app then sees your address, and asks the wallet for each signature. You confirm every one in the wallet.',
    none: 'This browser shows no wallet app for Solana. Install one, then reload this page. You can also create an account without a wallet.',
    connect: (name: string) => `Connect ${name}`,
    connecting: (name: string) => `Waiting for ${name}. Confirm the connection in its window.`,
    refused: (name: string) =>
        `${name} did not connect, so the app knows no address. Open ${name}, then try again and confirm in its window.`,
    noAccount: (name: string) =>
        `${name} showed no address of Solana that can sign. Choose another address there, then connect again.`,
    chooseTitle: 'Choose an address',
    chooseLead: (name: string) => `${name} showed more than one address.`,
    use: (address: string) => `Use ${address}`,
    reading: 'Looking for the key of this address…',
    otherWallet: 'Choose another wallet',

    signTitle: 'Open your records',
    signLead: (name: string) =>
        `Your key for records follows from a signature. The app asks ${name} for the same signature twice and compares the two.`,
    windowTitle: (name: string) => `What ${name} shows`,
    window: 'Its window opens twice with the text below. This moves no money and costs nothing. Whoever gets this signature can read all your records, so sign this text in this app alone.',
    sign: (name: string) => `Sign in ${name}`,
    signing: (name: string) => `Waiting for ${name}. Confirm in its window, twice.`,

    fileTitle: 'Use a key file',
    noText: (name: string) => `${name} signs no text with this address, so your key can not follow from a signature.`,
    notPlain: (name: string) =>
        `${name} changes a text before it signs it, so your key can not follow from a signature.`,
    notDeterministic: (name: string) =>
        `${name} signed the same text in two different ways, so your key can not follow from a signature.`,
    fileLead:
        'A key file takes its place. It holds your key, protected by a passphrase. You need the file and the passphrase on every device.',
    filePassphrase: 'The passphrase of the key file',
    newPassphrase: 'A passphrase for the key file',
    hasFile: 'I have a key file',
    needsFile: 'I need a new key file',
    otherWay: 'Back',
    keyFile: 'Your key file',
    noFile: 'Choose your key file',
    newLead:
        'The new file holds a new key. Records for an earlier key stay closed without its file: if you have one, choose it.',
    make: 'Make a key file',
    making: 'Making the key file…',
    open: 'Open the key file',
    opening: 'Opening the key file…',
    storedLead: 'This device has a key file for your address. Its passphrase opens it.',
    saveTitle: 'Save your key file',
    saveLead:
        'If you lose this file or its passphrase, nobody can open your records again. Save it in a place that is not this device.',
    save: 'Save the key file',
    saved: 'I saved it',

    confirm: (name: string) =>
        `${name} opens a window with this transaction. It shows the program of Generion and what you pay. Confirm it there.`,
    confirmBuying: (name: string) =>
        `${name} opens three windows. The first two show the same text, which begins with “Generion purchase key”: with it, you alone can open what you buy. The third shows the transaction, and what you pay.`,
    confirmOpening: (name: string) =>
        `${name} opens two windows with the same text, which begins with “Generion purchase key”: it opens what you bought. Nothing is sent, and it costs nothing.`,
    confirmKey: (name: string) =>
        `${name} opens two windows. The first shows a text that begins with “Generion encryption key attestation”: it says that the key is yours. The second shows the transaction, and what you pay.`,
    confirmMemo: (name: string) =>
        `${name} opens two windows. The first shows a memo that begins with “Generion encryption key attestation”: it says that the key is yours, and this transaction can not be carried out. The second shows the transaction that you pay.`,
    confirmChoosing: (name: string) =>
        `When you choose documents, ${name} opens two windows with a text that begins with “Generion import journal key”: with it this app knows which documents you wrote before. Nothing is sent, and it costs nothing.`,
    confirmWriting: (name: string) =>
        `${name} opens three windows for each document. The first shows a text that begins with “generion store v1”: it allows the upload. The second shows a text that begins with “Generion record”: it says that you wrote the record. The third shows the transaction, and what you pay.`,
    confirmDeleting: (name: string) =>
        `${name} opens a window with the transaction that deletes the record. Then it shows, for each place of the document, a text that begins with “generion store v1”: it erases the document there. Confirm all of them.`,

    connected: (name: string) => `Connected to ${name}`,
    disconnect: 'Disconnect',
    feeTitle: 'For fees of your sales',
    feeLead: (name: string) =>
        `When a sale ends, this device pays a fee from an account of its own, because ${name} would show a secret of the sale too early. Only this device can use the account. Clearing the data of this browser loses the account with all that it holds: take it back before that.`,
    feeBalance: (amount: string) => `It holds ${amount}.`,
    feeFill: (amount: string) => `Send ${amount} there`,
    feeFilling: 'Sending…',
    feeEmpty: (amount: string) => `Take ${amount} back`,
    feeEmptying: 'Taking it back…',
};
