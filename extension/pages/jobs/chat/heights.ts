/**
 * Heights of many rows of which few were ever seen: a Fenwick tree over measured and guessed
 * heights, so that "where is row n" and "which row is at y" cost a logarithm.
 */
export class Heights {
    private heights = new Float64Array(0)
    private tree = new Float64Array(1)
    private count = 0

    /** What a row is taken for until it was measured, in pixels. */
    private readonly guess: number

    constructor(total: number, guess: number) {
        this.guess = guess
        this.resize(total)
    }

    get total(): number {
        return this.count
    }

    /** Rows come and go at the end; what was measured before stays. */
    resize(total: number): void {
        if (total === this.count) return
        if (total > this.heights.length) {
            const larger = new Float64Array(Math.max(total, 2 * this.heights.length)).fill(
                this.guess,
            )
            larger.set(this.heights.subarray(0, this.count))
            this.heights = larger
        } else {
            this.heights.fill(this.guess, Math.min(total, this.count))
        }
        this.count = total
        this.plant()
    }

    /** Takes a measured height. */
    set(row: number, height: number): void {
        const change = height - this.height(row)
        if (change === 0 || row >= this.count) return
        this.heights[row] = height
        for (let at = row + 1; at <= this.count; at += at & -at) this.add(at, change)
    }

    /** The height of a row, measured or guessed. */
    height(row: number): number {
        return this.heights[row] ?? this.guess
    }

    /** Where a row begins; of the row past the last, the height of all. */
    offset(row: number): number {
        let sum = 0
        for (let at = Math.min(row, this.count); at > 0; at -= at & -at) sum += this.tree[at] ?? 0
        return sum
    }

    /** The row in which `y` lies; the first or last where it lies outside. */
    rowAt(y: number): number {
        let row = 0
        let left = y
        for (let step = highestBit(this.count); step > 0; step >>= 1) {
            const sum = this.tree[row + step]
            if (row + step > this.count || sum === undefined || sum > left) continue
            row += step
            left -= sum
        }
        return Math.max(0, Math.min(row, this.count - 1))
    }

    private plant(): void {
        this.tree = new Float64Array(this.count + 1)
        for (let row = 0; row < this.count; row++) this.add(row + 1, this.height(row))
        for (let at = 1; at <= this.count; at++) {
            const parent = at + (at & -at)
            if (parent <= this.count) this.add(parent, this.tree[at] ?? 0)
        }
    }

    private add(at: number, change: number): void {
        this.tree[at] = (this.tree[at] ?? 0) + change
    }
}

function highestBit(count: number): number {
    return count === 0 ? 0 : 2 ** Math.floor(Math.log2(count))
}
