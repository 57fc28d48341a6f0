import { useEffect, useRef, useState } from 'react'
import { get } from '../api/rest'
import type { Market } from '../data/markets'
import { keyOf } from '../data/markets'

const hours = 48
const lasting = new Map<string, number[]>()
const waiting: (() => Promise<void>)[] = []
let running = 0

// Few at a time, and only for what is on the screen: a list of hundreds is not to spend the limit of the API.
function enqueue(job: () => Promise<void>) {
  waiting.push(job)
  if (running >= 4) return
  running++
  void (async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await next().catch(() => undefined)
    running--
  })()
}

async function closes(market: Market): Promise<number[]> {
  if (market.kind === 'spot') {
    const rows = await get<string[][]>('/spot/candlesticks', { currency_pair: market.symbol, interval: '1h', limit: hours })
    return rows.map(row => Number(row[2]))
  }
  const rows = await get<{ c: string }[]>(`/futures/${market.settle}/candlesticks`, { contract: market.symbol, interval: '1h', limit: hours })
  return rows.map(row => Number(row.c))
}

/** The last two days in a line. Decoration: the change stands beside it as a number. */
export function Sparkline({ market }: { market: Market }) {
  const key = keyOf(market)
  const [points, setPoints] = useState(lasting.get(key))
  const ref = useRef<SVGSVGElement>(null)
  useEffect(() => {
    if (points) return
    let live = true
    const observer = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) return
      observer.disconnect()
      enqueue(async () => {
        if (!live) return
        const values = await closes(market)
        lasting.set(key, values)
        if (live) setPoints(values)
      })
    })
    observer.observe(ref.current!)
    return () => { live = false; observer.disconnect() }
  }, [key, market, points])

  const [width, height] = [96, 28]
  let line = ''
  let tone = ''
  if (points && points.length > 1) {
    const [low, high] = [Math.min(...points), Math.max(...points)]
    line = points.map((value, i) => `${i ? 'L' : 'M'}${((i / (points.length - 1)) * width).toFixed(1)} ${(height - 2 - ((value - low) / (high - low || 1)) * (height - 4)).toFixed(1)}`).join('')
    tone = points[points.length - 1]! >= points[Math.max(0, points.length - 25)]! ? 'up' : 'down'
  }
  return <svg ref={ref} className={`sparkline ${tone}`} width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true"><path d={line} /></svg>
}
