import { useEffect, useState } from 'react'
import { get } from '../api/rest'
import type { FuturesTrade, Trade } from '../api/schema'
import type { Feed } from '../api/socket'
import { amount, clock } from '../data/format'
import type { Market } from '../data/markets'
import { gathered } from '../data/store'
import { Waiting } from '../ui/controls'

interface Print { id: string; price: string; size: string; buys: boolean; at: number }

const most = 60

const ofSpot = (trade: Trade): Print => ({ id: String(trade.id), price: trade.price!, size: trade.amount!, buys: trade.side === 'buy', at: Number(trade.create_time_ms) })

const ofFutures = (trade: FuturesTrade): Print => ({
  id: String(trade.id), price: String(trade.price), size: String(trade.size).replace('-', ''), buys: !String(trade.size).startsWith('-'),
  at: (trade.create_time_ms ?? 0) > 1e12 ? trade.create_time_ms! : Number(trade.create_time) * 1000,
})

async function recent(market: Market): Promise<Print[]> {
  return market.kind === 'spot'
    ? (await get<Trade[]>('/spot/trades', { currency_pair: market.symbol, limit: most })).map(ofSpot)
    : (await get<FuturesTrade[]>(`/futures/${market.settle}/trades`, { contract: market.symbol, limit: most })).map(ofFutures)
}

export function TradesPanel({ market, feed, onPick }: { market: Market; feed: Feed; onPick: (price: string) => void }) {
  const [prints, setPrints] = useState<Print[] | null>(null)
  useEffect(() => {
    let all: Print[] = []
    const show = gathered(120, () => setPrints(all))
    const merge = (more: Print[]) => {
      const known = new Set(more.map(print => print.id))
      all = [...more, ...all.filter(print => !known.has(print.id))].sort((a, b) => b.at - a.at || Number(b.id) - Number(a.id)).slice(0, most)
      show()
    }
    const read = () => void recent(market).then(merge).catch(() => show())
    const ends = [
      feed.listen('trades', [market.symbol], (result: Trade & FuturesTrade | FuturesTrade[]) => {
        if (Array.isArray(result)) merge(result.filter(trade => trade.contract === market.symbol).map(ofFutures).reverse())
        else if (result.currency_pair === market.symbol) merge([ofSpot(result)])
      }),
      feed.onReopen(read),
    ]
    read()
    return () => { for (const end of ends) end() }
  }, [market, feed])
  const digits = Math.min(market.sizeDecimals, 6)
  return (
    <>
      <div className="bar"><h2>Trades</h2></div>
      <div className="heads"><span>Price {market.quote}</span><span>{market.kind === 'futures' ? 'Contracts' : `Size ${market.base}`}</span><span>Time</span></div>
      {!prints ? <Waiting rows={10} /> : (
        <div className="prints" role="list" aria-label="Latest trades">
          {prints.map(print => (
            <button key={print.id} role="listitem" tabIndex={-1} onClick={() => onPick(print.price)}>
              <span className={print.buys ? 'up' : 'down'}>{amount(print.price, market.priceDecimals)}</span><span>{Number(print.size) === 0 ? '<1' : amount(print.size, digits)}</span><span className="faint">{clock(print.at)}</span>
            </button>
          ))}
          {prints.length === 0 && <p className="hint center">No trades yet.</p>}
        </div>
      )}
    </>
  )
}
