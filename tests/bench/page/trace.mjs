// What is read out of a trace of the browser. Times are in ms.

/** One event of a trace. @typedef {{name: string, ph: string, ts: number, dur?: number, tdur?: number, pid: number, tid: number, args?: any}} Event */

const OUR_SCRIPT = /^chrome-extension:.*\/(?:content|frame\/frame)\.js/u
const CALLS = new Set(["FunctionCall", "EvaluateScript"])

/**
 * Our calls in pages and in reader frames: each time the browser enters one of our scripts until it
 * returns, collections of garbage in between included. What is called inside a call is part of it.
 * `wall` counts what other programs took from the machine meanwhile, `thread` does not.
 */
export function ourCalls(events) {
    const ours = events.filter(
        ({ name, args }) => CALLS.has(name) && OUR_SCRIPT.test(args?.data?.url ?? ""),
    )
    ours.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
    const ends = new Map()
    const calls = []
    for (const { ts, dur = 0, tdur = dur, pid, tid } of ours) {
        const thread = `${pid} ${tid}`
        if (ts < (ends.get(thread) ?? 0)) continue
        ends.set(thread, ts + dur)
        calls.push({ wall: dur / 1000, thread: tdur / 1000 })
    }
    return calls
}

/**
 * From the click to the first picture that has text of the inner frame in it. The browser dates a
 * picture by when it was shown, not by when it was drawn.
 */
export function clickToText(events) {
    const click = events.find(
        ({ name, args }) => name === "EventDispatch" && args?.data?.type === "click",
    )
    if (click === undefined) throw new Error("the trace has no click")
    // The outer frame has an address of ours; the inner one, with the words, has none.
    const addressed = new Set(
        events
            .filter(
                ({ name, args }) =>
                    name === "navigationStart" &&
                    /^(?:chrome-extension|https?):/u.test(args?.data?.documentLoaderURL ?? ""),
            )
            .map(({ args }) => args.frame),
    )
    const pictures = events.filter(
        ({ name, ts, args }) =>
            name === "firstContentfulPaint" && ts > click.ts && !addressed.has(args?.frame),
    )
    if (pictures.length === 0) throw new Error("the trace has no picture of the text")
    return (Math.min(...pictures.map(({ ts }) => ts)) - click.ts) / 1000
}
