import { desk, useLoaded } from "../../ui/client.ts"
import { TrustBadge } from "../../ui/Trust.tsx"
import { t } from "../../ui/text.ts"
import { brief } from "../../ui/time.ts"

/** The verdict on what was opened in the page, told where no page can paint. */
export function OpenedList({ tab }: { tab: number }) {
    const { value: letters = [] } = useLoaded(tab, async () => {
        const reply = await desk({ type: "opened-on", tab })
        return reply.letters
    })
    if (letters.length === 0) return null
    return (
        <section class="stack stack-snug" data-test="opened-here">
            <h2 class="label">{t("openedTitle")}</h2>
            <ul class="list">
                {letters.map((letter) => (
                    <li key={`${letter.at} ${letter.title}`} class="item" data-test="opened">
                        <span class="grow">
                            <span class="row">
                                <span class="strong ellipsis" dir="auto">
                                    {letter.trust === null ? t("openedUnproved") : letter.name}
                                </span>
                                {letter.trust !== null && <TrustBadge trust={letter.trust} />}
                            </span>
                            <span class="block ellipsis small soft" dir="auto">
                                {letter.title}
                            </span>
                        </span>
                        <span class="tiny faint num">{brief(letter.at)}</span>
                    </li>
                ))}
            </ul>
        </section>
    )
}
