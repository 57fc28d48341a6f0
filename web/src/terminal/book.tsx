import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { grouped, type Depth, type Level, type LocalBook } from '../data/book'
import { amount, direction } from '../data/format'
import { keyOf, quotes, type Market } from '../data/markets'
import { remembered, useStore } from '../data/store'
import { Choice, Select, Waiting } from '../ui/controls'

type View = 'both' | 'bids' | 'asks'

const view = remembered<View>('sluice.book.view', 'both')
const nothing: Depth = { bids: [], asks: [], ready: false }

export function useDepth(book: LocalBook | null): Depth {
  const watch = useCallback((listener: () => void) => book?.watch(listener) ?? (() => undefined), [book])
  return useSyncExternalStore(watch, () => book?.depth ?? nothing)
}

/** Steps a book can be taken together in: the tick, and tens of it. */
const stepsOf = (market: Market): number[] => [1, 10, 100, 1000].map(times => Number((Number(market.tick) * times).toPrecision(6)))

const decimalsOf = (step: number, most: number) => Math.max(0, Math.min(most, -Math.floor(Math.log10(step) + 1e-9)))

function Side({ levels, market, step, most, sell, onPick }: { levels: readonly Level[]; market: Market; step: number; most: number; sell?: boolean; onPick: (price: string) => void }) {
  const decimals = decimalsOf(step, market.priceDecimals)
  let total = 0
  const rows = levels.map(([price, size]) => ({ price, size, total: total += size }))
  const digits = Math.min(market.sizeDecimals, 6)
  return (
    <div className={sell ? 'side asks' : 'side bids'} role="list" aria-label={sell ? 'Asks' : 'Bids'}>
      {rows.map(row => (
        <button key={row.price} role="listitem" tabIndex={-1} onClick={() => onPick(row.price.toFixed(decimals))}>
          <svg className="fillbar" preserveAspectRatio="none" viewBox="0 0 100 1" aria-hidden="true"><rect x={100 - (row.total / most) * 100} width={(row.total / most) * 100} height="1" /></svg>
          <span className={sell ? 'down' : 'up'}>{amount(row.price, decimals)}</span><span>{amount(row.size, digits)}</span><span>{amount(row.total, digits)}</span>
        </button>
      ))}
    </div>
  )
}

export function BookPanel({ market, book, onPick }: { market: Market; book: LocalBook | null; onPick: (price: string) => void }) {
  const depth = useDepth(book)
  const shown = useStore(view)
  const quote = useStore(quotes).get(keyOf(market))
  const steps = useMemo(() => stepsOf(market), [market])
  const [step, setStep] = useState(steps[0]!)
  const last = useRef(0)
  const price = Number(quote?.last ?? 0)
  const move = direction(price - last.current)
  if (price) last.current = price
  const each = shown === 'both' ? 13 : 26
  const bids = grouped(depth.bids, step, false).slice(0, each)
  const asks = grouped(depth.asks, step, true).slice(0, each)
  const sum = (levels: readonly Level[]) => levels.reduce((total, level) => total + level[1], 0)
  const most = Math.max(sum(bids), sum(asks)) || 1
  const spread = depth.asks[0] && depth.bids[0] ? depth.asks[0][0] - depth.bids[0][0] : null
  const share = depth.ready ? Math.round((sum(bids) / ((sum(bids) + sum(asks)) || 1)) * 100) : 50
  return (
    <>
      <div className="bar">
        <Choice label="Sides shown" className="tiny" value={shown} onChange={view.set} items={[{ id: 'both', label: 'Both' }, { id: 'bids', label: 'Bids' }, { id: 'asks', label: 'Asks' }]} />
        <Select quiet label="Price step" value={String(step)} onChange={to => setStep(Number(to))} items={steps.map(value => ({ id: String(value), label: value.toFixed(decimalsOf(value, market.priceDecimals)) }))} />
      </div>
      <div className="heads"><span>Price {market.quote}</span><span>{market.kind === 'futures' ? 'Contracts' : `Size ${market.base}`}</span><span>Total</span></div>
      {!depth.ready ? <Waiting rows={16} /> : (
        <div className={`book ${shown}`} data-testid="book" data-ready="true">
          {shown !== 'bids' && <Side levels={asks} market={market} step={step} most={most} sell onPick={onPick} />}
          <div className="middle"><strong className={move === 'flat' ? direction(quote?.change) : move}>{amount(quote?.last, market.priceDecimals)}</strong><span>{quote?.mark ? `Mark ${amount(quote.mark, market.priceDecimals)}` : spread !== null ? `Spread ${amount(spread, market.priceDecimals)}` : ''}</span></div>
          {shown !== 'asks' && <Side levels={bids} market={market} step={step} most={most} onPick={onPick} />}
        </div>
      )}
      {depth.ready && <div className="balance" role="img" aria-label={`Bids are ${share} percent of the sizes shown`}>
        <span className="up">B {share}%</span><svg preserveAspectRatio="none" viewBox="0 0 100 1" aria-hidden="true"><rect className="b" width={share} height="1" /><rect className="a" x={share} width={100 - share} height="1" /></svg><span className="down">{100 - share}% S</span>
      </div>}
    </>
  )
}
