import { useState } from "preact/hooks"
import type {
    ClassicalChoice,
    FilePlan,
    FileRecipients,
    Recipient,
} from "../../generated/protocol.ts"
import { openContacts } from "../../lib/surface.ts"
import { desk, useLoaded } from "../../ui/client.ts"
import type { RecipientChoice } from "./Recipients.tsx"

interface Chosen {
    to: readonly string[]
    addresses: readonly string[]
    classical: ClassicalChoice | null
}

const NOBODY: FilePlan = {
    recipients: [],
    sealFor: [],
    blockedBy: "no-recipient",
    mixed: null,
    apart: [],
}

export interface PlanState {
    plan: FilePlan
    /** For whom to seal: one order, or a second for those whose files are sealed apart. */
    orders: readonly FileRecipients[]
    choice: RecipientChoice
}

/** Who files are sealed for: chosen here, judged by the core. */
export function usePlan(first: readonly string[] = []): PlanState {
    const [chosen, setChosen] = useState<Chosen>({ to: first, addresses: [], classical: null })
    const loaded = useLoaded(JSON.stringify(chosen), async () => {
        const { plan } = await desk({
            type: "plan-files",
            to: [...chosen.to],
            addresses: [...chosen.addresses],
            classical: chosen.classical,
        })
        return plan
    })
    const plan = loaded.value ?? NOBODY
    const remove = (one: Recipient) =>
        setChosen({
            ...chosen,
            to: chosen.to.filter((id) => id !== one.contact?.id),
            addresses: chosen.addresses.filter((address) => address !== one.address),
        })
    return {
        plan,
        orders: ordersOf(plan),
        choice: {
            choose: (one, wanted) => {
                if (!wanted) remove(one)
            },
            add: (added) =>
                setChosen(
                    "contact" in added
                        ? { ...chosen, to: [...new Set([...chosen.to, added.contact])] }
                        : {
                              ...chosen,
                              addresses: [...new Set([...chosen.addresses, added.address])],
                          },
                ),
            invite: (address) => openContacts(`invite=${encodeURIComponent(address)}`),
            decide: (id) => void openContacts(`id=${id}`),
            decideBcc: async () => undefined,
            decideClassical: (choice) => {
                if (choice !== "leave-out") return setChosen({ ...chosen, classical: choice })
                const left = plan.recipients.filter((one) => one.state !== "classical")
                const { to, addresses } = chosenOf(left)
                setChosen({ to, addresses, classical: null })
            },
        },
    }
}

/** The recipients as they are chosen. Whoever was chosen by an address may have a contact as well. */
export function chosenOf(recipients: readonly Recipient[]): {
    to: string[]
    addresses: string[]
} {
    const on = recipients.filter((one) => one.chosen)
    return {
        to: on.flatMap((one) => (one.contact ? [one.contact.id] : [])),
        addresses: on.flatMap((one) => (one.contact ? [] : [one.address])),
    }
}

/** What a plan comes to: the core said who is sealed for together, and who apart. */
export function ordersOf(
    plan: Pick<FilePlan, "recipients" | "sealFor" | "mixed" | "apart">,
): FileRecipients[] {
    const { recipients, sealFor, mixed, apart } = plan
    const { to } = chosenOf(recipients)
    const classical = mixed?.choice ?? null
    const first: FileRecipients = { type: "contacts", to, sealFor, classical }
    if (mixed === null || apart.length === 0) return [first]
    return [first, { type: "contacts", to: apart, sealFor: mixed.names, classical: null }]
}
