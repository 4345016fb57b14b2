import { LinkButton } from "../../../ui/Button.tsx"
import { desk, useDoing, useLoaded } from "../../../ui/client.ts"
import { FailureNotice } from "../../../ui/Notice.tsx"
import { t } from "../../../ui/text.ts"
import { hostOf } from "./host.ts"
import { GuardRuleChoice } from "./SiteGuard.tsx"

/** Every site with a rule, to look over and change. */
export function Guards() {
    const { failure, run } = useDoing()
    const loaded = useLoaded("guards", async () => {
        const reply = await desk({ type: "guards" })
        return reply.guards
    })
    const guardField = (site: string, field: string) =>
        run(async () => {
            await desk({ type: "exempt-field", site, field, exempt: false })
            loaded.reload()
        })
    const guards = loaded.value ?? []
    return (
        <div class="stack">
            <p class="soft">{t("guardSettingsText")}</p>
            {loaded.value && guards.length === 0 && (
                <p class="small faint" data-test="guards-none">
                    {t("guardSettingsNone")}
                </p>
            )}
            {guards.map((guard) => (
                <div key={guard.site} class="card stack stack-snug" data-test="guard-site">
                    <h3 class="ellipsis">{hostOf(guard.site)}</h3>
                    <GuardRuleChoice guard={guard} onChanged={loaded.reload} />
                    {guard.exempt.map((field) => (
                        <p key={field} class="row small">
                            <span class="grow ellipsis">{t("guardExemptField", field)}</span>
                            <LinkButton
                                test="guard-field-again"
                                onPress={() => guardField(guard.site, field)}
                            >
                                {t("guardFieldAgain")}
                            </LinkButton>
                        </p>
                    ))}
                </div>
            ))}
            <FailureNotice failure={failure ?? loaded.failure} />
        </div>
    )
}
