import { useEffect, useState } from "preact/hooks"
import { useStatus } from "../ui/client.ts"
import { Mark } from "../ui/Icon.tsx"
import { mount } from "../ui/mount.tsx"
import { Progress } from "../ui/State.tsx"
import { t } from "../ui/text.ts"
import { Unlocked } from "../ui/Unlock.tsx"
import { Create } from "./jobs/Create.tsx"
import { Help } from "./jobs/Help.tsx"
import { Ready } from "./jobs/Ready.tsx"
import { Restore } from "./jobs/Restore.tsx"

/** Where the person stands: `#restore` and `#help` can be linked to. */
function useFragment(): string {
    const [fragment, setFragment] = useState(location.hash.slice(1))
    useEffect(() => {
        const follow = () => setFragment(location.hash.slice(1))
        addEventListener("hashchange", follow)
        return () => removeEventListener("hashchange", follow)
    }, [])
    return fragment
}

function Welcome() {
    const fragment = useFragment()
    const status = useStatus()
    if (!status) return <Progress>{t("working")}</Progress>
    if (fragment === "help") return <Help status={status} />
    if (status.vault === "missing") return fragment === "restore" ? <Restore /> : <Create />
    return (
        <Unlocked>
            <Ready />
        </Unlocked>
    )
}

mount(
    "setUp",
    <div class="page">
        <header class="welcome-bar no-print">
            <span class="brand">
                <Mark size={24} />
                <span>Sotto</span>
            </span>
        </header>
        <main class="page-main narrow">
            <Welcome />
        </main>
    </div>,
)
