/** Which adapter reads a page. The person can switch those of known webmail off. */

import type { Adapter } from "./adapter.ts"
import { generic } from "./generic.ts"
import { roundcube } from "./roundcube.ts"

const KNOWN: readonly Adapter[] = [roundcube]

export function adapterFor(doc: Document, known: boolean): Adapter {
    return (known ? KNOWN.find((adapter) => adapter.knows(doc)) : undefined) ?? generic
}
