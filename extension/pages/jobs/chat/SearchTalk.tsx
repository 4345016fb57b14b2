import { useEffect, useState } from "preact/hooks"
import type { Failure, Hit } from "../../../generated/protocol.ts"
import { toFailure } from "../../../lib/failure.ts"
import { Button } from "../../../ui/Button.tsx"
import { Field } from "../../../ui/Field.tsx"
import { live } from "../../../ui/live.ts"
import { FailureNotice } from "../../../ui/Notice.tsx"
import { EmptyState, Progress } from "../../../ui/State.tsx"
import { count, t } from "../../../ui/text.ts"
import { dayAndTime } from "../../../ui/time.ts"
import { BackLine } from "../BackLine.tsx"
import { nameOf } from "./said.ts"

/** Typing goes on: what was asked for before is not wanted any more. */
const PAUSE_MS = 250
const SHORTEST = 2

/** Finds words in one conversation, or in all. */
export function SearchTalk(props: { conversation: string | null; onBack: () => void }) {
    const [query, setQuery] = useState("")
    const search = useSearch(props.conversation, query)
    return (
        <div class="stack" data-test="search-talk">
            <BackLine onBack={props.onBack} />
            <h1>{props.conversation ? t("chatSearch") : t("chatSearchAll")}</h1>
            <Field
                hideLabel
                autofocus
                icon="search"
                inputMode="search"
                test="search-words"
                label={t("chatSearch")}
                placeholder={t("chatSearchHint")}
                value={query}
                onInput={setQuery}
            />
            <FailureNotice failure={search.failure} />
            {search.busy && <Progress>{t("working")}</Progress>}
            {search.hits?.length === 0 && (
                <EmptyState icon="search" title={t("chatNoHits", query.trim())} />
            )}
            <p class="sr" aria-live="polite">
                {search.hits && count("chatHits", search.hits.length)}
            </p>
            {search.hits && search.hits.length > 0 && (
                <ul class="list" data-test="hits">
                    {search.hits.map((hit) => (
                        <li key={hit.message}>
                            <HitItem hit={hit} inAll={props.conversation === null} />
                        </li>
                    ))}
                </ul>
            )}
            {search.more && (
                <Button test="more-hits" onPress={search.loadMore}>
                    {t("chatMoreHits")}
                </Button>
            )}
        </div>
    )
}

function HitItem({ hit, inAll }: { hit: Hit; inAll: boolean }) {
    const who = hit.own ? t("chatYou") : nameOf(hit.name)
    return (
        <a
            class="item"
            href={`#talk=${hit.conversation}&at=${hit.position}`}
            data-test="hit"
            data-position={hit.position}
        >
            <span class="grow">
                <span class="row small soft">
                    <span class="grow ellipsis">{inAll ? `${hit.title} · ${who}` : who}</span>
                    <span class="tiny faint">{dayAndTime(hit.at)}</span>
                </span>
                <span class="block" dir="auto">
                    {hit.before}
                    <mark>{hit.found}</mark>
                    {hit.after}
                </span>
            </span>
        </a>
    )
}

interface Search {
    hits: readonly Hit[] | undefined
    more: boolean
    busy: boolean
    failure: Failure | undefined
}

const NOTHING: Search = { hits: undefined, more: false, busy: false, failure: undefined }

function useSearch(conversation: string | null, words: string) {
    const query = words.trim()
    const [search, setSearch] = useState<Search>(NOTHING)
    const ask = async (before: string | null, earlier: readonly Hit[]): Promise<Search> => {
        try {
            const request = { type: "search-messages", conversation, query, before } as const
            const { hits, more } = await live(request)
            return { hits: [...earlier, ...hits], more, busy: false, failure: undefined }
        } catch (error) {
            return { ...NOTHING, failure: toFailure(error) }
        }
    }
    useEffect(() => {
        let wanted = true
        if ([...query].length < SHORTEST) {
            setSearch(NOTHING)
            return
        }
        setSearch((now) => ({ ...now, busy: true }))
        const timer = setTimeout(async () => {
            const answer = await ask(null, [])
            if (wanted) setSearch(answer)
        }, PAUSE_MS)
        return () => {
            wanted = false
            clearTimeout(timer)
        }
    }, [conversation, query])
    const loadMore = async () => {
        const hits = search.hits ?? []
        const last = hits.at(-1)
        if (last) setSearch(await ask(last.cursor, hits))
    }
    return { ...search, loadMore }
}
