// Wer was erfährt (docs/THREAT-MODEL.md), und wie man ein Problem meldet.

import type { Texts } from '../en.js';

export const whoLearns: Texts['whoLearns'] = {
    title: 'Wer was erfährt',
    rows: [
        {
            who: 'Alle',
            what: 'Dass Ihre Adresse Befunde hat, welche Adressen sie wann geschrieben haben, mit welchen Adressen Sie sie teilen und bis wann. Wenn Sie verkaufen: den Preis, die Bezeichnung und wer gekauft hat.',
        },
        {
            who: 'Wer weiß, dass die Adresse Ihre ist',
            what: 'Alles, was alle sehen können, über Sie. Eine Klinik, die ihre Adresse bekannt macht, zeigt damit, dass Sie dort in Behandlung sind.',
        },
        {
            who: 'Der Speicher, in dem ein Dokument liegt',
            what: 'Wie groß es ist, und wer es wann von wo holt. Nicht, was darin steht.',
        },
        {
            who: 'Die Knoten und das Gateway, die diese App fragt',
            what: 'Welche Adressen und Befunde Sie ansehen, und von wo. Nicht, was in den Befunden steht.',
        },
        {
            who: 'Ihre Klinik und alle, denen Sie einen Befund geben',
            what: 'Was im Befund steht. Sie können ihn behalten und weitergeben.',
        },
        {
            who: 'Wer diese App bereitstellt',
            what: 'Dass jemand sie geöffnet hat, wann und von wo. Nicht Ihr Konto, und nichts von dem, was Sie darin tun.',
        },
    ],
};

export const report: Texts['report'] = {
    title: 'Ein Problem melden',
    lead: 'Diese App sendet nichts von selbst. Schreiben Sie, was geschehen ist, kopieren Sie den Text, und senden Sie ihn an die Stelle, die Ihnen diese App gegeben hat, zum Beispiel Ihre Klinik.',
    what: 'Was ist geschehen?',
    whatHint: 'Schreiben Sie keine Namen, keine Adressen und nichts aus Ihren Befunden',
    preview: 'Das ist alles, was Sie kopieren',
    copy: 'Text kopieren',
    copied: 'Kopiert. Sie können den Text jetzt in eine Nachricht einfügen.',
    notCopied: 'Dieser Browser lässt die App nicht kopieren. Markieren Sie den Text, und kopieren Sie ihn selbst.',
    facts: { build: 'Version', language: 'Sprache', online: 'Verbunden', window: 'Fenster', browser: 'Browser' },
    yes: 'ja',
    no: 'nein',
};
