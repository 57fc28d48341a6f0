import { useEffect, useState, type FormEvent } from 'react'
import { place, session } from '../api/rest'
import type { FuturesOrder } from '../api/schema'
import * as decimal from '../data/decimal'
import { amount as shownAmount, trimmed } from '../data/format'
import { futuresState, readFutures, settingsOf } from '../data/futures'
import { keyOf, quotes, type Market } from '../data/markets'
import { useStore } from '../data/store'
import { signingIn } from '../state'
import { Check, Choice, NumberField, Select, Tabs, useAction } from '../ui/controls'
import { Icon } from '../ui/icons'
import { tell } from '../ui/toast'
import { useChase, useTrail } from './auto-fields'
import { Settings } from './futures-settings'
import { Share } from './share'

type Type = 'limit' | 'market' | 'best' | 'trigger' | 'trail' | 'chase'

const kinds = [
  { id: 'limit', label: 'Limit' }, { id: 'market', label: 'Market' }, { id: 'best', label: 'Best' }, { id: 'trigger', label: 'Trigger' }, { id: 'trail', label: 'Trailing' }, { id: 'chase', label: 'Chase' },
] as const
type Force = 'gtc' | 'ioc' | 'fok' | 'poc'
type Unit = 'contracts' | 'base' | 'quote'

const forces: { id: Force; label: string }[] = [
  { id: 'gtc', label: 'Good till cancelled' }, { id: 'ioc', label: 'Immediate or cancel' }, { id: 'fok', label: 'Fill or kill' }, { id: 'poc', label: 'Post only' },
]
// What an order that cannot wait may do with the rest of it.
const atOnce = forces.filter(force => force.id === 'ioc' || force.id === 'fok')
const levels = ['1', '2', '3', '5', '10', '20'] as const
const priceTypes = [{ id: '0', label: 'Last' }, { id: '1', label: 'Mark' }, { id: '2', label: 'Index' }] as const

export default function FuturesForm({ market, picked }: { market: Market; picked: { text: string } | null }) {
  const who = useStore(session)
  const state = useStore(futuresState(market.settle))
  const quote = useStore(quotes).get(keyOf(market))
  const settings = settingsOf(state, market)
  const [type, setType] = useState<Type>('limit')
  const [price, setPrice] = useState('')
  const [size, setSize] = useState('')
  const [unit, setUnit] = useState<Unit>(market.inverse ? 'contracts' : 'base')
  const [trigger, setTrigger] = useState('')
  const [priceType, setPriceType] = useState<'0' | '1' | '2'>('0')
  const [fires, setFires] = useState<'limit' | 'market'>('market')
  const [force, setForce] = useState<Force>('gtc')
  const [haste, setHaste] = useState<'ioc' | 'fok'>('ioc')
  const [ofBook, setOfBook] = useState<'own' | 'other'>('own')
  const [level, setLevel] = useState<(typeof levels)[number]>('1')
  const [closes, setCloses] = useState(false)
  const [iceberg, setIceberg] = useState('')
  const [reduce, setReduce] = useState(false)
  const [attached, setAttached] = useState(false)
  const [profit, setProfit] = useState('')
  const [loss, setLoss] = useState('')
  const [sets, setSets] = useState(false)
  const trail = useTrail(market)
  const chase = useChase(market)
  const auto = type === 'trail' ? trail : type === 'chase' ? chase : null
  const action = useAction()
  useEffect(() => { if (picked) { setPrice(picked.text); if (type !== 'limit' && type !== 'trigger') setType('limit') } }, [picked])
  useEffect(() => { if (!price && quote?.last) setPrice(quote.last) }, [quote?.last === undefined])

  const hedged = state.account?.in_dual_mode === true
  const reduces = hedged ? closes : reduce
  const byMarket = auto !== null || type === 'market' || type === 'best' || (type === 'trigger' && fires === 'market')
  const at = decimal.of(byMarket ? quote?.mark ?? quote?.last : price)
  const settle = market.settle.toUpperCase()
  // One contract in the base, and in the quote.
  const each = decimal.of(market.multiplier)
  const eachQuote = market.inverse ? decimal.of('1') : decimal.multiply(each, at)
  const exact = decimal.of(size)
  const asked = unit === 'contracts' ? decimal.truncate(exact, market.sizeDecimals) : unit === 'quote' ? decimal.divide(exact, eachQuote, market.sizeDecimals) : decimal.divide(market.inverse ? decimal.multiply(exact, at) : exact, each, market.sizeDecimals)
  const contracts = decimal.toStep(asked, decimal.of(market.sizeStep))
  const value = market.inverse ? decimal.divide(contracts, at, 12) : decimal.multiply(decimal.multiply(contracts, each), at)
  const leverage = decimal.of(settings.leverage)
  const fee = decimal.multiply(value, decimal.of(market.takerFee))
  const cost = decimal.add(decimal.divide(value, leverage, 12), fee)
  const free = decimal.of(state.account?.available)

  const setShare = (percent: number) => {
    const buying = decimal.multiply(decimal.divide(decimal.multiply(free, decimal.of(percent)), decimal.of(100), 12), leverage)
    // A little is left for the fee and for a price that moves.
    const worth = decimal.divide(decimal.multiply(buying, decimal.of(97)), decimal.of(100), 12)
    const whole = market.inverse ? decimal.truncate(decimal.multiply(worth, at), market.sizeDecimals) : decimal.divide(worth, decimal.multiply(each, at), market.sizeDecimals)
    setUnit('contracts')
    setSize(decimal.short(decimal.toStep(whole, decimal.of(market.sizeStep))))
  }
  const share = free.raw > 0n ? Math.min(100, Math.round((decimal.toNumber(cost) / decimal.toNumber(free)) * 100)) : 0
  const problem = (() => {
    if (!size) return ''
    if (!byMarket && at.raw <= 0n) return 'Give a price'
    if (contracts.raw <= 0n) return 'Too small: less than the smallest part of a contract'
    if (decimal.compare(contracts, decimal.of(market.minSize)) < 0) return `At least ${trimmed(market.minSize)} contract${market.minSize === '1' ? '' : 's'}${market.inverse ? '' : `, ${trimmed(decimal.text(decimal.multiply(decimal.of(market.minSize), each)))} ${market.base}`}`
    if (type === 'trigger' && !decimal.isPositive(decimal.parse(trigger))) return 'Give a trigger price'
    return auto?.problem ?? ''
  })()

  const send = async (buys: boolean) => {
    const signed = (buys ? '' : '-') + decimal.short(contracts)
    if (auto) {
      await auto.send(signed, reduces)
      tell('good', type === 'trail' ? 'Trailing order set' : 'Chase started', `${buys ? 'Buy' : 'Sell'} ${trimmed(decimal.text(contracts))} contracts`)
    } else if (type === 'trigger') {
      const now = Number((priceType === '1' ? quote?.mark : priceType === '2' ? quote?.index : quote?.last) ?? 0)
      await place(`/futures/${market.settle}/price_orders`, {
        initial: { contract: market.symbol, ...(market.sizeDecimals ? { amount: signed } : { size: Number(signed) }), price: fires === 'market' ? '0' : price, tif: fires === 'market' ? 'ioc' : 'gtc', reduce_only: reduces, text: 't-web' },
        trigger: { strategy_type: 0, price_type: Number(priceType), price: trigger, rule: Number(trigger) >= now ? 1 : 2, expiration: 86_400 * 30 },
      })
      tell('good', 'Trigger order set', `${buys ? 'Buy' : 'Sell'} ${trimmed(decimal.text(contracts))} at ${trimmed(trigger)}`)
    } else {
      const shared = { contract: market.symbol, size: market.sizeDecimals ? signed : Number(signed), text: 't-web', reduce_only: reduces }
      const order = type === 'best' ? await place<FuturesOrder>(`/futures/${market.settle}/bbo_orders`, {
        ...shared, tif: force, level: Number(level), direction: buys === (ofBook === 'own') ? 'sell' : 'buy',        // "sell" reads the bids (M-112)
      }) : await place<FuturesOrder>(`/futures/${market.settle}/orders`, {
        ...shared, price: type === 'market' ? '0' : price, tif: type === 'market' ? haste : force,
        ...(type === 'limit' && Number(iceberg) ? { iceberg } : {}),
        ...(attached && !reduces && profit ? { tpsl_tp_trigger_price: profit } : {}), ...(attached && !reduces && loss ? { tpsl_sl_trigger_price: loss } : {}),
      })
      if (order.status === 'open') tell('good', 'Order placed', `${buys ? 'Buy' : 'Sell'} ${trimmed(decimal.text(contracts))} contracts at ${trimmed(order.price ?? price)}`)
      else if (order.left !== undefined && String(order.left) === String(order.size)) tell('plain', 'Nothing was filled', 'The order ended at once, as its time in force says.')
    }
    setSize('')
    void readFutures(market.settle)
  }
  const act = (buys: boolean) => {
    if (!who?.signed_in) { signingIn.set(true); return }
    if (!problem && size) void action.run(() => send(buys))
  }
  const submit = (event: FormEvent) => { event.preventDefault(); if (!who?.signed_in) signingIn.set(true) }

  return <>
    <form className="orderform" onSubmit={submit}>
      <button type="button" className="plain settings" disabled={!who?.signed_in} onClick={() => setSets(true)}><span>{settings.cross ? 'Cross' : 'Isolated'}{hedged && ' · Hedge'}</span><b>{settings.leverage}x</b><Icon name="edit" /></button>
      <Tabs small label="Order type" value={type} onChange={setType} items={kinds} />
      {hedged && <Choice label="What the order does" className="wholly" value={closes ? 'close' : 'open'} onChange={to => setCloses(to === 'close')} items={[{ id: 'open', label: 'Open' }, { id: 'close', label: 'Close' }]} />}
      <p className="free"><span>Available</span><b className="num">{state.account ? trimmed(decimal.text(free), 4) : '–'} {settle}</b></p>
      {type === 'trigger' && <>
        <div className="pair"><NumberField label="Trigger price" value={trigger} onChange={setTrigger} step={market.tick} /><Select label="Watches" value={priceType} onChange={setPriceType} items={priceTypes} /></div>
        <Select label="Fires a" value={fires} onChange={setFires} items={[{ id: 'market', label: 'Market order' }, { id: 'limit', label: 'Limit order' }]} />
      </>}
      {type === 'best' && <div className="pair">
        <Select label="At the price of" value={ofBook} onChange={setOfBook} items={[{ id: 'own', label: 'My side' }, { id: 'other', label: 'Other side' }]} />
        <Select label="Level" value={level} onChange={setLevel} items={levels.map(id => ({ id, label: id === '1' ? 'Best' : `${id}th`.replace('2th', '2nd').replace('3th', '3rd') }))} />
      </div>}
      {auto?.fields}
      {!byMarket && <NumberField label="Price" unit={market.quote} value={price} onChange={setPrice} step={market.tick} />}
      <div className="pair sized">
        <NumberField label="Size" value={size} onChange={setSize} error={problem || undefined} hint={size && unit !== 'contracts' ? `${trimmed(decimal.text(contracts))} contracts` : undefined} />
        <Select label="In" value={unit} onChange={to => { setUnit(to); setSize('') }} items={[{ id: 'base', label: market.base }, { id: 'quote', label: market.quote }, { id: 'contracts', label: 'Contracts' }]} />
      </div>
      {!reduces && <Share value={share} onChange={setShare} disabled={!state.account || at.raw === 0n} />}
      {type !== 'trigger' && !auto && <details className="more"><summary>Options</summary><div className="stack">
        {type === 'market' ? <Select label="Time in force" value={haste} onChange={to => setHaste(to as 'ioc' | 'fok')} items={atOnce} /> : <Select label="Time in force" value={force} onChange={setForce} items={forces} />}
        {type === 'limit' && <NumberField label="Shown size (iceberg)" unit="contracts" value={iceberg} onChange={setIceberg} hint="Empty shows all of it" />}
      </div></details>}
      <div className="checks">{!hedged && <Check label="Reduce only" value={reduce} onChange={setReduce} />}{(type === 'limit' || type === 'market') && !reduces && <Check label="Take profit / stop loss" value={attached} onChange={setAttached} />}</div>
      {attached && (type === 'limit' || type === 'market') && !reduces && <div className="pair">
        <NumberField label="Take profit" unit={market.quote} value={profit} onChange={setProfit} step={market.tick} /><NumberField label="Stop loss" unit={market.quote} value={loss} onChange={setLoss} step={market.tick} />
      </div>}
      <dl className="sums">
        <div><dt>Value</dt><dd>{size ? `${shownAmount(decimal.text(value), market.inverse ? 6 : 2)} ${settle}` : '–'}</dd></div>
        <div><dt>Margin, about</dt><dd>{size && !reduces ? `${shownAmount(decimal.text(cost), market.inverse ? 6 : 2)} ${settle}` : '–'}</dd></div>
        <div><dt>Fee, at most</dt><dd>{size ? `${shownAmount(decimal.text(fee), market.inverse ? 8 : 4)} ${settle}` : '–'}</dd></div>
      </dl>
      {action.error && <p className="wrongs" role="alert">{action.error}</p>}
      {who?.signed_in ? <div className="pair">
        <button type="button" className="block buy" disabled={action.busy || !market.open} onClick={() => act(true)}>{!hedged ? 'Buy / Long' : closes ? 'Close short' : 'Open long'}</button>
        <button type="button" className="block sell" disabled={action.busy || !market.open} onClick={() => act(false)}>{!hedged ? 'Sell / Short' : closes ? 'Close long' : 'Open short'}</button>
      </div> : <button className="primary block">Sign in to trade</button>}
      {state.account && free.raw === 0n && <p className="hint">The futures wallet is empty: move {settle} there from the spot wallet, on the page Wallet.</p>}
    </form>
    {sets && <Settings market={market} leverage={settings.leverage} cross={settings.cross} hedged={hedged} onClose={() => setSets(false)} />}
  </>
}
