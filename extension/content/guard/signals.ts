/** What the guard's two worlds say to each other. None of it is a secret. */

/** Once, at the start of a document: here is the wire. */
export const MEET = "sotto-guard-meet"
/** Once, at the start of a document: where is the wire? */
export const CALL = "sotto-guard-call"

/** Do you hold? Held is answered by cancelling the event. */
export const HOLD = "sotto-guard-hold"
/** A document was opened anew, which takes every listener from its window. */
export const AGAIN = "sotto-guard-again"
/** The page asked for a folder, which cannot be given sealed on this way. */
export const FOLDER = "sotto-guard-folder"
/** The page read pictures or files from the clipboard by itself. */
export const CLIPBOARD = "sotto-guard-clipboard"
