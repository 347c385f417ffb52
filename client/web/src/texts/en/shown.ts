// English: documents that strangers wrote, and why some are not shown.

/** A number of pixels as people say it. */
const pixels = (width: number, height: number) => `${width} × ${height}`;

export const shown = {
    webPage:
        'This document is a web page. The app shows its text only: the page itself could run programs, and tell somebody that you opened it.',
    drawing:
        'This document is a drawing (SVG), which can contain programs. The app does not show it. Save it only if you trust the person who wrote it.',
    picture: {
        title: 'Picture',
        damaged:
            'This picture is damaged, or it is no picture, so the app does not show it. Ask the person who wrote it for a new one, or save it and try another app.',
        tooLarge: (width: number, height: number) =>
            `This picture is too large to be shown here: ${pixels(width, height)} pixels. Save it, and open it with another app.`,
    },
    pdf: {
        opening: 'Opening the PDF…',
        page: (page: number, pages: number) => `Page ${page} of ${pages}`,
        pageFailed: (page: number) =>
            `Page ${page} can not be shown here. Save the document, and open it with another app.`,
        onlyFirst: (shown: number, pages: number) =>
            `The first ${shown} of ${pages} pages are shown. Save the document to read all of them.`,
        active: 'This PDF has links, forms, programs or files in it. The app shows its pages as pictures: nothing in it runs, and its links lead nowhere.',
        problems: {
            damaged:
                'This PDF is damaged, so the app can not show it. Ask the person who wrote it for a new one, or save it and try another app.',
            password:
                'This PDF has a password of its own. Save it, and open it with another app, which asks for the password.',
            not_loaded:
                'The part of this app that shows PDF documents did not load. Check your connection, then open the document again.',
            too_slow: 'Showing this PDF takes too long, so the app has stopped. Save it, and open it with another app.',
            unsupported: 'This browser can not show PDF documents here. Save it, and open it with another app.',
        },
    },
};
