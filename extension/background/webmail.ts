/**
 * Hosts that are known to be webmail. Data for the *suggestion* in the popup only: no site gets a
 * right by being here, and none lacks one by not being here.
 */

const HOSTS: ReadonlySet<string> = new Set([
    "mail.google.com",
    "outlook.live.com",
    "outlook.office.com",
    "outlook.office365.com",
    "mail.yahoo.com",
    "mail.proton.me",
    "app.fastmail.com",
    "app.tuta.com",
    "www.icloud.com",
    "mail.zoho.com",
    "mail.zoho.eu",
    "navigator.gmx.net",
    "webmail.gmx.net",
    "mail.web.de",
    "mail.aol.com",
    "webmail.orange.fr",
    "mail.laposte.net",
    "webmail.free.fr",
    "mail.ovh.net",
    "webmail.gandi.net",
    "mail.infomaniak.com",
    "app.mailbox.org",
    "posteo.de",
    "mail.runbox.com",
    "mail.yandex.com",
    "e.mail.ru",
])

/** First labels that webmail of one's own provider or server usually has. */
const LABELS: ReadonlySet<string> = new Set(["webmail", "roundcube", "mail", "zimbra", "horde"])

export function isKnownWebmail(origin: string): boolean {
    if (origin === "") return false
    const { hostname } = new URL(origin)
    return HOSTS.has(hostname) || LABELS.has(hostname.split(".")[0] ?? "")
}
