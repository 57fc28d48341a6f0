import { get, session } from '../api/rest'
import type { Order, SpotAccount, SpotPriceTriggeredOrder, Trade } from '../api/schema'
import { spotFeed } from '../api/socket'
import { trimmed } from './format'
import { gathered, store } from './store'
import { tell } from '../ui/toast'

/** Null until read. */
export const balances = store<ReadonlyMap<string, { available: string; locked: string }> | null>(null)
export const openOrders = store<Order[] | null>(null)
export const triggers = store<SpotPriceTriggeredOrder[] | null>(null)
/** Counted up when something ended, so that histories are read anew. */
export const ended = store(0)
export const accountError = store('')

interface PushedOrder extends Omit<Order, 'create_time_ms' | 'update_time_ms'> { event: 'put' | 'update' | 'finish'; create_time_ms?: string; update_time_ms?: string }
interface PushedBalance { currency: string; available: string; freeze: string; total: string }

async function readBalances() {
  const accounts = await get<SpotAccount[]>('/spot/accounts')
  balances.set(new Map(accounts.map(account => [account.currency!, { available: account.available ?? '0', locked: account.locked ?? '0' }])))
}

async function readOrders() {
  const pairs = await get<{ orders: Order[] }[]>('/spot/open_orders', { page: 1, limit: 100 })
  openOrders.set(pairs.flatMap(pair => pair.orders).sort((a, b) => Number(b.create_time_ms) - Number(a.create_time_ms)))
}

async function readTriggers() {
  triggers.set(await get<SpotPriceTriggeredOrder[]>('/spot/price_orders', { status: 'open', limit: 100 }))
}

export async function readAccount(): Promise<void> {
  try {
    await Promise.all([readBalances(), readOrders(), readTriggers()])
    accountError.set('')
  } catch (error) {
    accountError.set(error instanceof Error ? error.message : String(error))
  }
}

const triggersSoon = gathered(200, () => void readTriggers().catch(() => undefined))
const endedSoon = gathered(150, () => ended.set(now => now + 1))

function ordersChanged(pushed: PushedOrder[]) {
  openOrders.set(now => {
    let next = now ?? []
    for (const { event, ...rest } of pushed) {
      const order: Order = { ...rest, create_time_ms: Number(rest.create_time_ms), update_time_ms: Number(rest.update_time_ms), status: event === 'finish' ? 'closed' : 'open' } as Order
      const at = next.findIndex(known => known.id === order.id)
      if (event === 'finish') next = at < 0 ? next : next.filter(known => known.id !== order.id)
      else next = at < 0 ? [order, ...next] : next.map((known, i) => (i === at ? { ...known, ...order } : known))
    }
    return next
  })
  if (pushed.some(order => order.event === 'finish')) endedSoon()
}

function filled(fills: Trade[]) {
  for (const fill of fills) {
    const [base, quote] = (fill.currency_pair ?? '').split('_')
    tell(fill.side === 'buy' ? 'up' : 'down', `${fill.side === 'buy' ? 'Bought' : 'Sold'} ${trimmed(fill.amount)} ${base}`, `at ${trimmed(fill.price)} ${quote}`)
  }
  endedSoon()
}

function balancesChanged(pushed: PushedBalance[]) {
  balances.set(now => {
    const next = new Map(now ?? [])
    for (const balance of pushed) next.set(balance.currency, { available: balance.available, locked: balance.freeze })
    return next
  })
}

let user: number | undefined
let ends: (() => void)[] = []

function follow() {
  const now = session.get()?.user_id
  if (now === user) return
  user = now
  for (const end of ends) end()
  ends = []
  balances.set(null)
  openOrders.set(null)
  triggers.set(null)
  if (now === undefined) return
  ends = [
    spotFeed.listen('orders', ['!all'], ordersChanged), spotFeed.listen('usertrades', ['!all'], filled), spotFeed.listen('balances', [], balancesChanged),
    spotFeed.listen('priceorders', ['!all'], triggersSoon), spotFeed.onReopen(() => void readAccount()),
  ]
  void readAccount()
}

/** Follows whoever is signed in. */
export function followAccount() {
  session.watch(follow)
  follow()
}
