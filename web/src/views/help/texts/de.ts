import type { Topic } from "../topics.ts";

export const topics: readonly Topic[] = [
    {
        id: "start",
        title: "Erste Schritte",
        intro: "Eine Adresse, Ihr Name und Ihr Passwort. Es gibt nichts zu installieren.",
        sections: [
            { heading: "Anmelden", lines: ["Öffnen Sie die Adresse Ihrer Organisation und geben Sie Benutzername und Passwort ein.", "Mit einem Einladungslink oder Code der Administration wählen Sie beides selbst."] },
            { heading: "An einem geteilten Arbeitsplatz", lines: ["Wählen Sie bei der Anmeldung «geteilter Arbeitsplatz» und melden Sie sich beim Gehen ab. Nachrichten und Schlüssel werden dann vom Gerät entfernt."] },
            { heading: "Als App", lines: ["Im Menü des Browsers steht «Installieren». Die App hat dann ein eigenes Fenster und öffnet sich auch ohne Verbindung."] },
        ],
    },
    {
        id: "talking",
        title: "Sprechen",
        intro: "Links stehen die Gespräche, das neuste zuoberst.",
        sections: [
            { heading: "Schreiben", lines: ["Der Stift über der Liste beginnt ein Gespräch mit einer Person oder einen neuen Raum.", "Enter sendet, Umschalt Enter macht eine neue Zeile. Sterne machen Text *schräg* oder **fett**."], picture: { name: "room", shows: "Ein Raum mit Nachrichten und dem Schreibfeld" } },
            { heading: "Was die Zeichen bedeuten", lines: ["Ein Haken: Ein Knoten hat Ihre Nachricht dauerhaft gespeichert. Zwei Haken: Jemand hat sie gelesen.", "Eine Uhr: Sie wartet auf diesem Gerät und geht von selbst hinaus. Eine rote Zeile: Sie wurde abgelehnt, mit dem Grund."] },
            { heading: "Weniger Unterbrechungen", lines: ["Die rechte Taste auf einem Gespräch macht es zum Favoriten, stellt es ans Ende oder schaltet es stumm.", "In den Details eines Raums entscheidet «Hinweise», was Sie davon hören."], picture: { name: "list", shows: "Die Liste der Gespräche" } },
        ],
    },
    {
        id: "finding",
        title: "Finden",
        intro: "Ctrl K findet Räume, Personen und Befehle mit wenigen Buchstaben.",
        sections: [
            { heading: "Nachrichten", lines: ["Ctrl F sucht im offenen Raum, Ctrl Umschalt F überall. Ein Druck auf ein Ergebnis führt an seine Stelle.", "Verschlüsselte Räume werden auf diesem Gerät durchsucht, weil kein Server sie lesen kann. «Ältere holen» geht weiter zurück."], picture: { name: "search", shows: "Ergebnisse einer Suche mit markierten Wörtern" } },
            { heading: "Räume und Bereiche", lines: ["Der Name über der Liste öffnet Ihre Bereiche und «Räume entdecken». Manchen Räumen treten Sie sofort bei, bei anderen fragen Sie an."] },
        ],
    },
    {
        id: "nodes",
        title: "Wenn ein Knoten ausfällt",
        intro: "Ihre Organisation betreibt mehrere Server, genannt Knoten. Jeder hat alles.",
        sections: [
            { heading: "Ein Knoten steht still", lines: ["Der Client geht innert Sekunden zu einem anderen Knoten. Eine ruhige Zeile sagt es; Sie müssen nichts tun.", "Die Gipfel am Fuss der Liste zeigen die Knoten: gefüllt ist Ihrer, gestrichelt antwortet nicht."] },
            { heading: "Kein Knoten antwortet", lines: ["Sie können lesen, was auf diesem Gerät ist, und weiterschreiben. Was Sie schreiben, wartet der Reihe nach und wird einmal gesendet, sobald ein Knoten zurück ist.", "Wenn es dringend ist: Telefon."], picture: { name: "waiting", shows: "Wartende Nachrichten und die Zeile, die sagt, seit wann" } },
        ],
    },
    {
        id: "keys",
        title: "Schlüssel und Geräte",
        intro: "Verschlüsselte Nachrichten öffnen sich nur mit Schlüsseln, und die sind auf Ihren Geräten.",
        sections: [
            { heading: "Ein neues Gerät", lines: ["Bestätigen Sie es von einem Gerät aus, das Sie schon benutzen: sieben Bilder vergleichen oder einen Code scannen.", "Oder geben Sie Ihren Wiederherstellungsschlüssel ein. Dann öffnen sich auch ältere Nachrichten."], picture: { name: "devices", shows: "Ihre Geräte in den Einstellungen" } },
            { heading: "Der Wiederherstellungsschlüssel", lines: ["Bewahren Sie ihn auf Papier oder in einem Passwortsafe auf, nicht in einer Nachricht. Wer ihn hat, kann Ihre Nachrichten lesen.", "Ohne Gerät und ohne diesen Schlüssel kann niemand ältere verschlüsselte Nachrichten öffnen."] },
            { heading: "Eine Nachricht lässt sich noch nicht öffnen", lines: ["Ihr Schlüssel wird geholt. Kommt er nicht, fragen Sie mit der Taste bei der Nachricht das Gerät des Absenders."] },
        ],
    },
    {
        id: "urgent",
        title: "Dringendes",
        intro: "Alarme, auf die alle antworten müssen, kommen mit einer späteren Version.",
        sections: [{ heading: "Bis dahin", lines: ["Erwähnen Sie Personen mit Namen: Sie hören es auch in Räumen, denen sie weniger folgen. Im Notfall: Telefon.", "Wer einen ganzen Raum ansprechen darf, kann eine Nachricht mit dem Plus neben dem Feld als dringend oder kritisch markieren. Sie kommt auch bei «Nicht stören» durch."] }],
    },
];
