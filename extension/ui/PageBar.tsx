import { IconButton } from "./Button.tsx"
import { desk, useStatus } from "./client.ts"
import { Mark } from "./Icon.tsx"
import { t } from "./text.ts"
import { saveAll } from "./unsaved.ts"

const PAGES = [
    { href: "contacts.html", key: "navContacts" },
    { href: "chat.html", key: "navChat" },
    { href: "letters.html", key: "navLetters" },
    { href: "files.html", key: "navFiles" },
    { href: "settings.html", key: "navSettings" },
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
                {PAGES.map(({ href, key }) => (
                    <a
                        key={href}
                        href={href}
                        aria-current={href === current ? "page" : undefined}
                        data-test={`nav-${key.slice(3).toLowerCase()}`}
                    >
                        {t(key)}
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
