import { useMemo } from 'react'
import { get } from '../api/rest'
import type { FuturesAccount, FuturesAccountBook, SpotAccountBook } from '../api/schema'
import { equity, type Move } from '../data/equity'
import { amount, direction, moment, percent, signed } from '../data/format'
import { Empty, Problem, Waiting } from '../ui/controls'
import { useReading } from '../ui/reading'

const entriesMost = 500

async function read(settles: readonly string[]): Promise<{ moves: Move[]; held: [asset: string, size: number][] }> {
  const [spot, ...futures] = await Promise.all([
    get<SpotAccountBook[]>('/spot/account_book', { limit: entriesMost }),
    ...settles.map(settle => Promise.all([get<FuturesAccount>(`/futures/${settle}/accounts`), get<FuturesAccountBook[]>(`/futures/${settle}/account_book`, { limit: entriesMost })])),
  ])
  const ofSpot = spot.map(entry => ({ time: Number(entry.time) > 1e12 ? Number(entry.time) : Number(entry.time) * 1000, asset: entry.currency!, change: Number(entry.change) }))
  const ofFutures = futures.flatMap(([, book], i) => book.map(entry => ({ time: Number(entry.time) * 1000, asset: settles[i]!.toUpperCase(), change: Number(entry.change) })))
  // Only as far back as every book goes.
  const from = Math.max(0, ...[ofSpot, ...futures.map((_, i) => ofFutures.filter(move => move.asset === settles[i]!.toUpperCase()))].map(moves => (moves.length >= entriesMost ? Math.min(...moves.map(move => move.time)) : 0)))
  return { moves: [...ofSpot, ...ofFutures].filter(move => move.time >= from), held: futures.map(([account], i) => [settles[i]!.toUpperCase(), Number(account.total ?? 0)]) }
}

/** What spot and futures wallets were worth, without the profit of open positions. */
export function Curve({ spot, settles, worth }: { spot: ReadonlyMap<string, number>; settles: readonly string[]; worth: (asset: string) => number }) {
  const { value, error, again } = useReading(() => read(settles), [settles], 15_000)
  const points = useMemo(() => {
    if (!value) return []
    const now = new Map(spot)
    for (const [asset, size] of value.held) now.set(asset, (now.get(asset) ?? 0) + size)
    return equity(value.moves, now, worth, Date.now())
  }, [value, spot, worth])
  if (error) return <Problem text={error} retry={() => void again()} />
  if (!value) return <Waiting rows={4} />
  if (points.length < 3) return <Empty icon="chart" title="The curve begins with your first trades">It shows what trading, fees and funding made of your funds.</Empty>
  const begin = points[0]!, end = points.at(-1)!
  const span = end.time - begin.time || 1
  const [low, high] = [Math.min(...points.map(point => point.value)), Math.max(...points.map(point => point.value))]
  // A change of a thousandth of what there is fills the picture at most.
  const room = Math.max((high - low) * 0.15, high * 0.0005) || 1
  const x = (time: number) => ((time - begin.time) / span) * 1000
  const y = (of: number) => 198 - ((of - low + room) / (high - low + 2 * room)) * 196
  const line = points.map((point, i) => (i === 0 ? `M0 ${y(point.value).toFixed(1)}` : `H${x(point.time).toFixed(1)}V${y(point.value).toFixed(1)}`)).join('')
  const change = end.value - begin.value
  return (
    <figure>
      <div className="scale"><span>High {amount(high, 2)} · low {amount(low, 2)} USDT</span><span className={`num ${direction(change.toFixed(2))}`}>{signed(change, 2)} ({percent(begin.value ? (change / begin.value) * 100 : 0)})</span></div>
      <div className="curve"><svg viewBox="0 0 1000 200" preserveAspectRatio="none" role="img" aria-label={`Equity from ${amount(begin.value, 2)} to ${amount(end.value, 2)} USDT`}><path className="area" d={`${line}V200H0Z`} /><path className="edge" d={line} /></svg></div>
      <div className="scale"><span>{moment(begin.time)}</span><span>now</span></div>
      <figcaption className="hint">Spot and futures at today's prices, without the profit of open positions: what trades, fees, funding and money put in or taken out changed.</figcaption>
    </figure>
  )
}
