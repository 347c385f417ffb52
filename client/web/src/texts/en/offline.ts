// What was opened before, and is kept on this device.

export const offline = {
    title: 'What you opened before',
    shownAs: (time: string) => `There is no answer from the network. You see this record as it was checked on ${time}.`,
    isKept: 'Kept on this device, encrypted, so that you can read it without a connection.',
    noChanges: 'To share it or to change something, you need a connection.',
    settingsTitle: 'Documents on this device',
    usage: (documents: number, size: string) =>
        `${documents === 1 ? 'One document' : `${documents} documents`}, ${size}. Only this account can open them.`,
    nothing: 'None. Documents that you open are kept here, encrypted, so that you can read them without a connection.',
    remove: 'Remove them from this device',
    removed: 'Removed from this device. Your records are still there.',
};
