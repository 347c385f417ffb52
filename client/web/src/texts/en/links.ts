// English: QR codes and links for people without an account, the page that opens them, and reading QR codes.

export const links = {
    title: 'Show it to a doctor',
    recordTitle: 'By QR code or link',
    recordLead: 'The doctor scans a code, or opens a link, and needs no account. Nothing of it becomes public.',
    make: 'Make a QR code',
    lead: 'This app makes an encrypted copy of the record. Everybody who has the code or the link can read the copy until the time is over.',
    kept: 'You can end it sooner. What the doctor has kept by then, you can not take back.',
    until: 'How long can it be opened?',
    durations: { hour: 'One hour', day: 'One day', week: 'One week', month: '30 days' },
    create: 'Show the QR code',
    making: 'The copy is encrypted and uploaded…',
    codeTitle: 'Let the doctor scan this code',
    codeLabel: 'QR code of the link',
    ends: (moment: string) => `It can be opened until ${moment}.`,
    label: (kind: string, moment: string) => `${kind}, until ${moment}`,
    linkLabel: 'Or send this link to the doctor',
    careful: 'Send it to nobody else: everybody who has it can read the record.',
    copy: 'Copy the link',
    copied: 'The link is copied.',
    notCopied: 'This browser copied nothing. Mark the link above, and copy it yourself.',
    end: 'End it now',
    endOne: 'End',
    ending: 'The copy is erased…',
    ended: 'The code and the link open nothing any more.',
    listTitle: 'Your QR codes and links',
    listLead: 'Each of them opens a copy of one record, also those that you made on another device.',
    none: 'There are none at present.',
    show: 'Show again',
    unnamed: 'Copy of a record',
    reading: 'Looking for your QR codes and links…',
    notRead: 'A place where copies are kept did not answer, so some may be missing here. Look again later.',
    all: 'All your QR codes and links',
    back: 'Back to the record',
};

export const viewer = {
    title: 'A health record for you',
    reading: 'The record is fetched and decrypted…',
    readingLonger: 'Large documents can take a minute. You can leave this page open meanwhile.',
    ends: (moment: string) => `This link can be opened until ${moment}. Save what you need by then.`,
    endless: 'This link does not say when it ends.',
    changes: 'What this link leads to can change.',
    again: 'Look again',
    unchecked:
        'This page shows what the link leads to. It does not check who wrote it: ask the person who gave you the link.',
    card: 'From a SMART Health Card. Its signature was not checked here.',
    access: 'This link also gives access to a server, which this page does not use.',
    nothing: 'There is no document behind this link.',
    passcodeTitle: 'This link has a passcode',
    passcode: 'Passcode',
    passcodeHint: 'The person who gave you the link knows it.',
    noPasscode: 'Enter the passcode',
    open: 'Open',
    remaining: (count: number) =>
        count === 1
            ? 'You can try once more.'
            : count === 0
              ? 'The link is closed now.'
              : `You can try ${count} times more.`,
    endedOn: (moment: string) => `It ended on ${moment}.`,
    whatNow: 'What to do now',
    askPatient:
        'Ask the person who gave you the link for a new one. In this app, that takes a minute: open the record, tap “Make a QR code”.',
    askOther: 'If a hospital or an authority made the link, ask there.',
    print: 'Print',
};

export const linkProblems = {
    busy: 'The place where this record is kept is busy. Wait a minute, then try again.',
    damaged: 'What this link leads to is damaged, or belongs to another link. Ask for a new link.',
    expired: 'This link has ended.',
    inactive: 'This link opens nothing any more. Its time is over, or the person who made it has ended it.',
    invalid_label: 'The name of this record is too long for a link.',
    not_allowed:
        'This link leads to an address that this app does not ask, since it could be a trap. Ask for a new link.',
    not_a_link: 'This is not a whole health link. Scan the code again, or copy all of the link.',
    newer_version: 'This link is of a newer kind than this app knows. Update the app, then try again.',
    no_store: 'This app has no place to keep a copy. Ask the people who run it to name a store.',
    passcode_needed: 'Enter the passcode.',
    store_address:
        'The address where copies are kept is too long for a link. Ask the people who run this app to choose another store.',
    store_refused: 'The place where copies are kept did not do this. Nothing was changed. Try again later.',
    too_large: 'This document is too large for a link. Save it, and hand it over in another way.',
    unreachable:
        'The place where this record is kept does not answer, or does not let a browser in. Check your connection, then try again.',
    wrong_passcode: 'This is not the passcode of this link.',
};

export const scanning = {
    title: 'Scan a QR code',
    scan: 'Scan the QR code of the address',
    close: 'Close',
    starting: 'The camera starts. Your browser may ask you to allow it.',
    hold: 'Hold the code in front of the camera.',
    noCamera: 'There is no camera, or this browser does not allow it. Type or paste the address instead.',
    noAddress: 'This code holds no address. Scan the one that the app shows under “Your address”.',
    own: 'QR code of your address',
    show: 'Show it as a QR code',
    hide: 'Hide the QR code',
};
