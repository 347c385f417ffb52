/** Saves a text as a file of the person's. */
export function saveFile(text: string, name: string): void {
    const url = URL.createObjectURL(new Blob([text]));
    const link = document.createElement('a');
    Object.assign(link, { href: url, download: name }).click();
    URL.revokeObjectURL(url);
}
