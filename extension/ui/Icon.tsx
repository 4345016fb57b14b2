/** Our own icons: 20 × 20, one stroke of 1.5, no fill. */
const PATHS = {
    alert: "M10 3.2 2.6 16.2h14.8L10 3.2Zm0 5v3.6m0 2.3v.1",
    back: "m12 4.5-5.5 5.5 5.5 5.5",
    block: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM5.2 5.2l9.6 9.6",
    check: "m4.5 10.5 3.6 3.6 7.4-8.2",
    clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-11v4.2l2.6 1.6",
    close: "m5.5 5.5 9 9m0-9-9 9",
    copy: "M7.5 7.5h8v8.5h-8zM12.5 7.5V4h-8v8.5h3",
    chat: "M4 4.5h12a1 1 0 0 1 1 1v7.5a1 1 0 0 1-1 1H9.5L6 17v-3H4a1 1 0 0 1-1-1V5.5a1 1 0 0 1 1-1Z",
    down: "M10 4.5v11m0 0 4.5-4.5M10 15.5 5.5 11",
    download: "M10 3.5v9m0 0 3.5-3.5M10 12.5 6.5 9M4 16.2h12",
    eye: "M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5Zm7.5 2.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z",
    eyeOff: "M8 5.2A8 8 0 0 1 10 5c4.8 0 7.5 5 7.5 5a13 13 0 0 1-2.1 2.7M5.2 6.6A12.6 12.6 0 0 0 2.5 10s2.7 5 7.5 5c1.6 0 3-.6 4.1-1.3M8.5 8.5a2.2 2.2 0 0 0 3 3M3.5 3.5l13 13",
    forward: "m8 4.5 5.5 5.5L8 15.5",
    gear: "M10 12.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM10 2.5v2m0 11v2M17.5 10h-2m-11 0h-2m12.8-5.3-1.4 1.4m-7.8 7.8-1.4 1.4m10.6 0-1.4-1.4M6.1 6.1 4.7 4.7",
    info: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-7.8V13.5M10 6.6v.1",
    key: "M7 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm3.5-3.5h7v3m-3-3v2.2",
    letter: "M3 5h14v10.5H3zm.3.5L10 11l6.7-5.5",
    lock: "M5 9h10v7.5H5zm2-.200V6.5a3 3 0 0 1 6 0v2.3M10 12v1.6",
    paperclip:
        "m15.5 9.3-5.7 5.8a3.3 3.3 0 0 1-4.7-4.7l6.2-6.2a2.2 2.2 0 0 1 3.1 3.1l-6 6a1 1 0 0 1-1.5-1.5l5.2-5.2",
    pen: "m4 16 .8-3.4L13.2 4.2a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L7.4 15.2 4 16Zm7.8-10.4 2.6 2.6",
    people: "M7.5 9.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4ZM2.5 16c.3-2.8 2.3-4.3 5-4.3s4.7 1.5 5 4.3M13 4.4a2.6 2.6 0 0 1 0 4.9m1.4 2.7c1.8.5 2.9 1.9 3.1 4",
    person: "M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.5c.4-3 2.8-4.7 6-4.7s5.6 1.7 6 4.7",
    plus: "M10 4.5v11M4.5 10h11",
    popOut: "M11.5 4H16v4.5M16 4l-6.5 6.5M8 5H4v11h11v-4",
    print: "M6 7V3.5h8V7M6 14H3.5V7.5h13V14H14m-8-2.5h8v5H6z",
    refresh: "M16 10a6 6 0 1 1-1.8-4.3M16 3v3.2h-3.2",
    reply: "M8 5 3.5 9.5 8 14m-4.3-4.5H11c3.4 0 5.5 1.9 5.5 5.5",
    search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5 3.5 3.5",
    quiet: "M8 8H5v4h3l3.5 3V5L8 8Zm6 .5 3 3m0-3-3 3",
    shield: "M10 2.8 4 5v4.6c0 3.6 2.5 6.3 6 7.6 3.5-1.3 6-4 6-7.6V5l-6-2.2Zm-2.7 7.3 2 2 3.5-4",
    smile: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm-3-5.3c.6 1.2 1.7 1.9 3 1.9s2.4-.7 3-1.9M7.7 8.2v.1m4.6-.1v.1",
    trash: "M4 5.8h12M8 5.5V3.8h4v1.7M5.5 6l.7 10.2h7.6L14.5 6M8.5 9v4.5m3-4.5v4.5",
    upload: "M10 12.5v-9m0 0L6.5 7M10 3.5 13.5 7M4 16.2h12",
} as const

export type IconName = keyof typeof PATHS

/** Decoration only: the words beside it, or the button's label, say what it means. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
    return (
        <svg
            width={size}
            height={size}
            viewBox="0 0 20 20"
            fill="none"
            stroke="currentColor"
            stroke-width="1.5"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d={PATHS[name]} />
        </svg>
    )
}

/** The mark: a voice under a line. */
export function Mark({ size = 20 }: { size?: number }) {
    return (
        <svg
            class="mark"
            width={size}
            height={size}
            viewBox="0 0 32 32"
            fill="none"
            aria-hidden="true"
        >
            <rect width="32" height="32" rx="8" fill="currentColor" />
            <path
                d="M7 11h18"
                stroke="var(--accent-ink)"
                stroke-width="2.6"
                stroke-linecap="round"
            />
            <path d="M12.6 15.5h6.8a3.4 3.4 0 0 1-6.8 0Z" fill="var(--accent-ink)" />
            <path
                d="M8.6 15.8a7.4 7.4 0 0 0 14.8 0"
                stroke="var(--accent-ink)"
                stroke-width="2.4"
                stroke-linecap="round"
            />
        </svg>
    )
}
