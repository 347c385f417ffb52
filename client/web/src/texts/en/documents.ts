// English: a person's own documents, deleting, history, and what documents show.

export const own = {
    title: 'Add a document of your own',
    lead: 'A PDF, a picture, a text or any other file. A doctor with whom you share it sees that it is from you, and not from a clinic.',
    link: 'Add a document of your own',
};

export const deleting = {
    title: 'Delete this record',
    lead: 'It disappears from your list, and its document is erased.',
    ask: 'Delete it',
    warningTitle: 'Delete this record for good?',
    warning:
        'Nobody can bring it back, and you neither. The encrypted document is erased from its store, and its QR codes and links are ended. Doctors with whom you shared the record can not open it there any more. What somebody has saved already stays with them. The public ledger keeps that the record existed.',
    confirm: (cost: string) => `Delete it for good for ${cost}`,
    keep: 'Keep it',
    deleting: 'Deleting the record and erasing its document…',
    /** What became of the document. */
    fates: {
        erased: 'The record is deleted, and its document is erased.',
        away: 'The record is deleted. Its document is not erased yet, because the store does not answer. This app tries again the next time that you open your records.',
        refused:
            'The record is deleted. Its document is not erased yet, because the store refused it. This app tries again the next time that you open your records. If it stays so, ask whoever runs the store.',
        no_node:
            'The deletion was sent. Its document is not erased yet, because the network does not answer. This app tries again the next time that you open your records.',
        too_few_nodes:
            'The deletion was sent. Its document is not erased yet, because too few computers of the network confirm that the record is gone. This app tries again the next time that you open your records.',
        nodes_disagree:
            'The deletion was sent. Its document is not erased yet, because the computers of the network contradict each other about the record. This app tries again the next time that you open your records.',
        unconfirmed:
            'The deletion was sent. Its document is not erased yet, because the network does not confirm that the record is gone. This app tries again the next time that you open your records.',
        unknown:
            'The record is deleted. It could not be opened, so this app does not know where its document is. Ask the clinic to erase it.',
    },
    linksEnded: (count: number) => (count === 1 ? 'Its link is ended.' : `Its ${count} links are ended.`),
    linksLeft: (ends: string[]) =>
        ends.length === 1
            ? `A link to a copy of it could not be ended. It can be opened until ${ends[0]}.`
            : `${ends.length} links to copies of it could not be ended. They can be opened until: ${ends.join('; ')}.`,
    linksUnread:
        'The list of your links could not be read. A link that you made for this record can be opened until the time that you chose for it. End it in the list.',
};

export const history = {
    link: 'What happened to this record',
    title: 'What happened',
    reading: 'Reading the public ledger…',
    empty: 'The network shows nothing that happened here.',
    of: 'Address',
    events: {
        EncryptionKeySet: 'Key published',
        RecordCreated: 'Record written',
        RecordVerified: 'Record verified',
        RecordDeleted: 'Record deleted',
        RecordShared: 'Shared',
        ShareRevoked: 'Access ended',
        OrderCreated: 'Put up for sale',
        SalesStopped: 'Sales stopped',
        OrderClosed: 'Offer closed',
        Purchased: 'Bought',
        Delivered: 'Delivered',
        Settled: 'Paid, and keys handed over',
        Refunded: 'Money returned',
        PurchaseClosed: 'Purchase closed',
        failed: 'An attempt that failed and changed nothing',
        unreadable: 'Something that this app can not read',
    } as { [event: string]: string },
    by: 'By',
    with: 'With',
    details: 'Details',
    transaction: 'Transaction',
    checkedTitle: 'What this list proves, and what it does not',
    agreed: (count: number) => `${count} computers of the network show each entry alike.`,
    alone: 'One computer of the network shows this list. It could leave something out, or show something else than what happened.',
    differs:
        'The computers of the network differ. Entries that not all of them show alike are marked, and could be wrong.',
    some: 'Not all computers of the network show this alike.',
    missing: (count: number) =>
        count === 1
            ? 'One entry is listed, and the network no longer has its content.'
            : `${count} entries are listed, and the network no longer has their content.`,
    cut: 'There are older entries that are not shown.',
    unchecked:
        'Whoever signed a change is the word of the network. This app does not replay all changes and compare the result with the present state. The command line does that: generion history.',
};

export const rendering = {
    range: 'Reference range',
    outside: 'outside the reference range',
    within: 'within the reference range',
};

/** Labels of FHIR's fields. What is not here is shown as FHIR writes it. */
export const labels: { [label: string]: string } = {};
