import { useEffect, useRef } from "preact/hooks"
import { askBeside } from "../../lib/messages.ts"

/** A sealed file that was found on a page and is to be opened here, handed over once. */
export function useHandedFile(onFile: (file: File, isPrivate: boolean) => void): void {
    const take = useRef(onFile)
    take.current = onFile
    useEffect(() => {
        const id = new URL(location.href).searchParams.get("handed")
        if (id === null) return
        history.replaceState(null, "", location.pathname)
        askBeside("files", { type: "handed", id }).then(
            ({ reply, beside: [file] }) =>
                file instanceof File && take.current(file, reply.private),
            () => undefined,
        )
    }, [])
}
