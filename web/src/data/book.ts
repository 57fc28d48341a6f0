import type { Feed } from '../api/socket'

export type Level = readonly [price: number, size: number]

export interface Depth {
  bids: Level[]
  asks: Level[]
  /** False until the first full frame, and after a gap until the next. */
  ready: boolean
}

interface Frame { full?: boolean; s: string; U?: number; u: number; a?: [string, string][]; b?: [string, string][] }

/** A copy of one market's book, kept by the published procedure: a full frame, then changes whose first id follows the last one; a gap starts again. */
export class LocalBook {
  depth: Depth = { bids: [], asks: [], ready: false }
  /** Frames applied since the start: shown by tests, and cheap. */
  updates = 0
  private readonly bids = new Map<number, number>()
  private readonly asks = new Map<number, number>()
  private id = 0
  private end: () => void = () => undefined
  private readonly listeners = new Set<() => void>()
  private asked = 0
  private readonly ends: (() => void)[] = []

  constructor(private readonly feed: Feed, private readonly symbol: string) {
    this.subscribe()
    this.ends.push(feed.onReopen(() => { this.id = 0 }))
  }

  close() {
    this.end()
    for (const end of this.ends) end()
    cancelAnimationFrame(this.asked)
    this.listeners.clear()
  }

  watch(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private subscribe() {
    const name = `ob.${this.symbol}.50`
    this.end = this.feed.listen('obu', [name], (frame: Frame) => { if (frame.s === name) this.apply(frame) })
  }

  private apply(frame: Frame) {
    if (frame.full) {
      this.bids.clear()
      this.asks.clear()
    } else if (this.id === 0 || (frame.U ?? 0) !== this.id + 1) {
      if (this.id === 0) return
      this.id = 0
      this.end()
      this.subscribe()
      return
    }
    this.id = frame.u
    for (const [price, size] of frame.b ?? []) put(this.bids, Number(price), Number(size))
    for (const [price, size] of frame.a ?? []) put(this.asks, Number(price), Number(size))
    this.updates++
    // Painted at most twenty times a second: more cannot be seen, and costs frames.
    if (!this.asked) this.asked = window.setTimeout(() => requestAnimationFrame(() => { this.asked = 0; this.publish() }), 50)
  }

  private publish() {
    this.depth = { bids: sorted(this.bids, -1), asks: sorted(this.asks, 1), ready: this.id !== 0 }
    for (const listener of [...this.listeners]) listener()
  }
}

function put(side: Map<number, number>, price: number, size: number) {
  if (size === 0) side.delete(price)
  else side.set(price, size)
}

const sorted = (side: Map<number, number>, sign: number): Level[] => [...side].sort((a, b) => sign * (a[0] - b[0]))

/** Levels of one step taken together: asks at its upper edge, bids at its lower. */
export function grouped(levels: readonly Level[], step: number, up: boolean): Level[] {
  const result: [number, number][] = []
  for (const [price, size] of levels) {
    const units = price / step
    const edge = (up ? Math.ceil(units - 1e-9) : Math.floor(units + 1e-9)) * step
    const last = result[result.length - 1]
    if (last && Math.abs(last[0] - edge) < step / 2) last[1] += size
    else result.push([edge, size])
  }
  return result
}
