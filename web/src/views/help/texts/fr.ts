import type { Topic } from "../topics.ts";

export const topics: readonly Topic[] = [
    {
        id: "start",
        title: "Entrer",
        intro: "Une adresse, votre nom et votre mot de passe. Il n’y a rien à installer.",
        sections: [
            { heading: "Se connecter", lines: ["Ouvrez l’adresse de votre organisation et entrez nom d’utilisateur et mot de passe.", "Avec un lien ou un code d’invitation de l’administration, vous choisissez les deux."] },
            { heading: "Sur un poste partagé", lines: ["Choisissez « poste partagé » en vous connectant, et déconnectez-vous en partant. Messages et clés sont alors retirés de l’appareil."] },
            { heading: "Comme application", lines: ["Le menu du navigateur propose « Installer ». L’application a alors sa fenêtre et s’ouvre même sans connexion."] },
        ],
    },
    {
        id: "talking",
        title: "Parler",
        intro: "Les conversations sont à gauche, la plus récente en haut.",
        sections: [
            { heading: "Écrire", lines: ["Le crayon au-dessus de la liste ouvre une conversation avec une personne ou un nouveau salon.", "Entrée envoie, Maj Entrée passe à la ligne. Les étoiles mettent le texte en *oblique* ou en **gras**."], picture: { name: "room", shows: "Un salon avec ses messages et le champ pour écrire" } },
            { heading: "Ce que disent les signes", lines: ["Une coche : un nœud a enregistré votre message durablement. Deux coches : quelqu’un l’a lu.", "Une horloge : il attend sur cet appareil et partira de lui-même. Une ligne rouge : il a été refusé, avec le motif."] },
            { heading: "Moins d’interruptions", lines: ["Le bouton droit sur une conversation en fait un favori, la met à la fin ou en sourdine.", "Dans les détails d’un salon, « Notifier » décide de ce que vous entendez."], picture: { name: "list", shows: "La liste des conversations" } },
        ],
    },
    {
        id: "finding",
        title: "Trouver",
        intro: "Ctrl K trouve salons, personnes et commandes avec quelques lettres.",
        sections: [
            { heading: "Messages", lines: ["Ctrl F cherche dans le salon ouvert, Ctrl Maj F partout. Un résultat mène à sa place.", "Les salons chiffrés sont cherchés sur cet appareil, car aucun serveur ne peut les lire. « Chercher plus ancien » remonte plus loin."], picture: { name: "search", shows: "Résultats d’une recherche, mots surlignés" } },
            { heading: "Salons et espaces", lines: ["Le nom au-dessus de la liste ouvre vos espaces et « Découvrir des salons ». Certains s’ouvrent de suite ; pour d’autres, on demande."] },
        ],
    },
    {
        id: "nodes",
        title: "Quand un nœud tombe",
        intro: "Votre organisation a plusieurs serveurs, les nœuds. Chacun contient tout.",
        sections: [
            { heading: "Un nœud s’arrête", lines: ["Le client passe à un autre nœud en quelques secondes. Une ligne calme le dit ; rien n’est à faire.", "Les sommets au pied de la liste montrent les nœuds : plein, c’est le vôtre ; en pointillé, il ne répond pas."] },
            { heading: "Aucun nœud ne répond", lines: ["Vous pouvez lire ce qui est sur cet appareil et continuer d’écrire. Vos messages attendent, dans l’ordre, et partent une seule fois au retour d’un nœud.", "Si c’est urgent, téléphonez."], picture: { name: "waiting", shows: "Des messages en attente et la ligne qui dit depuis quand" } },
        ],
    },
    {
        id: "keys",
        title: "Clés et appareils",
        intro: "Les messages chiffrés ne s’ouvrent qu’avec des clés, qui sont sur vos appareils.",
        sections: [
            { heading: "Un nouvel appareil", lines: ["Confirmez-le depuis un appareil que vous utilisez déjà : comparez sept images ou scannez un code.", "Ou entrez votre clé de récupération. Les anciens messages s’ouvrent alors aussi."], picture: { name: "devices", shows: "Vos appareils dans les paramètres" } },
            { heading: "La clé de récupération", lines: ["Gardez-la sur papier ou dans un coffre de mots de passe, pas dans un message. Qui l’a peut lire vos messages.", "Sans appareil et sans cette clé, personne ne peut ouvrir les anciens messages chiffrés."] },
            { heading: "Un message ne s’ouvre pas encore", lines: ["Sa clé est en route. Si elle n’arrive pas, demandez-la à l’appareil de l’expéditeur avec le bouton près du message."] },
        ],
    },
    {
        id: "urgent",
        title: "Urgences",
        intro: "Les alertes auxquelles chacun doit répondre viendront avec une version suivante.",
        sections: [{ heading: "D’ici là", lines: ["Mentionnez les personnes par leur nom : elles l’entendent aussi dans les salons qu’elles suivent moins. En cas d’urgence, téléphonez.", "Qui peut s’adresser à tout un salon peut marquer un message comme urgent ou critique, avec le plus à côté du champ. Il passe même en mode « Ne pas déranger »."] }],
    },
];
