import { useEffect, useRef, useState } from 'react'
import { get } from '../api/rest'
import type { Market } from '../data/markets'
import { remembered, useStore } from '../data/store'
import type { Bar } from '../chart/indicators'
import type { CandleChart, Indicator } from '../chart/candles'
import { theme } from '../theme'
import { amount } from '../data/format'
import { Choice, Problem } from '../ui/controls'
import { feedOf } from './terminal'

const intervals = ['1m', '5m', '15m', '1h', '4h', '1d', '7d'] as const
type Interval = (typeof intervals)[number]
const seconds: Record<Interval, number> = { '1m': 60, '5m': 300, '15m': 900, '1h': 3_600, '4h': 14_400, '1d': 86_400, '7d': 604_800 }

const indicators: { id: Indicator; label: string }[] = [
  { id: 'ema', label: 'EMA 20 / 50' }, { id: 'sma', label: 'SMA 200' }, { id: 'bollinger', label: 'Bollinger' }, { id: 'rsi', label: 'RSI 14' }, { id: 'macd', label: 'MACD' },
]

const interval = remembered<Interval>('sluice.interval', '15m')
const chosen = remembered<Indicator[]>('sluice.indicators', ['ema'])
const perRead = 500

const ofSpot = (row: string[]): Bar => ({ time: Number(row[0]), open: Number(row[5]), high: Number(row[3]), low: Number(row[4]), close: Number(row[2]), volume: Number(row[6]) })

type FuturesRow = { t: number | string; o: string; h: string; l: string; c: string; v?: number | string }
const ofObject = (row: FuturesRow & { a?: string }): Bar => ({ time: Number(row.t), open: Number(row.o), high: Number(row.h), low: Number(row.l), close: Number(row.c), volume: Number(row.a ?? row.v ?? 0) })

async function read(market: Market, by: Interval, before?: number): Promise<Bar[]> {
  const window = before === undefined ? { limit: perRead } : { from: before - perRead * seconds[by], to: before - 1 }
  return market.kind === 'spot'
    ? (await get<string[][]>('/spot/candlesticks', { currency_pair: market.symbol, interval: by, ...window })).map(ofSpot)
    : (await get<FuturesRow[]>(`/futures/${market.settle}/candlesticks`, { contract: market.symbol, interval: by, ...window })).map(row => ofObject(row))
}

export function Chart({ market, onDepth }: { market: Market; onDepth: () => void }) {
  const by = useStore(interval)
  const shown = useStore(chosen)
  const colours = useStore(theme)
  const holder = useRef<HTMLDivElement>(null)
  const chart = useRef<CandleChart | null>(null)
  const [error, setError] = useState('')
  const [under, setUnder] = useState<Bar | null>(null)
  const [round, setRound] = useState(0)

  useEffect(() => {
    let live = true
    const ends: (() => void)[] = []
    setError('')
    void (async () => {
      try {
        const [{ CandleChart }, bars] = await Promise.all([import('../chart/candles'), read(market, by)])
        if (!live) return
        const made = new CandleChart(holder.current!, market.priceDecimals, bars, { onUnder: setUnder, older: before => read(market, by, before) })
        chart.current = made
        made.show(chosen.get())
        ends.push(() => { made.close(); chart.current = null })
        const feed = feedOf(market)
        const name = `${by}_${market.symbol}`
        const update = (row: FuturesRow & { n?: string; a?: string }) => { if (row.n === name) made.update(ofObject(row)) }
        ends.push(feed.listen('candlesticks', [by, market.symbol], (result: FuturesRow | FuturesRow[]) => { if (Array.isArray(result)) result.forEach(update); else update(result) }))
        ends.push(feed.onReopen(() => void read(market, by).then(bars => made.merge(bars)).catch(() => undefined)))
      } catch (failure) {
        if (live) setError(failure instanceof Error ? failure.message : String(failure))
      }
    })()
    return () => { live = false; for (const end of ends) end() }
  }, [market, by, round])
  useEffect(() => chart.current?.show(shown), [shown])
  useEffect(() => chart.current?.paint(), [colours])

  const toggle = (id: Indicator) => chosen.set(now => (now.includes(id) ? now.filter(other => other !== id) : [...now, id]))
  const number = (value: number) => amount(value, market.priceDecimals)
  return (
    <>
      <div className="bar tools">
        <Choice label="Candle length" className="tiny" value={by} onChange={interval.set} items={intervals.map(id => ({ id, label: id }))} />
        <details className="menu">
          <summary>Indicators{shown.length > 0 && <em>{shown.length}</em>}</summary>
          <div>{indicators.map(item => <label key={item.id} className="check"><input type="checkbox" checked={shown.includes(item.id)} onChange={() => toggle(item.id)} /><span>{item.label}</span></label>)}</div>
        </details>
        <Choice label="Plot" className="tiny right" value="candles" onChange={to => { if (to === 'depth') onDepth() }} items={[{ id: 'candles', label: 'Candles' }, { id: 'depth', label: 'Depth' }]} />
      </div>
      <div className="canvas" role="img" aria-label={`Candles of ${market.symbol}, ${by} each`}>
        {under && <p className={`legend ${under.close >= under.open ? 'up' : 'down'}`}><span>O {number(under.open)}</span><span>H {number(under.high)}</span><span>L {number(under.low)}</span><span>C {number(under.close)}</span><span>{((under.close / under.open - 1) * 100).toFixed(2)}%</span></p>}
        <div ref={holder} className="fit" />
        {error && <Problem text={error} retry={() => setRound(now => now + 1)} />}
      </div>
      <p className="credit">Charts: <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">TradingView Lightweight Charts</a></p>
    </>
  )
}
