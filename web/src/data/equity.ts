/** A change of one wallet's balance: milliseconds, the asset, and how much. */
export interface Move { time: number; asset: string; change: number }

export interface Point { time: number; value: number }

/** What all wallets were worth after each second in which something moved, oldest first: walked back from what there is now, at the prices of now. A transfer has
 * two entries of one second and so leaves no step. For drawing, so binary fractions do. */
export function equity(moves: readonly Move[], now: ReadonlyMap<string, number>, worth: (asset: string) => number, time: number): Point[] {
  const sizes = new Map(now)
  const total = () => [...sizes].reduce((sum, [asset, size]) => sum + size * worth(asset), 0)
  const newestFirst = [...moves].sort((a, b) => b.time - a.time)
  const points: Point[] = [{ time, value: total() }]
  let second = Number.NaN
  for (const move of newestFirst) {
    if (Math.floor(move.time / 1000) !== second) points.push({ time: move.time, value: total() })
    second = Math.floor(move.time / 1000)
    sizes.set(move.asset, (sizes.get(move.asset) ?? 0) - move.change)
  }
  return points.reverse()
}
