import { useEffect, useState } from "preact/hooks"
import { api } from "../../../lib/browser.ts"

/** Asked for in the moment somebody wants it: at installation Sotto needs no notifications. */
const NOTIFICATIONS: chrome.permissions.Permissions = { permissions: ["notifications"] }

/** Asks in the browser's own prompt. Call it before any `await` of the click. */
export function mayNotify(): Promise<boolean> {
    return api.permissions.request(NOTIFICATIONS)
}

/** Whether the browser lets us; `undefined` until it has answered. */
export function useMayNotify(): [boolean | undefined, (allowed: boolean) => void] {
    const [allowed, setAllowed] = useState<boolean>()
    useEffect(() => {
        api.permissions.contains(NOTIFICATIONS).then(setAllowed, () => setAllowed(false))
    }, [])
    return [allowed, setAllowed]
}
