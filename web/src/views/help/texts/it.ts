import type { Topic } from "../topics.ts";

export const topics: readonly Topic[] = [
    {
        id: "start",
        title: "Entrare",
        intro: "Un indirizzo, il Suo nome e la Sua password. Non c’è nulla da installare.",
        sections: [
            { heading: "Accedere", lines: ["Apra l’indirizzo della Sua organizzazione e inserisca nome utente e password.", "Con un link o un codice d’invito dell’amministrazione li sceglie Lei."] },
            { heading: "Su una postazione condivisa", lines: ["All’accesso scelga «postazione condivisa» ed esca quando se ne va. Messaggi e chiavi vengono allora tolti dal dispositivo."] },
            { heading: "Come app", lines: ["Il menu del browser ha «Installa». L’app ha allora una finestra propria e si apre anche senza connessione."] },
        ],
    },
    {
        id: "talking",
        title: "Parlare",
        intro: "Le conversazioni stanno a sinistra, la più recente in alto.",
        sections: [
            { heading: "Scrivere", lines: ["La penna sopra l’elenco apre una conversazione con una persona o una nuova stanza.", "Invio manda, Maiusc Invio va a capo. Gli asterischi fanno il testo *corsivo* o **grassetto**."], picture: { name: "room", shows: "Una stanza con messaggi e il campo per scrivere" } },
            { heading: "Che cosa dicono i segni", lines: ["Una spunta: un nodo ha conservato il messaggio in modo durevole. Due spunte: qualcuno l’ha letto.", "Un orologio: aspetta su questo dispositivo e parte da solo. Una riga rossa: è stato rifiutato, con il motivo."] },
            { heading: "Meno interruzioni", lines: ["Il tasto destro su una conversazione la rende preferita, la mette in fondo o la silenzia.", "Nei dettagli di una stanza, «Avvisi» decide che cosa si sente."], picture: { name: "list", shows: "L’elenco delle conversazioni" } },
        ],
    },
    {
        id: "finding",
        title: "Trovare",
        intro: "Ctrl K trova stanze, persone e comandi con poche lettere.",
        sections: [
            { heading: "Messaggi", lines: ["Ctrl F cerca nella stanza aperta, Ctrl Maiusc F ovunque. Un risultato porta al suo posto.", "Le stanze cifrate si cercano su questo dispositivo, perché nessun server può leggerle. «Cercare più indietro» risale di più."], picture: { name: "search", shows: "Risultati di una ricerca con le parole evidenziate" } },
            { heading: "Stanze e spazi", lines: ["Il nome sopra l’elenco apre i Suoi spazi e «Scoprire stanze». In alcune si entra subito; per altre si chiede."] },
        ],
    },
    {
        id: "nodes",
        title: "Se un nodo si ferma",
        intro: "La Sua organizzazione ha più server, detti nodi. Ognuno contiene tutto.",
        sections: [
            { heading: "Un nodo si ferma", lines: ["Il client passa a un altro nodo in pochi secondi. Una riga calma lo dice; non deve fare nulla.", "Le cime in fondo all’elenco mostrano i nodi: piena è la Sua, tratteggiata non risponde."] },
            { heading: "Nessun nodo risponde", lines: ["Può leggere ciò che è su questo dispositivo e continuare a scrivere. Ciò che scrive aspetta, in ordine, e parte una volta sola quando un nodo torna.", "Se è urgente, telefoni."], picture: { name: "waiting", shows: "Messaggi in attesa e la riga che dice da quando" } },
        ],
    },
    {
        id: "keys",
        title: "Chiavi e dispositivi",
        intro: "I messaggi cifrati si aprono solo con chiavi, che sono sui Suoi dispositivi.",
        sections: [
            { heading: "Un nuovo dispositivo", lines: ["Lo confermi da un dispositivo che già usa: confronti sette immagini o scansioni un codice.", "Oppure inserisca la chiave di recupero. Allora si aprono anche i messaggi più vecchi."], picture: { name: "devices", shows: "I Suoi dispositivi nelle impostazioni" } },
            { heading: "La chiave di recupero", lines: ["La tenga su carta o in una cassaforte di password, non in un messaggio. Chi ce l’ha può leggere i Suoi messaggi.", "Senza dispositivo e senza questa chiave nessuno può aprire i vecchi messaggi cifrati."] },
            { heading: "Un messaggio non si apre ancora", lines: ["La sua chiave sta arrivando. Se non arriva, la chieda al dispositivo del mittente con il tasto accanto al messaggio."] },
        ],
    },
    {
        id: "urgent",
        title: "Urgenze",
        intro: "Gli allarmi a cui tutti devono rispondere arrivano con una versione successiva.",
        sections: [{ heading: "Fino ad allora", lines: ["Menzioni le persone per nome: lo sentono anche nelle stanze che seguono meno. In caso di emergenza, telefoni.", "Chi può rivolgersi a tutta una stanza può segnare un messaggio come urgente o critico, con il più accanto al campo. Arriva anche con «Non disturbare»."] }],
    },
];
