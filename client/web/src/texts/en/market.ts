// Buying: the market, paying, and what was bought.

export const market = {
    title: 'Market',
    lead: 'People sell copies of their health records here, for research for example.',
    search: 'Words in the description',
    searchHint: 'The seller writes the description. Nothing else says what kind of records they are.',
    searchButton: 'Search',
    filters: 'More filters',
    priceUpTo: 'Price up to, in SOL',
    noAmount: 'Enter an amount such as 0.25',
    recordsFrom: 'At least this many records',
    noNumber: 'Enter a whole number from 1 to 24',
    creator: 'Address of the clinic or person that wrote a record',
    seller: "The seller's address",
    noAddress: 'Enter an address of 32 to 44 letters and digits',
    sort: 'Show first',
    sorts: { newest: 'The newest', cheapest: 'The cheapest' },
    withoutSelfIssued: 'Leave out what sellers wrote themselves',
    reading: 'Looking for orders…',
    empty: 'No order is like this. Take other words, or fewer filters.',
    more: 'Show more',
    noFurther: 'These are all.',
    leftOut: (count: number) =>
        count === 1
            ? 'One order is left out: the computers of the network contradict each other about it.'
            : `${count} orders are left out: the computers of the network contradict each other about them.`,
    noGateway: 'The server that makes this list fast does not answer. The list comes from the network itself.',
    byGateway: 'A server made this list. What it shows was compared with the network, but it could leave orders out.',
    direct: 'Ask the network itself',
    records: (count: number) => (count === 1 ? '1 record' : `${count} records`),
    selfIssued: (count: number) =>
        count === 1
            ? 'The seller wrote 1 record without a clinic'
            : `The seller wrote ${count} records without a clinic`,
    fromClinics: 'Written by others than the seller',
    sold: (count: number) => (count === 0 ? 'Not sold yet' : count === 1 ? 'Sold once' : `Sold ${count} times`),
    offeredOn: (day: string) => `Offered on ${day}`,
    noLabel: 'Records without a description',
};

export const order = {
    title: 'Order',
    back: 'Back to the market',
    reading: 'Reading the order…',
    price: 'Price',
    window: 'Time for the seller to deliver',
    windowValue: (duration: string) => `${duration} after you pay`,
    seller: 'Seller',
    recordsTitle: 'The records',
    record: (place: number) => `Record ${place}`,
    writtenBy: 'Written by',
    writtenOn: 'Written on',
    selfIssued: 'The seller wrote it: nobody else vouches for it',
    verified: 'The seller says that it is right',
    notVerified: 'The seller has not verified it',
    unknownTitle: 'What you can not know before you buy',
    unknown: [
        'What the records say. Only their owner and their writers can read them until you have paid.',
        'Their kinds and sizes. You have the word of the seller, in the description.',
        'Who the writer is. You see an address: ask the clinic whether the address belongs to it.',
        'Who else buys them. Others can buy the same records, before you and after you.',
    ],
    buy: (price: string) => `Buy for ${price}`,
    own: 'This is your own order.',
    closed: 'This order takes no purchases any more.',
    bought: 'You bought this order.',
    owned: 'You have these records already.',
    toPurchase: 'Go to your purchase',
};

export const buying = {
    title: 'Check before you pay',
    back: 'Back to the order',
    what: (records: string) => `You buy the keys to ${records}.`,
    whatMore: 'The description of the seller:',
    whom: 'The money waits with the network. The seller gets it once you can open every record.',
    whomMore:
        'The seller has this address. The rules of the network hold the money, and no person can take it out otherwise.',
    cost: (price: string, words: string, aside: string) =>
        `You pay ${price} (${words}). A further ${aside} is set aside, and comes back to you.`,
    approximately: (amount: string, day: string) => `About ${amount}, at the rate of ${day}`,
    asideTitle: 'Set aside, and back when you close the purchase',
    feeTitle: 'Fee of the network',
    totalTitle: 'Leaves your account now',
    balanceTitle: 'You have',
    public: 'Everybody can see that your address bought this, when, and for how much.',
    publicMore: 'What the records say stays between you, the seller and their writers.',
    noReturn: (duration: string) =>
        `You can not take it back at will. If the seller does not deliver within ${duration}, you get all of it back.`,
    noReturnMore:
        'You take the price back yourself, under “My purchases”, from five minutes after the deadline. If all is delivered and the seller does not release it, the seller has a further day.',
    accept: (count: number) =>
        count === 1
            ? 'I accept that the seller wrote 1 of the records, and nobody else vouches for it'
            : `I accept that the seller wrote ${count} of the records, and nobody else vouches for them`,
    acceptFirst: 'Tick this first: it is about what you get for your money.',
    pay: (price: string) => `Pay ${price} into escrow`,
    paying: 'Saving your receipt, and paying…',
    payingMeanwhile:
        'The network takes longer than usual. You can wait, or leave this page: look under “My purchases” before you pay again. You are not charged twice.',
    notNow: 'Not now',
    preparing: 'Asking for the terms and your balance…',
    poorTitle: 'Not enough SOL',
    poor: (needed: string, balance: string) =>
        `This takes ${needed}, and you have ${balance}. Send SOL to your address:`,
    reserve: (sum: string) =>
        `Of this, ${sum} stays in your account: the sales that you have not been paid for yet need it.`,
    again: 'Look again',
    already: 'You had bought this order before, perhaps in another tab. Nothing more was paid.',
    closed: 'The seller has closed this order meanwhile. Nothing was paid.',
    changed: 'The seller has changed this order meanwhile. Nothing was paid. Read it again before you decide.',
    unknown:
        'The network does not say yet whether this was paid. Your receipt is saved. Look under “My purchases” before you do anything else.',
    toMarket: 'To the market',
    readAgain: 'Read it again',
};

export const purchases = {
    title: 'My purchases',
    reading: 'Looking for your purchases…',
    empty: 'You have bought nothing yet.',
    toMarket: 'To the market',
    back: 'Back to my purchases',
    damaged: (count: number) =>
        count === 1
            ? 'One receipt on this device is damaged. Import it again from a file, if you saved one.'
            : `${count} receipts on this device are damaged. Import them again from files, if you saved them.`,
    states: {
        pending: 'Waiting for delivery',
        locked: 'Delivered and proven: waiting for the release',
        settled: 'Ready to open',
        closed: 'Closed: the keys are on this device',
        absent: 'Nothing in escrow',
        awaited: 'Not there yet',
        disputed: 'Not certain: the network contradicts itself',
    },
    incomplete:
        'Purchases may be missing here: the computers of the network contradict each other. Look again in a minute.',
    overdue: 'Late: you can take your money back',
    due: (moment: string) => `Until ${moment}`,
    importTitle: 'Receipts',
    import: 'A receipt opens a purchase on another device, or after it was closed. It holds nothing secret.',
    importFile: 'Import a receipt from a file',
    imported: 'The receipt was saved.',
    importedBefore: 'This device has this receipt already.',
};

export const purchase = {
    title: 'Purchase',
    paid: (amount: string) => `${amount} in escrow`,
    released: (amount: string) => `${amount} paid to the seller`,
    nothing: 'Nothing',
    notKnown: 'Not known yet',
    money: 'Money',
    delivered: 'Delivered and proven',
    deliveredValue: (delivered: number, all: number) => `${delivered} of ${all} records`,
    deadline: 'Deadline of the seller',
    refundFrom: 'You can take the money back from',
    seller: 'Seller',
    address: 'Purchase',
    pending: 'The seller has to deliver. You need not keep this app open.',
    pendingThen: 'If the seller does not deliver in time, you get the price back, and what you set aside.',
    locked: 'The keys of all records are there, and the network has checked that they are the right ones. The seller now has to release them to be paid.',
    lockedThen: 'If the seller does not release them in time, you get the price back, and what you set aside.',
    refundTitle: 'The seller is late',
    refund: 'You can take your money back now. Nothing can be delivered any more.',
    refundLocked: 'You can take your money back now. As long as you do not, the seller may still release the keys.',
    refundButton: (price: string) => `Take ${price} back`,
    refunding: 'Taking your money back…',
    refunded: 'The price, and what you had set aside, is back in your account.',
    recordsTitle: 'What you bought',
    opening: 'Opening the records…',
    bytes: (size: string) => `${size} encrypted`,
    openButton: 'Open the records',
    openRecord: (kind: string, place: number) => `${kind} (${place})`,
    cheated: 'Its writer made it wrong, so it can not be opened. The others are not touched by it.',
    selfIssued: 'Written by the seller',
    closeTitle: 'Get back what you set aside',
    close: 'You can close the purchase once you have looked at the records. Their keys stay on this device, in your receipt. Save the receipt as a file as well.',
    closeButton: 'Close the purchase',
    closing: 'Saving the keys, and closing the purchase…',
    closed: 'What you had set aside is back in your account. You can still open the records here.',
    absent: 'The network has no such purchase. It was not paid, or its price came back to you. Nothing is lost: you can buy the order again.',
    awaited: 'The purchase is not there yet: the network may still take the payment. Look again in a minute.',
    disputed:
        'The computers of the network contradict each other about this purchase, so this app can not say where the money is. Your receipt is safe. Look again in a minute, and do not pay again before that.',
    receiptTitle: 'Your receipt',
    receipt:
        'Keep it with your papers. With it you can open the purchase on another device, also with other programs for Generion.',
    saveReceipt: 'Save the receipt',
    noReceipt:
        'This device has no receipt of this purchase. As long as the seller keeps the order, the app can do without. Import the receipt if you saved it.',
    again: 'Look again',
    reading: 'Reading the purchase…',
    recordBack: 'Back to the purchase',
    downloading: 'Fetching and opening the document…',
};
