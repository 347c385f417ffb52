// Names of files that people save.

/** The ending of a file by its media type. A stranger chose the type, so only these are known. */
const EXTENSIONS: { [mediaType: string]: string } = {
    'application/fhir+json': 'json',
    'application/json': 'json',
    'application/fhir+xml': 'xml',
    'application/xml': 'xml',
    'application/pdf': 'pdf',
    'application/dicom': 'dcm',
    'application/zip': 'zip',
    'image/gif': 'gif',
    'image/jpeg': 'jpg',
    'image/png': 'png',
    'image/webp': 'webp',
    'text/csv': 'csv',
    'text/markdown': 'md',
    'text/plain': 'txt',
    'text/xml': 'xml',
};

/** The name under which a document is saved: a name of ours, and an ending that opens it. */
export function fileName(name: string, mediaType: string): string {
    const type = mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
    return `${name}.${Object.hasOwn(EXTENSIONS, type) ? EXTENSIONS[type] : 'bin'}`;
}
