import { useStatus } from "../../ui/client.ts"
import { Icon, type IconName } from "../../ui/Icon.tsx"
import { t } from "../../ui/text.ts"
import { LetterToSelf } from "./LetterToSelf.tsx"
import { wasRestored } from "./restored.ts"

/** After the first run: the whole idea in ten seconds, then what is next. */
export function Ready() {
    const status = useStatus()
    const name = status?.me?.name ?? ""
    const restored = wasRestored()
    return (
        <div class="stack stack-loose" data-test="ready-page">
            <div class="stack stack-snug">
                <h1>{restored ? t("readyRestoredTitle", name) : t("readyTitle", name)}</h1>
                <p class="lead">{restored ? t("readyRestoredLead") : t("readyLead")}</p>
            </div>
            <LetterToSelf />
            <section class="stack stack-snug">
                <h2>{t("readyNextTitle")}</h2>
                <ul class="list">
                    {restored && (
                        <Next
                            icon="upload"
                            href="settings.html#backup"
                            test="next-backup"
                            title={t("readyRestoreBackup")}
                            text={t("readyRestoreBackupText")}
                        />
                    )}
                    {status?.due.kit && (
                        <Next
                            icon="key"
                            href="settings.html#kit"
                            test="next-kit"
                            title={t("readyKit")}
                            text={t("readyKitText")}
                        />
                    )}
                    <Next
                        icon="letter"
                        test="next-webmail"
                        title={t("readyInvite")}
                        text={t("readyInviteText")}
                    />
                    <Next
                        icon="people"
                        href="contacts.html#add"
                        test="next-contacts"
                        title={t("readyInviteContact")}
                        text={t("readyInviteContactText")}
                    />
                </ul>
            </section>
        </div>
    )
}

function Next(props: { icon: IconName; title: string; text: string; test: string; href?: string }) {
    const inside = (
        <>
            <Icon name={props.icon} size={20} />
            <span class="grow">
                <span class="block strong">{props.title}</span>
                <span class="block small soft">{props.text}</span>
            </span>
            {props.href && <Icon name="forward" />}
        </>
    )
    return (
        <li>
            {props.href ? (
                <a class="item" href={props.href} data-test={props.test}>
                    {inside}
                </a>
            ) : (
                <div class="item" data-test={props.test}>
                    {inside}
                </div>
            )}
        </li>
    )
}
