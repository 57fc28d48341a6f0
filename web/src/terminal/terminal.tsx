import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { futuresFeed, spotFeed } from '../api/socket'
import { LocalBook } from '../data/book'
import { followQuotes, type Market } from '../data/markets'
import { remembered, useStore } from '../data/store'
import { Tabs, Waiting } from '../ui/controls'
import { BookPanel } from './book'
import { Chart } from './chart'
import { DepthChart } from './depth'
import { MarketStrip } from './strip'
import { SpotForm } from './spot-form'
import { SpotPanels } from './spot-panels'
import { TradesPanel } from './trades'

const FuturesForm = lazy(() => import('./futures-form'))
const FuturesPanels = lazy(() => import('./futures-panels'))

const plot = remembered<'candles' | 'depth'>('sluice.plot', 'candles')

export const feedOf = (market: Market) => (market.kind === 'spot' ? spotFeed : futuresFeed(market.settle))

/** One market: its chart, its book, its trades, an order form and what the visitor has there. On a phone one of them at a time. */
export default function Terminal({ market }: { market: Market }) {
  const [book, setBook] = useState<LocalBook | null>(null)
  const [price, setPrice] = useState<{ text: string } | null>(null)
  const [part, setPart] = useState<'chart' | 'book' | 'trades' | 'order'>('chart')
  const shown = useStore(plot)
  const feed = useMemo(() => feedOf(market), [market])
  useEffect(() => {
    const opened = new LocalBook(feed, market.symbol)
    setBook(opened)
    return () => opened.close()
  }, [feed, market.symbol])
  useEffect(() => followQuotes([market]), [market])
  const pick = (text: string) => { setPrice({ text }); setPart('order') }

  return (
    <div className={`terminal ${market.kind}`} data-part={part}>
      <h1 className="unseen">{market.base}/{market.quote} {market.kind}</h1>
      <MarketStrip market={market} />
      <div className="parts"><Tabs label="Part of the terminal" value={part} onChange={setPart} items={[{ id: 'chart', label: 'Chart' }, { id: 'book', label: 'Book' }, { id: 'trades', label: 'Trades' }, { id: 'order', label: 'Order' }]} /></div>
      <section className="pane plot" aria-label="Chart">
        {shown === 'candles' ? <Chart market={market} onDepth={() => plot.set('depth')} /> : <DepthChart market={market} book={book} onCandles={() => plot.set('candles')} />}
      </section>
      <section className="pane bookpane" aria-label="Order book"><BookPanel market={market} book={book} onPick={pick} /></section>
      <section className="pane tradespane" aria-label="Trades"><TradesPanel market={market} feed={feed} onPick={pick} /></section>
      <section className="pane formpane" aria-label="Order form">
        {market.kind === 'spot' ? <SpotForm market={market} book={book} picked={price} /> : <Suspense fallback={<Waiting />}><FuturesForm market={market} picked={price} /></Suspense>}
      </section>
      <section className="pane panels" aria-label="Orders and positions">
        {market.kind === 'spot' ? <SpotPanels market={market} /> : <Suspense fallback={<Waiting />}><FuturesPanels market={market} /></Suspense>}
      </section>
    </div>
  )
}
