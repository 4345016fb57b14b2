/** What the reader says, in each of its languages. */

const en = {
    title: "Sotto reader",
    lead: "Opens letters and files that were sealed with a password. Nothing has to be installed, and nothing leaves this computer: the page has no network.",
    chooseTitle: "What do you want to open?",
    chooseDrop:
        "Drop the sealed file here: an .age file, or a page like this one with a letter in it.",
    choosePick: "Choose a file",
    choosePaste: "Or paste the sealed text",
    chooseTake: "Go on with this text",
    unlockTitle: "Sealed with a password",
    letterInside: "There is a sealed letter in this page.",
    textGiven: "Sealed text, $1",
    password: "Password",
    passwordShow: "Show",
    passwordHide: "Hide",
    passwordHint:
        "You got it from the sender on another way: by phone, in person, or in another app.",
    open: "Open",
    cancel: "Cancel",
    opening: "Opening… This takes a few seconds.",
    reading: "Reading… $1",
    cancelled: "Cancelled. Nothing was kept.",
    openedTitle: "Opened",
    proofNone: "No sender proof",
    proofNoneText:
        "Anyone who knows the password can have written this. Whoever it says it is from: ask them, if it matters.",
    reveal: "Show the text",
    subjectClaims: "Its subject, as whoever wrote it says:",
    textLabel: "The text",
    copy: "Copy the text",
    copied: "Copied.",
    notCopied: "The browser does not let the page copy. Select the text and copy it.",
    fileSize: "A file of $1",
    nameClaims: "It calls itself:",
    nameLabel: "Save as",
    nameUse: "Use that name",
    nameHint:
        "Without a name of yours it is saved as “.bin”, which no program opens by itself. Open it only if you expected it.",
    download: "Save the file",
    saved: "Handed to the browser as “$1”.",
    again: "Open something else",
    aboutTitle: "What is this page, and how can I check it?",
    aboutWhat:
        "It is one file that contains a small program of the Sotto project and nothing of anybody else's. It reads the age format (age-encryption.org), which other programs open as well.",
    aboutNetwork:
        "The first lines of the file forbid the browser any connection. You may also switch the network off before you type the password.",
    aboutCheck:
        "The Sotto release page has the SHA-256 and BLAKE3 sums of the empty reader. If “sha256sum” of your file gives the same, it is the one that was published.",
    aboutLetter:
        "A page with a letter in it has another sum, and whoever could change the mail could have changed the page. To be sure, take the empty reader from the release page, check it, and drop the page you got onto it: it takes the letter out and opens it itself.",
    aboutLimits:
        "The password protects the letter only as well as it is hard to guess. Files up to 512 MB are opened; larger ones need Sotto or age.",
    language: "Français",
    "wrong-password":
        "That is not the password. Check capital letters, spaces and the order of the words, and try again.",
    damaged:
        "It was damaged or changed on its way, and nothing of it can be shown. Ask for it again.",
    truncated: "A part of it is missing. Load it down again, or ask for it again.",
    "work-factor-too-high":
        "Opening it would take more time and memory than this page allows (scrypt above 2^20). Ask the sender to seal it again with usual settings.",
    "out-of-memory":
        "There is not enough memory to open it. Close other tabs or programs and try again, or use another computer.",
    "needs-sotto":
        "This is sealed to a person's key, not with a password. Whoever it is for opens it with Sotto, or with age and their key.",
    "newer-version": "It was sealed by a newer program. Get a newer reader from the release page.",
    "not-sealed":
        "There is nothing sealed in this. Choose the .age file, or paste the whole block.",
    "malformed-armor":
        "The sealed text is not whole. Copy it from “-----BEGIN” to “-----END”, both included.",
    "too-large": "It is larger than 512 MB. Use Sotto or age for it.",
    "too-old":
        "This browser cannot run the page. Use Firefox, Chrome, Edge or Safari of 2023 or later.",
    unreadable: "The browser cannot read this file. If it is a folder, choose a file in it.",
    bug: "Something went wrong inside the page. Reload it and try again.",
}

export type TextKey = keyof typeof en

const fr: Record<TextKey, string> = {
    title: "Lecteur Sotto",
    lead: "Ouvre les lettres et fichiers scellés par un mot de passe. Rien à installer, et rien ne quitte cet ordinateur : la page n'a pas de réseau.",
    chooseTitle: "Que voulez-vous ouvrir ?",
    chooseDrop:
        "Déposez ici le fichier scellé : un fichier .age, ou une page comme celle-ci qui contient une lettre.",
    choosePick: "Choisir un fichier",
    choosePaste: "Ou collez le texte scellé",
    chooseTake: "Continuer avec ce texte",
    unlockTitle: "Scellé par un mot de passe",
    letterInside: "Il y a une lettre scellée dans cette page.",
    textGiven: "Texte scellé, $1",
    password: "Mot de passe",
    passwordShow: "Afficher",
    passwordHide: "Masquer",
    passwordHint:
        "L'expéditeur vous l'a donné par une autre voie : au téléphone, en personne, ou dans une autre application.",
    open: "Ouvrir",
    cancel: "Annuler",
    opening: "Ouverture… Cela prend quelques secondes.",
    reading: "Lecture… $1",
    cancelled: "Annulé. Rien n'a été gardé.",
    openedTitle: "Ouvert",
    proofNone: "Aucune preuve d'expéditeur",
    proofNoneText:
        "Quiconque connaît le mot de passe peut avoir écrit ceci. Quel que soit l'expéditeur annoncé : demandez-lui, si cela compte.",
    reveal: "Afficher le texte",
    subjectClaims: "Son objet, selon la personne qui l'a écrit :",
    textLabel: "Le texte",
    copy: "Copier le texte",
    copied: "Copié.",
    notCopied: "Le navigateur ne laisse pas la page copier. Sélectionnez le texte et copiez-le.",
    fileSize: "Un fichier de $1",
    nameClaims: "Il se nomme :",
    nameLabel: "Enregistrer sous",
    nameUse: "Prendre ce nom",
    nameHint:
        "Sans nom de votre part, il est enregistré en « .bin », qu'aucun programme n'ouvre de lui-même. Ne l'ouvrez que si vous l'attendiez.",
    download: "Enregistrer le fichier",
    saved: "Remis au navigateur sous le nom « $1 ».",
    again: "Ouvrir autre chose",
    aboutTitle: "Qu'est-ce que cette page, et comment la vérifier ?",
    aboutWhat:
        "C'est un seul fichier qui contient un petit programme du projet Sotto et rien de personne d'autre. Il lit le format age (age-encryption.org), que d'autres programmes ouvrent aussi.",
    aboutNetwork:
        "Les premières lignes du fichier interdisent toute connexion au navigateur. Vous pouvez aussi couper le réseau avant de taper le mot de passe.",
    aboutCheck:
        "La page de publication de Sotto donne les sommes SHA-256 et BLAKE3 du lecteur vide. Si « sha256sum » de votre fichier donne la même, c'est celui qui a été publié.",
    aboutLetter:
        "Une page qui contient une lettre a une autre somme, et qui pouvait changer le courrier pouvait changer la page. Pour en être sûr, prenez le lecteur vide sur la page de publication, vérifiez-le, et déposez-y la page reçue : il en sort la lettre et l'ouvre lui-même.",
    aboutLimits:
        "Le mot de passe ne protège la lettre qu'autant qu'il est difficile à deviner. Les fichiers jusqu'à 512 Mo s'ouvrent ; au-delà, il faut Sotto ou age.",
    language: "English",
    "wrong-password":
        "Ce n'est pas le mot de passe. Vérifiez majuscules, espaces et ordre des mots, puis réessayez.",
    damaged:
        "Il a été abîmé ou modifié en chemin, et rien ne peut en être montré. Demandez qu'on vous le renvoie.",
    truncated: "Il en manque une partie. Téléchargez-le de nouveau, ou redemandez-le.",
    "work-factor-too-high":
        "L'ouvrir prendrait plus de temps et de mémoire que cette page n'en permet (scrypt au-delà de 2^20). Demandez à l'expéditeur de le sceller avec des réglages habituels.",
    "out-of-memory":
        "La mémoire ne suffit pas pour l'ouvrir. Fermez d'autres onglets ou programmes et réessayez, ou prenez un autre ordinateur.",
    "needs-sotto":
        "Ceci est scellé pour la clé d'une personne, pas par un mot de passe. Son destinataire l'ouvre avec Sotto, ou avec age et sa clé.",
    "newer-version":
        "Il a été scellé par un programme plus récent. Prenez un lecteur plus récent sur la page de publication.",
    "not-sealed":
        "Il n'y a rien de scellé là-dedans. Choisissez le fichier .age, ou collez le bloc entier.",
    "malformed-armor":
        "Le texte scellé n'est pas entier. Copiez-le de « -----BEGIN » à « -----END », compris.",
    "too-large": "Il dépasse 512 Mo. Prenez Sotto ou age pour l'ouvrir.",
    "too-old":
        "Ce navigateur ne peut pas faire marcher la page. Prenez Firefox, Chrome, Edge ou Safari de 2023 ou plus récent.",
    unreadable:
        "Le navigateur ne peut pas lire ce fichier. Si c'est un dossier, choisissez un fichier dedans.",
    bug: "Quelque chose s'est mal passé dans la page. Rechargez-la et réessayez.",
}

const languages = { en, fr }
export type Language = keyof typeof languages

let current: Language = navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en"

export function language(): Language {
    return current
}

export function speak(next: Language): void {
    current = next
}

export function t(key: TextKey, value = ""): string {
    return languages[current][key].replace("$1", () => value)
}

/** The text of a failure, by the code that the core throws. */
export function adviceFor(code: string): string {
    const known = CODES[code]
    return t(known ?? (Object.hasOwn(en, code) ? (code as TextKey) : "bug"))
}

/** Codes that are one matter to the person. */
const CODES: Readonly<Record<string, TextKey>> = {
    tampered: "damaged",
    "malformed-header": "damaged",
    "malformed-line": "malformed-armor",
    "not-a-recipient": "needs-sotto",
    "nothing-found": "not-sealed",
}
