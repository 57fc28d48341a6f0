import { get, own } from '../api/rest'
import type { Contract, Currency, CurrencyPair, FuturesTicker, Ticker } from '../api/schema'
import { futuresFeed, spotFeed } from '../api/socket'
import * as decimal from './decimal'
import { decimalsOf } from './format'
import { gathered, remembered, store } from './store'

export type Kind = 'spot' | 'futures'

/** One market of any product, as the page needs it. */
export interface Market {
  kind: Kind
  /** Lower case, of futures: "usdt". */
  settle: string
  symbol: string
  base: string
  quote: string
  name: string
  priceDecimals: number
  /** Smallest step of a price. */
  tick: string
  sizeDecimals: number
  /** Sizes are whole multiples of it. */
  sizeStep: string
  minSize: string
  minValue: string
  takerFee: string
  categories: string[]
  open: boolean
  /** Of futures: how much of the base one contract is. */
  multiplier: string
  leverageMax: number
  maintenanceRate: string
  /** Profit and margin are in the base, and a contract is worth so much of the quote. */
  inverse: boolean
}

export interface Quote {
  last: string
  change: string
  high: string
  low: string
  volume: string
  turnover: string
  mark?: string
  index?: string
  fundingRate?: string
  fundingNext?: number
  fundingInterval?: number
  openInterest?: string
}

/** Null until they are known; the page shows what failed instead of an empty list. */
export const markets = store<Market[] | null>(null)
export const marketsError = store<string>('')
export const quotes = store<ReadonlyMap<string, Quote>>(new Map())
export const favourites = remembered<string[]>('sluice.favourites', [])

/** Settles whose contracts this venue has. */
export const settles = store<string[]>([])

export const keyOf = (market: { kind: Kind; settle: string; symbol: string }) => (market.kind === 'spot' ? `spot:${market.symbol}` : `futures:${market.settle}:${market.symbol}`)
export const pathOf = (market: Market) => (market.kind === 'spot' ? `/spot/${market.symbol}` : `/futures/${market.settle}/${market.symbol}`)

export function toggleFavourite(key: string) {
  favourites.set(now => (now.includes(key) ? now.filter(other => other !== key) : [...now, key]))
}

const draft = new Map<string, Quote>()
const publish = gathered(400, () => quotes.set(new Map(draft)))

function put(key: string, quote: Partial<Quote>) {
  const before = draft.get(key) ?? { last: '', change: '', high: '', low: '', volume: '', turnover: '' }
  draft.set(key, { ...before, ...quote })
  publish()
}

const putSpot = (ticker: Ticker) => put(`spot:${ticker.currency_pair}`, {
  last: ticker.last ?? '', change: ticker.change_percentage ?? '', high: ticker.high_24h ?? '', low: ticker.low_24h ?? '', volume: ticker.base_volume ?? '', turnover: ticker.quote_volume ?? '',
})

const given = <T extends object>(values: T): T => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '')) as T

const putFutures = (settle: string, ticker: FuturesTicker & { funding_next_apply?: number }) => put(`futures:${settle}:${ticker.contract}`, given({
  last: ticker.last ?? '', change: ticker.change_percentage ?? '', high: ticker.high_24h ?? '', low: ticker.low_24h ?? '', volume: ticker.volume_24h_base ?? ticker.volume_24h ?? '',
  turnover: ticker.volume_24h_quote ?? ticker.volume_24h_usd ?? ticker.volume_24h_settle ?? '', mark: ticker.mark_price, index: ticker.index_price, fundingRate: ticker.funding_rate, openInterest: ticker.total_size,
}))

const stepOf = (decimals: number) => (10 ** -decimals).toFixed(decimals)

const spotMarket = (pair: CurrencyPair, currencies: Map<string, Currency>): Market => ({
  kind: 'spot', settle: '', symbol: pair.id!, base: pair.base!, quote: pair.quote!, name: currencies.get(pair.base!)?.name ?? pair.base!,
  priceDecimals: pair.precision ?? 2, tick: stepOf(pair.precision ?? 2), sizeDecimals: pair.amount_precision ?? 4, sizeStep: stepOf(pair.amount_precision ?? 4),
  minSize: pair.min_base_amount ?? '0', minValue: pair.min_quote_amount ?? '0', takerFee: decimal.text(decimal.multiply(decimal.of(pair.fee), decimal.of('0.01'))),
  categories: ((currencies.get(pair.base!) as { category?: string[] } | undefined)?.category) ?? [], open: pair.trade_status === 'tradable',
  multiplier: '1', leverageMax: 1, maintenanceRate: '0', inverse: false,
})

/** Of contracts whose sizes may have decimals, by key; the dialect does not tell it. */
type Steps = Readonly<Record<string, string>>

const readSteps = (): Promise<Steps> => own<{ contracts: Steps }>('GET', '/steps').then(answer => answer.contracts, () => ({}))

const futuresMarket = (contract: Contract, settle: string, steps: Steps): Market => {
  const [base = '', quote = ''] = contract.name!.split('_')
  const tick = contract.order_price_round ?? '0.1'
  const inverse = contract.type === 'inverse'
  const smallest = String(contract.order_size_min ?? '1')
  const sizeStep = steps[`futures:${settle}:${contract.name}`] ?? '1'
  return {
    kind: 'futures', settle, symbol: contract.name!, base, quote, name: `${base} perpetual`, priceDecimals: decimalsOf(tick), tick,
    sizeDecimals: decimalsOf(sizeStep), sizeStep, minSize: Number(smallest) ? smallest : sizeStep, minValue: '0', takerFee: contract.taker_fee_rate ?? '0',
    categories: [contract.contract_type || 'crypto'], open: contract.in_delisting !== true && (contract.status ?? 'trading') === 'trading',
    multiplier: inverse ? '1' : contract.quanto_multiplier ?? '1', leverageMax: Number(contract.leverage_max ?? 100), maintenanceRate: contract.maintenance_rate ?? '0', inverse,
  }
}

async function contractsOf(settle: string, told: Promise<Steps>): Promise<Market[]> {
  try {
    const [contracts, steps] = await Promise.all([get<Contract[]>(`/futures/${settle}/contracts`), told])
    for (const contract of contracts) {
      put(`futures:${settle}:${contract.name}`, given({
        last: contract.last_price ?? '', mark: contract.mark_price, index: contract.index_price, fundingRate: contract.funding_rate, fundingNext: contract.funding_next_apply, fundingInterval: contract.funding_interval,
      }))
    }
    return contracts.map(contract => futuresMarket(contract, settle, steps))
  } catch {
    return []               // a build without contracts: the page shows what there is
  }
}

async function readQuotes() {
  for (const ticker of await get<Ticker[]>('/spot/tickers')) putSpot(ticker)
  for (const settle of settles.get()) {
    try { for (const ticker of await get<FuturesTicker[]>(`/futures/${settle}/tickers`)) putFutures(settle, ticker) } catch { /* told by the list of contracts */ }
  }
}

let loading: Promise<void> | undefined

/** Reads what is listed, once; again after a failure. */
export function loadMarkets(): Promise<void> {
  loading ??= (async () => {
    try {
      const steps = readSteps()
      const [pairs, currencies, usdt, btc] = await Promise.all([get<CurrencyPair[]>('/spot/currency_pairs'), get<Currency[]>('/spot/currencies'), contractsOf('usdt', steps), contractsOf('btc', steps)])
      const byCode = new Map(currencies.map(currency => [currency.currency!, currency]))
      settles.set([...(usdt.length ? ['usdt'] : []), ...(btc.length ? ['btc'] : [])])
      markets.set([...pairs.map(pair => spotMarket(pair, byCode)), ...usdt, ...btc])
      marketsError.set('')
      await readQuotes()
    } catch (error) {
      marketsError.set(error instanceof Error ? error.message : String(error))
      loading = undefined
      setTimeout(() => void loadMarkets(), 3_000)
    }
  })()
  return loading
}

/** What is listed, read again: the operator listed something. */
export async function reloadMarkets() {
  await loading
  loading = undefined
  return loadMarkets()
}

/** Funding times move on: the list of contracts tells the next. */
export async function refreshFunding(settle: string, symbol: string) {
  const contract = await get<Contract>(`/futures/${settle}/contracts/${symbol}`)
  put(`futures:${settle}:${symbol}`, given({ fundingNext: contract.funding_next_apply, fundingRate: contract.funding_rate, fundingInterval: contract.funding_interval }))
}

/** Live quotes of these markets, until the returned function is called. */
export function followQuotes(list: readonly Market[]): () => void {
  const ends: (() => void)[] = []
  const spot = list.filter(market => market.kind === 'spot').map(market => market.symbol)
  if (spot.length) {
    ends.push(spotFeed.listen('tickers', spot, (ticker: Ticker) => putSpot(ticker)))
    ends.push(spotFeed.onReopen(() => void readQuotes().catch(() => undefined)))
  }
  for (const settle of new Set(list.filter(market => market.kind === 'futures').map(market => market.settle))) {
    const symbols = list.filter(market => market.kind === 'futures' && market.settle === settle).map(market => market.symbol)
    ends.push(futuresFeed(settle).listen('tickers', symbols, (tickers: FuturesTicker[]) => { for (const ticker of tickers) putFutures(settle, ticker) }))
  }
  return () => { for (const end of ends) end() }
}
