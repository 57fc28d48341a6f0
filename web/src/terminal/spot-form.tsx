import { useEffect, useState, type FormEvent } from 'react'
import { place, session } from '../api/rest'
import type { Order } from '../api/schema'
import { balances } from '../data/account'
import type { LocalBook } from '../data/book'
import * as decimal from '../data/decimal'
import { amount as shownAmount, trimmed } from '../data/format'
import { keyOf, quotes, type Market } from '../data/markets'
import { useStore } from '../data/store'
import { signingIn } from '../state'
import { Check, Choice, NumberField, Select, Tabs, useAction } from '../ui/controls'
import { tell } from '../ui/toast'
import { Share } from './share'

type Side = 'buy' | 'sell'
type Type = 'limit' | 'market' | 'trigger' | 'pov'
type Force = 'gtc' | 'ioc' | 'fok' | 'poc'
type SelfTrade = '' | 'cn' | 'co' | 'cb'

const forces: { id: Force; label: string }[] = [
  { id: 'gtc', label: 'Good till cancelled' }, { id: 'ioc', label: 'Immediate or cancel' }, { id: 'fok', label: 'Fill or kill' }, { id: 'poc', label: 'Post only' },
]
// What an order at market may do with the rest of it.
const atOnce = forces.filter(force => force.id === 'ioc' || force.id === 'fok')
const selfTrades: { id: SelfTrade; label: string }[] = [
  { id: '', label: 'Self-trade: as set' }, { id: 'cn', label: 'Cancel newest' }, { id: 'co', label: 'Cancel oldest' }, { id: 'cb', label: 'Cancel both' },
]
const hours = ['15m', '1h', '4h', '1d'] as const

/** What an order at market would cost or bring by the book as it stands; null where the book is too thin. */
export function atMarket(book: LocalBook | null, buys: boolean, size: number): number | null {
  let left = size, value = 0
  for (const [price, there] of (buys ? book?.depth.asks : book?.depth.bids) ?? []) {
    const taken = Math.min(left, there)
    value += taken * price
    left -= taken
    if (left <= 0) return value
  }
  return null
}

export function SpotForm({ market, book, picked }: { market: Market; book: LocalBook | null; picked: { text: string } | null }) {
  const who = useStore(session)
  const owned = useStore(balances)
  const quote = useStore(quotes).get(keyOf(market))
  const [side, setSide] = useState<Side>('buy')
  const [type, setType] = useState<Type>('limit')
  const [price, setPrice] = useState('')
  const [size, setSize] = useState('')
  const [trigger, setTrigger] = useState('')
  const [fires, setFires] = useState<'limit' | 'market'>('limit')
  const [force, setForce] = useState<Force>('gtc')
  const [haste, setHaste] = useState<'ioc' | 'fok'>('ioc')
  const [iceberg, setIceberg] = useState('')
  const [attached, setAttached] = useState(false)
  const [profit, setProfit] = useState('')
  const [loss, setLoss] = useState('')
  const [selfTrade, setSelfTrade] = useState<SelfTrade>('')
  const [rate, setRate] = useState('10')
  const [ttl, setTtl] = useState<(typeof hours)[number]>('1h')
  const action = useAction()
  useEffect(() => { if (picked) { setPrice(picked.text); if (type === 'market') setType('limit') } }, [picked])
  useEffect(() => { if (!price && quote?.last && type !== 'market') setPrice(quote.last) }, [quote?.last === undefined])

  const buys = side === 'buy'
  const byMarket = type === 'market' || (type === 'trigger' && fires === 'market')
  const inQuote = buys && byMarket
  const spends = buys ? market.quote : market.base
  const free = decimal.of(owned?.get(spends)?.available)
  const exactPrice = decimal.of(byMarket ? quote?.last : price)
  const exactSize = decimal.of(size)
  const value = inQuote ? exactSize : decimal.multiply(exactPrice, exactSize)
  const cost = inQuote ? exactSize : buys ? value : exactSize
  const estimate = byMarket && !inQuote && size ? atMarket(book, buys, Number(size)) : null
  const fee = decimal.multiply(buys ? (inQuote ? decimal.divide(exactSize, exactPrice, market.sizeDecimals) : exactSize) : value, decimal.of(market.takerFee))

  const setShare = (percent: number) => {
    const part = decimal.divide(decimal.multiply(free, decimal.of(percent)), decimal.of(100), 12)
    const whole = inQuote ? decimal.truncate(part, market.priceDecimals) : buys ? decimal.divide(part, exactPrice, market.sizeDecimals) : decimal.truncate(part, market.sizeDecimals)
    setSize(decimal.short(whole))
  }
  const share = free.raw > 0n ? Math.min(100, Math.round((decimal.toNumber(cost) / decimal.toNumber(free)) * 100)) : 0

  const problem = (() => {
    if (!size) return ''
    if (!byMarket && type !== 'pov' && !decimal.isPositive(exactPrice)) return 'Give a price'
    if (!decimal.isPositive(exactSize)) return 'Give a size above 0'
    if (!inQuote && decimal.compare(exactSize, decimal.of(market.minSize)) < 0) return `At least ${trimmed(market.minSize)} ${market.base}`
    if (decimal.compare(value, decimal.of(market.minValue)) < 0) return `Worth at least ${trimmed(market.minValue)} ${market.quote}`
    if (who?.signed_in && owned && type !== 'trigger' && decimal.compare(cost, free) > 0) return `More than the ${trimmed(decimal.text(free))} ${spends} you have`
    if (type === 'trigger' && !decimal.isPositive(decimal.parse(trigger))) return 'Give a trigger price'
    return ''
  })()

  const send = async () => {
    if (type === 'trigger') {
      await place('/spot/price_orders', {
        market: market.symbol, trigger: { price: trigger, rule: Number(trigger) >= Number(quote?.last ?? 0) ? '>=' : '<=', expiration: 86_400 * 30 },
        put: { type: fires, side, amount: size, account: 'normal', time_in_force: fires === 'market' ? 'ioc' : 'gtc', ...(fires === 'limit' ? { price } : {}) },
      })
      tell('good', 'Trigger order set', `At ${trimmed(trigger)} ${market.quote}`)
    } else if (type === 'pov') {
      await place('/spot/pov_orders', { currency_pair: market.symbol, side, amount: size, participation_rate: Number(rate), ttl, ...(price ? { limit_price: price } : {}) })
      tell('good', 'Participation order started', `${rate}% of the volume, for ${ttl}`)
    } else {
      const order = await place<Order>('/spot/orders', {
        currency_pair: market.symbol, side, type, account: 'spot', amount: size, text: 't-web', time_in_force: type === 'market' ? haste : force,
        ...(type === 'limit' ? { price } : {}), ...(type === 'limit' && decimal.isPositive(decimal.parse(iceberg)) ? { iceberg } : {}), ...(selfTrade ? { stp_act: selfTrade } : {}),
        ...(type === 'limit' && attached && profit ? { stop_profit: { trigger_price: profit, order_price: profit } } : {}), ...(type === 'limit' && attached && loss ? { stop_loss: { trigger_price: loss, order_price: loss } } : {}),
      })
      if (order.status === 'open') tell('good', 'Order placed', `${buys ? 'Buy' : 'Sell'} ${trimmed(order.amount)} ${market.base} at ${trimmed(order.price)}`)
      else if (order.status === 'cancelled' && Number(order.filled_total ?? 0) === 0) tell('plain', 'Nothing was filled', 'The order ended at once, as its time in force says.')
    }
    setSize('')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!who?.signed_in) { signingIn.set(true); return }
    if (problem || !size) { action.clear(); return }
    void action.run(send)
  }

  return (
    <form className="orderform" onSubmit={submit}>
      <Choice label="Side" className="sides" value={side} onChange={setSide} items={[{ id: 'buy', label: 'Buy', className: 'buy' }, { id: 'sell', label: 'Sell', className: 'sell' }]} />
      <Tabs small label="Order type" value={type} onChange={setType} items={[{ id: 'limit', label: 'Limit' }, { id: 'market', label: 'Market' }, { id: 'trigger', label: 'Trigger' }, { id: 'pov', label: 'Volume' }]} />
      <p className="free"><span>Available</span><b className="num">{who?.signed_in ? trimmed(decimal.text(free)) : '–'} {spends}</b></p>
      {type === 'trigger' && <>
        <NumberField label="Trigger price" unit={market.quote} value={trigger} onChange={setTrigger} step={market.tick} hint={trigger && quote ? (Number(trigger) >= Number(quote.last) ? 'Fires when the last price rises to it' : 'Fires when the last price falls to it') : undefined} />
        <Choice label="What fires" value={fires} onChange={setFires} items={[{ id: 'limit', label: 'Limit order' }, { id: 'market', label: 'Market order' }]} />
      </>}
      {!byMarket && <NumberField label={type === 'pov' ? 'Limit price (optional)' : 'Price'} unit={market.quote} value={price} onChange={setPrice} step={market.tick} />}
      <NumberField label={inQuote ? 'Spend' : 'Size'} unit={inQuote ? market.quote : market.base} value={size} onChange={setSize} error={problem || undefined} />
      <Share value={share} onChange={setShare} disabled={!who?.signed_in || (!inQuote && buys && exactPrice.raw === 0n)} />
      {type === 'pov' && <div className="pair">
        <NumberField label="Share of volume" unit="%" value={rate} onChange={setRate} step="1" />
        <Select label="Lasts" value={ttl} onChange={setTtl} items={hours.map(id => ({ id, label: id }))} />
      </div>}
      {(type === 'limit' || type === 'market') && <>
        <details className="more">
          <summary>Options</summary>
          <div className="stack">
            {type === 'market' ? <Select label="Time in force" value={haste} onChange={to => setHaste(to as 'ioc' | 'fok')} items={atOnce} /> : <Select label="Time in force" value={force} onChange={setForce} items={forces} />}
            {type === 'limit' && <NumberField label="Shown size (iceberg)" unit={market.base} value={iceberg} onChange={setIceberg} hint="Empty shows all of it" />}
            <Select label="Against your own orders" value={selfTrade} onChange={setSelfTrade} items={selfTrades} />
          </div>
        </details>
      </>}
      {type === 'limit' && <>
        <Check label="Take profit / stop loss" value={attached} onChange={setAttached} />
        {attached && <div className="pair">
          <NumberField label="Take profit" unit={market.quote} value={profit} onChange={setProfit} step={market.tick} />
          <NumberField label="Stop loss" unit={market.quote} value={loss} onChange={setLoss} step={market.tick} />
        </div>}
      </>}
      <dl className="sums">
        <div><dt>{inQuote ? 'You get about' : buys ? 'Cost' : 'You get'}</dt><dd>{!size ? '–' : inQuote ? `${trimmed(decimal.text(decimal.divide(exactSize, exactPrice, market.sizeDecimals)))} ${market.base}` : `${shownAmount(estimate ?? decimal.text(value), 2)} ${market.quote}`}</dd></div>
        <div><dt>Fee, at most</dt><dd>{size ? `${trimmed(decimal.text(fee), 8)} ${buys ? market.base : market.quote}` : '–'}</dd></div>
      </dl>
      {action.error && <p className="wrongs" role="alert">{action.error}</p>}
      {who?.signed_in
        ? <button className={`block ${side}`} disabled={action.busy || !market.open}>{buys ? 'Buy' : 'Sell'} {market.base}</button>
        : <button className="primary block">Sign in to trade</button>}
    </form>
  )
}
