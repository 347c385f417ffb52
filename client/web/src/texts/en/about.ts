// Who learns what (docs/THREAT-MODEL.md), and reporting a problem.

export const whoLearns = {
    title: 'Who learns what',
    rows: [
        {
            who: 'Everybody',
            what: 'That your address has records, which addresses wrote them and when, with which addresses you share them and until when. If you sell: the price, the label, and who bought.',
        },
        {
            who: 'Whoever knows that the address is yours',
            what: 'All that everybody can see, about you. A clinic that publishes its address shows that you are its patient.',
        },
        {
            who: 'The store that keeps a document',
            what: 'How large it is, and who fetches it from where and when. Not what it says.',
        },
        {
            who: 'The nodes and the gateway that this app asks',
            what: 'Which addresses and records you look at, and from where. Not what the records say.',
        },
        {
            who: 'Your clinic, and everybody to whom you give a record',
            what: 'What the record says. They can keep it and pass it on.',
        },
        {
            who: 'Whoever serves this app',
            what: 'That somebody opened it, from where and when. Not your account, and nothing that you do in it.',
        },
    ],
};

export const report = {
    title: 'Report a problem',
    lead: 'This app sends nothing by itself. Write what happened, copy the text, and send it to whoever gave you this app, for example your clinic.',
    what: 'What happened?',
    whatHint: 'Leave out names, addresses and what your records say',
    preview: 'This is all that you copy',
    copy: 'Copy the text',
    copied: 'Copied. You can paste it into a message now.',
    notCopied: 'This browser does not let the app copy. Select the text and copy it yourself.',
    facts: { build: 'Build', language: 'Language', online: 'Connected', window: 'Window', browser: 'Browser' },
    yes: 'yes',
    no: 'no',
};
