// German: documents that strangers wrote, and why some are not shown.

import type * as en from '../en/shown.js';

export const shown: typeof en.shown = {
    webPage:
        'Dieses Dokument ist eine Webseite. Die App zeigt nur den Text: Die Seite selbst könnte Programme starten und jemandem melden, dass Sie sie geöffnet haben.',
    drawing:
        'Dieses Dokument ist eine Zeichnung (SVG), die Programme enthalten kann. Die App zeigt sie nicht. Speichern Sie sie nur, wenn Sie der Person trauen, von der sie stammt.',
    picture: {
        title: 'Bild',
        damaged:
            'Dieses Bild ist beschädigt oder kein Bild, deshalb zeigt die App es nicht. Bitten Sie die Person, von der es stammt, um ein neues, oder speichern Sie es und versuchen Sie eine andere App.',
        tooLarge: (width, height) =>
            `Dieses Bild ist zu groß für diese Anzeige: ${width} × ${height} Pixel. Speichern Sie es und öffnen Sie es mit einer anderen App.`,
    },
    pdf: {
        opening: 'Das PDF wird geöffnet…',
        page: (page, pages) => `Seite ${page} von ${pages}`,
        pageFailed: (page) =>
            `Seite ${page} lässt sich hier nicht zeigen. Speichern Sie das Dokument und öffnen Sie es mit einer anderen App.`,
        onlyFirst: (shown, pages) =>
            `Die ersten ${shown} von ${pages} Seiten werden gezeigt. Speichern Sie das Dokument, um alle zu lesen.`,
        active: 'Dieses PDF enthält Links, Formulare, Programme oder Dateien. Die App zeigt seine Seiten als Bilder: Nichts darin läuft, und seine Links führen nirgendwohin.',
        problems: {
            damaged:
                'Dieses PDF ist beschädigt, deshalb kann die App es nicht zeigen. Bitten Sie die Person, von der es stammt, um ein neues, oder speichern Sie es und versuchen Sie eine andere App.',
            password:
                'Dieses PDF hat ein eigenes Passwort. Speichern Sie es und öffnen Sie es mit einer anderen App, die nach dem Passwort fragt.',
            not_loaded:
                'Der Teil dieser App, der PDF-Dokumente zeigt, wurde nicht geladen. Prüfen Sie Ihre Verbindung und öffnen Sie das Dokument noch einmal.',
            too_slow:
                'Dieses PDF zu zeigen dauert zu lange, deshalb hat die App aufgehört. Speichern Sie es und öffnen Sie es mit einer anderen App.',
            unsupported:
                'Dieser Browser kann hier keine PDF-Dokumente zeigen. Speichern Sie es und öffnen Sie es mit einer anderen App.',
        },
    },
};
