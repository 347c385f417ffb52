// Was früher geöffnet wurde und auf diesem Gerät bleibt.

export const offline = {
    title: 'Was Sie früher geöffnet haben',
    shownAs: (time: string) => `Das Netz antwortet nicht. Sie sehen diesen Befund so, wie er am ${time} geprüft wurde.`,
    isKept: 'Verschlüsselt auf diesem Gerät, damit Sie ihn auch ohne Verbindung lesen können.',
    noChanges: 'Um ihn zu teilen oder etwas zu ändern, brauchen Sie eine Verbindung.',
    settingsTitle: 'Dokumente auf diesem Gerät',
    usage: (documents: number, size: string) =>
        `${documents === 1 ? 'Ein Dokument' : `${documents} Dokumente`}, ${size}. Nur dieses Konto kann sie öffnen.`,
    nothing:
        'Keine. Dokumente, die Sie öffnen, bleiben verschlüsselt hier, damit Sie sie auch ohne Verbindung lesen können.',
    remove: 'Von diesem Gerät entfernen',
    removed: 'Von diesem Gerät entfernt. Ihre Befunde bleiben erhalten.',
};
