import { IconButton } from "./Button.tsx"
import { desk, useStatus } from "./client.ts"
import { Icon, Mark } from "./Icon.tsx"
import { t } from "./text.ts"
import { saveAll } from "./unsaved.ts"

const PAGES = [
    { href: "contacts.html", key: "navContacts", icon: undefined },
    { href: "chat.html", key: "navChat", icon: undefined },
    { href: "letters.html", key: "navLetters", icon: undefined },
    { href: "files.html", key: "navFiles", icon: undefined },
    // Where the five words have no room, this one is its icon.
    { href: "settings.html", key: "navSettings", icon: "gear" },
] as const

export async function lockNow(): Promise<void> {
    await saveAll()
    await desk({ type: "lock" })
}

/** The bar over pages in tabs. */
export function PageBar({ current }: { current?: (typeof PAGES)[number]["href"] }) {
    const open = useStatus()?.vault === "unlocked"
    return (
        <header class="page-bar no-print">
            <span class="brand">
                <Mark />
                <span>Sotto</span>
            </span>
            <nav>
                {PAGES.map(({ href, key, icon }) => (
                    <a
                        key={href}
                        href={href}
                        aria-current={href === current ? "page" : undefined}
                        aria-label={icon && t(key)}
                        title={icon && t(key)}
                        data-test={`nav-${key.slice(3).toLowerCase()}`}
                    >
                        {icon && <Icon name={icon} />}
                        <span>{t(key)}</span>
                    </a>
                ))}
            </nav>
            <span class="push">
                {open && (
                    <IconButton test="lock" icon="lock" label={t("lockNow")} onPress={lockNow} />
                )}
            </span>
        </header>
    )
}
