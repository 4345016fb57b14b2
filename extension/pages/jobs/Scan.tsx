import { useEffect, useRef, useState } from "preact/hooks"
import { Button } from "../../ui/Button.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { t } from "../../ui/text.ts"

/** Often enough to feel instant, seldom enough to leave the machine alone. */
const FRAME_MS = 180

/** Reads the other's code with the camera. The decoder comes when the camera is wanted. */
export function Scan({ onCode }: { onCode: (code: string) => Promise<void> }) {
    const [on, setOn] = useState(false)
    const [refused, setRefused] = useState(false)
    if (refused) return <Notice>{t("compareNoCamera")}</Notice>
    if (!on) {
        return (
            <Button test="scan" icon="eye" onPress={() => setOn(true)}>
                {t("compareScan")}
            </Button>
        )
    }
    return (
        <div class="stack stack-snug">
            <Camera
                onRefused={() => setRefused(true)}
                onCode={(code) => {
                    setOn(false)
                    void onCode(code)
                }}
            />
            <p class="small soft">{t("compareScanning")}</p>
            <Button test="scan-stop" onPress={() => setOn(false)}>
                {t("compareScanStop")}
            </Button>
        </div>
    )
}

function Camera(props: { onCode: (code: string) => void; onRefused: () => void }) {
    const video = useRef<HTMLVideoElement>(null)
    const told = useRef(props)
    told.current = props
    useEffect(() => {
        const stop = new AbortController()
        // Below the own code it would open out of sight.
        video.current?.scrollIntoView({ block: "center" })
        watch(video.current, stop.signal).then(
            (code) => code !== undefined && told.current.onCode(code),
            () => !stop.signal.aborted && told.current.onRefused(),
        )
        return () => stop.abort()
    }, [])
    return <video ref={video} class="camera" muted playsInline aria-label={t("compareScan")} />
}

/** Resolves with the first code seen, or nothing when stopped. The camera is off afterwards. */
async function watch(
    video: HTMLVideoElement | null,
    stop: AbortSignal,
): Promise<string | undefined> {
    const { decodeQR } = await import("qr/decode.js")
    const stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment" },
    })
    try {
        if (!video) return undefined
        video.srcObject = stream
        await video.play()
        while (!stop.aborted) {
            const code = look(video, decodeQR)
            if (code !== undefined) return code
            await new Promise((resolve) => setTimeout(resolve, FRAME_MS))
        }
        return undefined
    } finally {
        for (const track of stream.getTracks()) track.stop()
    }
}

type Decode = typeof import("qr/decode.js")["decodeQR"]

/** The text of a code in the present frame; the core takes it apart. */
function look(video: HTMLVideoElement, decodeQR: Decode): string | undefined {
    const { videoWidth: width, videoHeight: height } = video
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext("2d")
    if (!context || width === 0) return undefined
    context.drawImage(video, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    try {
        return decodeQR({ width, height, data })
    } catch {
        // No code in this frame; the next one may have it.
        return undefined
    }
}
