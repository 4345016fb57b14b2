import { useState } from "preact/hooks"
import type { MessageKey } from "../../../generated/messages.ts"
import type { Contact, Conversation, Member, Right, Safety } from "../../../generated/protocol.ts"
import { Button, IconButton } from "../../../ui/Button.tsx"
import { Digits } from "../../../ui/Compared.tsx"
import { desk, useDoing, useLoaded } from "../../../ui/client.ts"
import { Confirm } from "../../../ui/Dialog.tsx"
import { Field, Switch } from "../../../ui/Field.tsx"
import { live, useLive } from "../../../ui/live.ts"
import { FailureNotice, Notice } from "../../../ui/Notice.tsx"
import { Segments } from "../../../ui/Segments.tsx"
import { Progress } from "../../../ui/State.tsx"
import { toast } from "../../../ui/Toast.tsx"
import { Avatar, TRUST_MEANING, TrustBadge } from "../../../ui/Trust.tsx"
import { count, names, t } from "../../../ui/text.ts"
import { dayAndTime } from "../../../ui/time.ts"
import { BlockButton } from "../Blocking.tsx"
import { Compare } from "../Compare.tsx"
import { People } from "./People.tsx"
import { ALARM, nameOf, TELLING } from "./said.ts"

interface Props {
    id: string
    onBack: () => void
    /** The conversation is not here any more. */
    onGone: () => void
}

/** Takes the view that a request answered. */
type Take = (conversation: Conversation) => void

/** Everything about a conversation but what was said: how sure it is, who is in it, what to do. */
export function TalkDetails({ id, onBack, onGone }: Props) {
    const [given, setGiven] = useState<Conversation>()
    const loaded = useLoaded(id, async () => {
        const [opened, safe] = await Promise.all([
            live({ type: "open-conversation", conversation: id }),
            live({ type: "safety", conversation: id }),
        ])
        setGiven(opened.conversation)
        return safe.safety
    })
    useLive(
        (event) => event.type === "conversation" && event.conversation === id && loaded.reload(),
        loaded.reload,
    )
    if (loaded.failure) return <FailureNotice failure={loaded.failure} />
    if (!loaded.value || !given) return <Progress>{t("working")}</Progress>
    const { kind, title } = given.brief
    return (
        <div class="stack stack-loose" data-test="details">
            <div class="row">
                <IconButton
                    small
                    test="details-back"
                    icon="back"
                    label={t("back")}
                    onPress={onBack}
                />
                <h1 class="grow ellipsis" dir="auto">
                    {title}
                </h1>
            </div>
            {kind === "pair" ? (
                <PairSafety conversation={given} onCompared={loaded.reload} />
            ) : (
                <Group conversation={given} take={setGiven} />
            )}
            <Epoch safety={loaded.value} group={kind === "group"} />
            <Alarms safety={loaded.value} />
            <Here conversation={given} take={setGiven} onBlocked={loaded.reload} onGone={onGone} />
        </div>
    )
}

function PairSafety(props: { conversation: Conversation; onCompared: () => void }) {
    const { contact, title } = props.conversation.brief
    const loaded = useLoaded(`${contact?.id} ${contact?.trust}`, async () => {
        if (!contact) return null
        return (await desk({ type: "contact", id: contact.id })).contact
    })
    if (loaded.failure) return <FailureNotice failure={loaded.failure} />
    if (!loaded.value) return null
    return (
        <Sure
            contact={loaded.value}
            name={title}
            onCompared={() => {
                loaded.reload()
                props.onCompared()
            }}
        />
    )
}

function Sure(props: { contact: Contact; name: string; onCompared: () => void }) {
    const { contact, name, onCompared } = props
    const { trust } = contact.brief
    return (
        <>
            <p class="row row-wrap" data-test="safety-trust" data-trust={trust}>
                <TrustBadge trust={trust} />
                <span class="small soft">{t(TRUST_MEANING[trust])}</span>
            </p>
            {contact.comparing && trust !== "blocked" && trust !== "changed" && (
                <Compare
                    contact={contact}
                    comparing={contact.comparing}
                    name={name}
                    onCompared={onCompared}
                />
            )}
        </>
    )
}

/** What all members must see alike. */
function Epoch({ safety, group }: { safety: Safety; group: boolean }) {
    if (safety.authenticator.length === 0) return null
    return (
        <section class="card stack" data-test="epoch" data-epoch={safety.epoch}>
            <h2>{t("chatEpoch")}</h2>
            <p class="small soft">{group ? t("chatEpochGroup") : t("chatEpochPair")}</p>
            <Digits groups={safety.authenticator} />
            {safety.agreed.length > 0 && (
                <p class="small">
                    {t("chatEpochAgreed", names(safety.agreed.map(({ name }) => name)))}
                </p>
            )}
        </section>
    )
}

function Alarms({ safety }: { safety: Safety }) {
    if (safety.alarms.length === 0) return null
    return (
        <section class="stack stack-snug" data-test="alarms">
            <h2>{t("chatAlarms")}</h2>
            {safety.alarms.map(({ kind, name, at }) => (
                <Notice key={`${kind} ${at}`} tone="caution" title={t(ALARM[kind])}>
                    <p class="small">{name ? `${name} · ${dayAndTime(at)}` : dayAndTime(at)}</p>
                </Notice>
            ))}
            <p class="small soft">{t("chatAlarmsText")}</p>
        </section>
    )
}

function Group({ conversation, take }: { conversation: Conversation; take: Take }) {
    const { roster, may, brief, changing, quiet } = conversation
    const [adding, setAdding] = useState(false)
    const { failure, run } = useDoing()
    const add = (people: string[]) =>
        run(async () => {
            take((await live({ type: "add-people", conversation: brief.id, people })).conversation)
            setAdding(false)
        })
    return (
        <section class="stack">
            {may.change && <Name conversation={conversation} take={take} />}
            <div class="row">
                <h2 class="grow">{count("chatMembers", roster.length)}</h2>
                {may.add && (
                    <Button
                        size="small"
                        icon="plus"
                        test="add-people"
                        onPress={() => setAdding(true)}
                    >
                        {t("chatAddPeople")}
                    </Button>
                )}
            </div>
            {changing && (
                <Notice icon="clock" test="changing">
                    {t("chatChanging")}
                </Notice>
            )}
            {quiet && (
                <p class="small soft" data-test="quiet-group">
                    {t("chatQuietGroup", TELLING)}
                </p>
            )}
            <FailureNotice failure={failure} />
            <Roster conversation={conversation} take={take} />
            {adding && (
                <div class="card stack" data-test="adding">
                    <People
                        without={roster.map(({ id }) => id)}
                        confirm={t("chatAddPeople")}
                        onConfirm={add}
                        onCancel={() => setAdding(false)}
                    />
                </div>
            )}
            <Rights conversation={conversation} take={take} />
        </section>
    )
}

/** So many stand there at once: what is below them is to be reached without passing hundreds. */
const FOLDED = 12

function Roster({ conversation, take }: { conversation: Conversation; take: Take }) {
    const { roster } = conversation
    const [query, setQuery] = useState("")
    const [isWhole, setWhole] = useState(false)
    const words = query.trim().toLocaleLowerCase()
    const found = roster.filter((member) => rosterLine(member).includes(words))
    const shown = isWhole || words ? found : found.slice(0, FOLDED)
    return (
        <>
            {roster.length > FOLDED && (
                <Field
                    hideLabel
                    icon="search"
                    test="roster-search"
                    label={t("chatRosterSearch")}
                    placeholder={t("chatRosterSearch")}
                    value={query}
                    onInput={setQuery}
                    onEscape={() => setQuery("")}
                />
            )}
            <p class={words ? "small soft" : "sr"} role="status" data-test="roster-found">
                {words && foundLine(found.length)}
            </p>
            <ul class="list" data-test="roster">
                {shown.map((member) => (
                    <li key={member.id}>
                        <MemberItem member={member} conversation={conversation} take={take} />
                    </li>
                ))}
            </ul>
            {shown.length < found.length && (
                <div>
                    <Button
                        size="small"
                        icon="down"
                        test="roster-all"
                        onPress={() => setWhole(true)}
                    >
                        {t("chatRosterAll", String(roster.length))}
                    </Button>
                </div>
            )}
        </>
    )
}

/** Said as it changes: who does not see the list hears how long it is. */
function foundLine(members: number): string {
    return members === 0 ? t("chatRosterNone") : count("chatRosterFound", members)
}

function rosterLine({ own, name, address }: Member): string {
    return `${own ? t("chatYou") : nameOf(name)} ${address}`.toLocaleLowerCase()
}

function Name({ conversation, take }: { conversation: Conversation; take: Take }) {
    const { id, title } = conversation.brief
    const [name, setName] = useState(title)
    const { failure, run } = useDoing()
    const rename = () =>
        run(async () => {
            take((await live({ type: "rename", conversation: id, name })).conversation)
        })
    return (
        <div class="row row-bottom">
            <div class="grow">
                <Field
                    test="group-name"
                    label={t("chatGroupName")}
                    value={name}
                    onInput={setName}
                    onEnter={() => void rename()}
                />
            </div>
            {name !== title && name.trim() !== "" && (
                <Button test="rename" onPress={rename}>
                    {t("chatRename")}
                </Button>
            )}
            <FailureNotice failure={failure} />
        </div>
    )
}

function MemberItem(props: { member: Member; conversation: Conversation; take: Take }) {
    const { member, conversation, take } = props
    const { may, brief } = conversation
    const [removing, setRemoving] = useState(false)
    const { failure, run } = useDoing()
    const about = { conversation: brief.id, person: member.id }
    const remove = () =>
        run(async () => {
            take((await live({ type: "remove-person", ...about })).conversation)
            setRemoving(false)
        })
    const setAdmin = () =>
        run(async () => {
            take((await live({ type: "set-admin", ...about, admin: !member.admin })).conversation)
        })
    const name = member.own ? t("chatYou") : nameOf(member.name)
    return (
        <div class="item member" data-test="member" data-id={member.id} data-admin={member.admin}>
            <Avatar id={member.name ? member.id : ""} name={member.name} />
            <span class="grow">
                <span class="person-name block ellipsis" dir="auto">
                    {name}
                </span>
                <span class="small soft block member-line">{memberLine(member)}</span>
            </span>
            {!member.own && <TrustBadge trust={member.trust} />}
            {!member.own && (may.change || may.remove) && (
                <span class="member-deeds">
                    {may.change && (
                        <Button
                            size="small"
                            kind="quiet"
                            test="set-admin"
                            label={t(member.admin ? "chatNoAdminOf" : "chatMakeAdminOf", name)}
                            onPress={setAdmin}
                        >
                            {member.admin ? t("chatNoAdmin") : t("chatMakeAdmin")}
                        </Button>
                    )}
                    {may.remove && (
                        <IconButton
                            small
                            test="remove-person"
                            icon="close"
                            label={t("chatRemove", name)}
                            onPress={() => setRemoving(true)}
                        />
                    )}
                </span>
            )}
            <FailureNotice failure={failure} />
            {removing && (
                <Confirm
                    danger
                    test="remove-sure"
                    title={t("chatRemove", name)}
                    confirm={t("chatRemoveConfirm")}
                    onConfirm={remove}
                    onCancel={() => setRemoving(false)}
                >
                    <p>{t("chatRemoveText")}</p>
                </Confirm>
            )}
        </div>
    )
}

/** Nobody is left who may change what the group allows. */
function isOnlyAdmin({ roster }: Conversation): boolean {
    const admins = roster.filter(({ admin }) => admin)
    return roster.length > 1 && admins.length === 1 && admins[0]?.own === true
}

function memberLine({ admin, address, leaving, devices }: Member): string {
    const parts = [
        admin ? t("chatAdmin") : "",
        address,
        devices > 1 ? count("chatDevices", devices) : "",
        leaving ? t("chatLeaving") : "",
    ]
    return parts.filter(Boolean).join(" · ")
}

const RIGHT = {
    admins: "chatRightAdmins",
    everybody: "chatRightEverybody",
} as const satisfies Record<Right, MessageKey>

function Rights({ conversation, take }: { conversation: Conversation; take: Take }) {
    const { add, remove, may, brief } = conversation
    const { failure, run } = useDoing()
    const set = (rights: { add: Right; remove: Right }) =>
        void run(async () => {
            const reply = await live({ type: "set-rights", conversation: brief.id, ...rights })
            take(reply.conversation)
        })
    const options = (["admins", "everybody"] as const).map((value) => ({
        value,
        label: t(RIGHT[value]),
    }))
    const rights = [
        { test: "may-add", label: t("chatMayAdd"), value: add, key: "add" },
        { test: "may-remove", label: t("chatMayRemove"), value: remove, key: "remove" },
    ] as const
    return (
        <div class="card stack" data-test="rights" data-add={add} data-remove={remove}>
            {rights.map(({ test, label, value, key }) => (
                <div key={key} class="row row-wrap">
                    <span class="grow">{label}</span>
                    {may.change ? (
                        <Segments
                            test={test}
                            label={label}
                            options={options}
                            value={value}
                            onChange={(next) => set({ add, remove, [key]: next })}
                        />
                    ) : (
                        <span class="strong">{t(RIGHT[value])}</span>
                    )}
                </div>
            ))}
            <p class="small soft">{t("chatRightsText")}</p>
            <FailureNotice failure={failure} />
        </div>
    )
}

/** What concerns this device and person alone. */
function Here(props: {
    conversation: Conversation
    take: Take
    onBlocked: () => void
    onGone: () => void
}) {
    const { brief, may } = props.conversation
    const { contact } = brief
    const [asking, setAsking] = useState<"leave" | "forget">()
    const { failure, run } = useDoing()
    const conversation = brief.id
    const mute = (muted: boolean) =>
        void run(async () => {
            props.take((await live({ type: "mute", conversation, muted })).conversation)
        })
    const leave = () =>
        run(async () => {
            props.take((await live({ type: "leave", conversation })).conversation)
            setAsking(undefined)
        })
    const block = (id: string, blocked: boolean) =>
        run(async () => {
            await desk({ type: "block", id, blocked })
            props.onBlocked()
        })
    const forget = () =>
        run(async () => {
            await live({ type: "forget-conversation", conversation })
            toast(t("chatForgotten", brief.title))
            props.onGone()
        })
    return (
        <section class="stack">
            <Switch
                test="mute"
                label={t("chatMute")}
                hint={t("chatMuteText")}
                checked={brief.muted}
                onChange={mute}
            />
            <div class="row row-wrap">
                {contact && (
                    <BlockButton
                        contact={contact}
                        onBlock={(blocked) => block(contact.id, blocked)}
                    />
                )}
                {may.leave && (
                    <Button kind="danger" test="leave" onPress={() => setAsking("leave")}>
                        {t("chatLeave")}
                    </Button>
                )}
                <Button
                    kind="danger"
                    icon="trash"
                    test="forget-talk"
                    onPress={() => setAsking("forget")}
                >
                    {t("chatForget")}
                </Button>
            </div>
            <FailureNotice failure={failure} />
            {asking && (
                <Confirm
                    danger
                    test={`${asking}-sure`}
                    title={asking === "leave" ? t("chatLeave") : t("chatForget")}
                    confirm={asking === "leave" ? t("chatLeave") : t("chatForget")}
                    onConfirm={asking === "leave" ? leave : forget}
                    onCancel={() => setAsking(undefined)}
                >
                    <p>{asking === "leave" ? t("chatLeaveText") : t("chatForgetText")}</p>
                    {asking === "leave" && isOnlyAdmin(props.conversation) && (
                        <p data-test="only-admin">{t("chatLeaveOnlyAdmin")}</p>
                    )}
                </Confirm>
            )}
        </section>
    )
}
