import { useState } from "preact/hooks"
import type { FilePlan, Recipient } from "../../generated/protocol.ts"
import { openContacts } from "../../lib/surface.ts"
import { desk, useLoaded } from "../../ui/client.ts"
import type { RecipientChoice } from "./Recipients.tsx"

interface Chosen {
    to: readonly string[]
    addresses: readonly string[]
}

const NOBODY: FilePlan = { recipients: [], sealFor: [], blockedBy: "no-recipient" }

export interface PlanState {
    plan: FilePlan
    /** Contact ids, for the order. */
    to: readonly string[]
    choice: RecipientChoice
}

/** Who files are sealed for: chosen here, judged by the core. */
export function usePlan(first: readonly string[] = []): PlanState {
    const [chosen, setChosen] = useState<Chosen>({ to: first, addresses: [] })
    const loaded = useLoaded(JSON.stringify(chosen), async () => {
        const { plan } = await desk({
            type: "plan-files",
            to: [...chosen.to],
            addresses: [...chosen.addresses],
        })
        return plan
    })
    const remove = (one: Recipient) =>
        setChosen({
            to: chosen.to.filter((id) => id !== one.contact?.id),
            addresses: chosen.addresses.filter((address) => address !== one.address),
        })
    return {
        plan: loaded.value ?? NOBODY,
        to: chosenIds(loaded.value ?? NOBODY),
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
            // Files for both kinds of keys are two jobs: the person leaves one of them out.
            decideClassical: () => undefined,
        },
    }
}

/** Whoever was chosen by an address has a contact id as well. */
function chosenIds({ recipients }: FilePlan): string[] {
    return recipients.flatMap((one) => (one.chosen && one.contact ? [one.contact.id] : []))
}
