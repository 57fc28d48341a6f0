import { get, session } from '../api/rest'
import type { ChaseOrder, FuturesAccount, FuturesOrder, FuturesPriceTriggeredOrder, MyFuturesTrade, Position, TrailOrder } from '../api/schema'
import { futuresFeed } from '../api/socket'
import { tell } from '../ui/toast'
import * as decimal from './decimal'
import { trimmed } from './format'
import type { Market } from './markets'
import { gathered, store, type Store } from './store'

/** What a user has in the contracts of one settle currency; null until read. */
export interface FuturesState {
  account: FuturesAccount | null
  positions: Position[] | null
  orders: FuturesOrder[] | null
  triggers: FuturesPriceTriggeredOrder[] | null
  trails: TrailOrder[] | null
  chases: ChaseOrder[] | null
  error: string
}

const nothing: FuturesState = { account: null, positions: null, orders: null, triggers: null, trails: null, chases: null, error: '' }
const states = new Map<string, Store<FuturesState>>()

export function futuresState(settle: string): Store<FuturesState> {
  if (!states.has(settle)) states.set(settle, store(nothing))
  return states.get(settle)!
}

/** Counted up when an order, trade or position ended, so that histories are read anew. */
export const futuresEnded = store(0)

export async function readFutures(settle: string): Promise<void> {
  const state = futuresState(settle)
  try {
    const open = { is_finished: 'false', page_size: 100 }
    const [account, positions, orders, triggers, trails, chases] = await Promise.all([
      get<FuturesAccount>(`/futures/${settle}/accounts`), get<Position[]>(`/futures/${settle}/positions`), get<FuturesOrder[]>(`/futures/${settle}/orders`, { status: 'open', limit: 100 }),
      get<FuturesPriceTriggeredOrder[]>(`/futures/${settle}/price_orders`, { status: 'open', limit: 100 }),
      get<{ orders: TrailOrder[] }>(`/futures/${settle}/autoorder/v1/trail/list`, open), get<{ orders: ChaseOrder[] }>(`/futures/${settle}/autoorder/v1/chase/list`, { ...open, sort_by: 1 }),
    ])
    state.set({ account, positions, orders, triggers, trails: trails.orders, chases: chases.orders, error: '' })
  } catch (error) {
    state.set(now => ({ ...now, error: error instanceof Error ? error.message : String(error) }))
  }
}

const endedSoon = gathered(200, () => futuresEnded.set(now => now + 1))

const contract = (name: string | undefined) => (name ?? '').replace('_', '/')

function filled(fills: MyFuturesTrade[]) {
  for (const fill of fills) {
    const sold = String(fill.size).startsWith('-')
    tell(sold ? 'down' : 'up', `${sold ? 'Sold' : 'Bought'} ${trimmed(String(fill.size).replace('-', ''))} ${contract(fill.contract)}`, `at ${trimmed(fill.price)}`)
  }
}

function liquidated(records: { contract: string; liq_price: number; mark_price: number }[]) {
  for (const record of records) tell('bad', `Position liquidated: ${contract(record.contract)}`, `The mark reached ${trimmed(record.mark_price)}; the liquidation price was ${trimmed(record.liq_price)}.`)
}

function closed(records: { contract: string; side: string; pnl: number }[]) {
  for (const record of records) tell(record.pnl < 0 ? 'down' : 'up', `${record.side === 'short' ? 'Short' : 'Long'} position closed: ${contract(record.contract)}`, `Profit and loss ${record.pnl > 0 ? '+' : ''}${trimmed(record.pnl)}`)
  endedSoon()
}

/** Follows whoever is signed in, until the returned function is called. Whatever is told by the socket is read whole soon after: positions are made of prices,
 * margins and orders together. */
export function followFutures(settle: string): () => void {
  const user = session.get()?.user_id
  futuresState(settle).set(nothing)
  if (user === undefined) return () => undefined
  const feed = futuresFeed(settle)
  const soon = gathered(150, () => void readFutures(settle))
  const payload = [String(user), '!all']
  const changed = () => soon()
  const ends = [
    feed.listen('orders', payload, (orders: FuturesOrder[]) => { if (orders.some(order => order.status === 'finished')) endedSoon(); soon() }), feed.listen('positions', payload, changed),
    feed.listen('usertrades', payload, (fills: MyFuturesTrade[]) => { filled(fills); endedSoon(); soon() }), feed.listen('balances', [String(user)], changed), feed.listen('autoorders', payload, (orders: { status?: string }[]) => { if (orders.some(order => order.status === 'finished')) endedSoon(); soon() }),
    feed.listen('liquidates', payload, liquidated), feed.listen('position_closes', payload, closed),
    feed.listen('auto_deleverages', payload, (records: { contract: string }[]) => { for (const record of records) tell('bad', `Auto-deleveraged: ${contract(record.contract)}`, 'Part of the position was taken to cover a bankrupt one.') }),
    feed.onReopen(soon),
  ]
  const timer = setInterval(() => { if (document.visibilityState === 'visible') soon() }, 5_000)
  soon()
  return () => { clearInterval(timer); for (const end of ends) end() }
}

/** F-025: what closing at the mark would bring, before fees; in the settle currency. An estimate between two answers of the venue. */
export function unrealised(market: Market | undefined, position: Position, mark: string | undefined): string {
  const entry = decimal.of(position.entry_price), size = decimal.of(position.size), at = decimal.parse(mark)
  if (!market || !at || at.raw <= 0n || entry.raw <= 0n) return position.unrealised_pnl ?? ''
  if (!market.inverse) return decimal.text(decimal.multiply(decimal.multiply(decimal.subtract(at, entry), size), decimal.of(market.multiplier)))
  const worth = (price: decimal.Decimal) => decimal.divide(size, price, 12)
  return decimal.text(decimal.subtract(worth(entry), worth(at)))
}

/** Of this contract, as the settings say: positions keep them when they are empty. */
export function settingsOf(state: FuturesState, market: Market): { leverage: string; cross: boolean } {
  const known = state.positions?.find(position => position.contract === market.symbol)
  if (!known) return { leverage: '10', cross: true }
  const cross = known.pos_margin_mode ? known.pos_margin_mode === 'cross' : decimal.of(known.leverage).raw === 0n
  return { leverage: trimmed((known.lever ?? '') || (cross ? known.cross_leverage_limit : known.leverage)), cross }
}
