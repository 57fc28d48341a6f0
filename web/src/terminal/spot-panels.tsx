import { useCallback, useEffect, useState } from 'react'
import { call, get, session } from '../api/rest'
import type { Order, SpotPriceTriggeredOrder, Trade } from '../api/schema'
import { accountError, balances, ended, openOrders, readAccount, triggers } from '../data/account'
import { amount, capital, moment, trimmed, words } from '../data/format'
import { markets, type Market } from '../data/markets'
import { remembered, useStore } from '../data/store'
import { signingIn } from '../state'
import { Check, Dialog, Empty, NumberField, Problem, Tabs, useAction, Waiting } from '../ui/controls'
import { Icon } from '../ui/icons'
import { Table, type Column } from '../ui/table'
import { tell } from '../ui/toast'

type Panel = 'open' | 'triggers' | 'history' | 'fills' | 'assets'

const onlyHere = remembered('sluice.only-here', false)

const pairOf = (symbol: string | undefined) => (symbol ?? '').replace('_', '/')
const sideCell = (side: string | undefined) => <span className={side === 'buy' ? 'up' : 'down'}>{side === 'buy' ? 'Buy' : 'Sell'}</span>
const failed = (title: string) => (error: Error) => tell('bad', title, error.message)

function Amend({ order, market, onClose }: { order: Order; market: Market; onClose: () => void }) {
  const [price, setPrice] = useState(order.price ?? '')
  const [size, setSize] = useState(order.amount ?? '')
  const action = useAction()
  const save = async () => {
    const changed = { ...(price !== order.price ? { price } : {}), ...(size !== order.amount ? { amount: size } : {}) }
    if (Object.keys(changed).length === 0) { onClose(); return }
    if (await action.run(() => call('PATCH', `/spot/orders/${order.id}`, { currency_pair: order.currency_pair }, changed))) { tell('good', 'Order changed'); onClose() }
  }
  return (
    <Dialog title={`Change the order on ${pairOf(order.currency_pair)}`} onClose={onClose}>
      <form className="stack" onSubmit={event => { event.preventDefault(); void save() }}>
        <NumberField label="New price" unit={market.quote} value={price} onChange={setPrice} step={market.tick} />
        <NumberField label="New size" unit={market.base} value={size} onChange={setSize} hint={`Filled so far: ${trimmed(order.filled_amount ?? '0')}. A smaller size keeps the place in the queue.`} />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy}>Change order</button>
      </form>
    </Dialog>
  )
}

/** What is read again whenever something ended. */
function useHistory<T>(path: string, query: Record<string, string | number>, tick: number): { rows: T[] | null; error: string; retry: () => void } {
  const [rows, setRows] = useState<T[] | null>(null)
  const [error, setError] = useState('')
  const key = JSON.stringify(query)
  const read = useCallback(() => {
    get<T[]>(path, JSON.parse(key) as Record<string, string>).then(answer => { setRows(answer); setError('') }, (failure: Error) => setError(failure.message))
  }, [path, key])
  useEffect(read, [read, tick])
  return { rows, error, retry: read }
}

function OpenOrders({ rows }: { rows: Order[] }) {
  const all = useStore(markets) ?? []
  const [amended, setAmended] = useState<Order | null>(null)
  const cancel = (order: Order) => void call('DELETE', `/spot/orders/${order.id}`, { currency_pair: order.currency_pair }).then(() => tell('plain', 'Order cancelled', pairOf(order.currency_pair)), failed('Not cancelled'))
  const columns: Column<Order>[] = [
    { id: 'time', label: 'Time', wide: true, cell: order => <span className="faint">{moment(Number(order.create_time_ms))}</span> },
    { id: 'pair', label: 'Market', cell: order => pairOf(order.currency_pair) },
    { id: 'side', label: 'Side', cell: order => sideCell(order.side) },
    { id: 'price', label: 'Price', number: true, cell: order => trimmed(order.price) },
    { id: 'size', label: 'Size', number: true, cell: order => trimmed(order.amount) },
    { id: 'filled', label: 'Filled', number: true, cell: order => `${Math.floor((1 - Number(order.left) / (Number(order.amount) || 1)) * 100)}%` },
    { id: 'tif', label: 'In force', wide: true, cell: order => (order.time_in_force === 'poc' ? 'post only' : order.time_in_force) },
    { id: 'act', label: '', number: true, cell: order => (
      <span className="acts"><button className="icon" aria-label={`Change order ${order.id}`} onClick={() => setAmended(order)}><Icon name="edit" /></button><button className="icon" aria-label={`Cancel order ${order.id}`} onClick={() => cancel(order)}><Icon name="close" /></button></span>
    ) },
  ]
  const market = amended && all.find(known => known.kind === 'spot' && known.symbol === amended.currency_pair)
  return <>
    {rows.length ? <Table caption="Open orders" columns={columns} rows={rows} idOf={order => order.id!} /> : <Empty icon="chart" title="No open orders">A limit order that is not filled at once waits here.</Empty>}
    {amended && market && <Amend order={amended} market={market} onClose={() => setAmended(null)} />}
  </>
}

function Triggers({ rows }: { rows: SpotPriceTriggeredOrder[] }) {
  const cancel = (id: number) => void call('DELETE', `/spot/price_orders/${id}`).then(() => tell('plain', 'Trigger order cancelled'), failed('Not cancelled'))
  const columns: Column<SpotPriceTriggeredOrder>[] = [
    { id: 'time', label: 'Time', wide: true, cell: order => <span className="faint">{moment(Number(order.ctime) * 1000)}</span> },
    { id: 'pair', label: 'Market', cell: order => pairOf(order.market) },
    { id: 'side', label: 'Side', cell: order => sideCell(order.put.side) },
    { id: 'when', label: 'When', number: true, cell: order => `${order.trigger.rule === '>=' ? '≥' : '≤'} ${trimmed(order.trigger.price)}` },
    { id: 'price', label: 'Then at', number: true, cell: order => (order.put.type === 'market' ? 'Market' : trimmed(order.put.price)) },
    { id: 'size', label: 'Size', number: true, cell: order => trimmed(order.put.amount) },
    { id: 'act', label: '', number: true, cell: order => <button className="icon" aria-label={`Cancel trigger order ${order.id}`} onClick={() => cancel(order.id!)}><Icon name="close" /></button> },
  ]
  return rows.length ? <Table caption="Trigger orders" columns={columns} rows={rows} idOf={order => String(order.id)} /> : <Empty icon="bolt" title="No trigger orders">They wait for a price, then place an order.</Empty>
}

function History({ pair }: { pair: string }) {
  const tick = useStore(ended)
  const { rows, error, retry } = useHistory<Order>('/spot/orders', { currency_pair: pair, status: 'finished', limit: 50 }, tick)
  if (error) return <Problem text={error} retry={retry} />
  if (!rows) return <Waiting rows={4} />
  const columns: Column<Order>[] = [
    { id: 'time', label: 'Ended', cell: order => <span className="faint">{moment(Number(order.update_time_ms))}</span> },
    { id: 'side', label: 'Side', cell: order => sideCell(order.side) },
    { id: 'type', label: 'Type', wide: true, cell: order => order.type },
    { id: 'price', label: 'Price', number: true, wide: true, cell: order => (order.type === 'market' ? 'Market' : trimmed(order.price)) },
    { id: 'average', label: 'Average', number: true, cell: order => (Number(order.avg_deal_price) ? trimmed(order.avg_deal_price) : '–') },
    { id: 'filled', label: 'Filled', number: true, cell: order => trimmed(order.filled_amount ?? '0') },
    { id: 'end', label: 'End', cell: order => capital(words(order.finish_as ?? order.status ?? '')) },
  ]
  return rows.length ? <Table caption={`Ended orders on ${pairOf(pair)}`} columns={columns} rows={rows} idOf={order => order.id!} /> : <Empty title={`No ended orders on ${pairOf(pair)}`} />
}

function Fills({ pair }: { pair: string }) {
  const tick = useStore(ended)
  const { rows, error, retry } = useHistory<Trade>('/spot/my_trades', { currency_pair: pair, limit: 50 }, tick)
  if (error) return <Problem text={error} retry={retry} />
  if (!rows) return <Waiting rows={4} />
  const columns: Column<Trade>[] = [
    { id: 'time', label: 'Time', cell: fill => <span className="faint">{moment(Number(fill.create_time_ms))}</span> },
    { id: 'side', label: 'Side', cell: fill => sideCell(fill.side) },
    { id: 'price', label: 'Price', number: true, cell: fill => trimmed(fill.price) },
    { id: 'size', label: 'Size', number: true, cell: fill => trimmed(fill.amount) },
    { id: 'role', label: 'Role', wide: true, cell: fill => fill.role },
    { id: 'fee', label: 'Fee', number: true, cell: fill => <>{trimmed(fill.fee)} <small>{fill.fee_currency}</small></> },
  ]
  return rows.length ? <Table caption={`Your trades on ${pairOf(pair)}`} columns={columns} rows={rows} idOf={fill => String(fill.id)} /> : <Empty title={`No trades on ${pairOf(pair)} yet`} />
}

function Assets() {
  const rows = [...(useStore(balances) ?? new Map<string, { available: string; locked: string }>())].filter(([, balance]) => Number(balance.available) || Number(balance.locked))
  const columns: Column<(typeof rows)[number]>[] = [
    { id: 'asset', label: 'Asset', cell: ([code]) => <b>{code}</b> },
    { id: 'free', label: 'Available', number: true, cell: ([, balance]) => amount(balance.available) },
    { id: 'held', label: 'In orders', number: true, cell: ([, balance]) => amount(balance.locked) },
  ]
  return rows.length ? <Table caption="Assets" columns={columns} rows={rows} idOf={([code]) => code} /> : <Empty icon="wallet" title="Nothing in the spot wallet" />
}

export function SpotPanels({ market }: { market: Market }) {
  const who = useStore(session)
  const orders = useStore(openOrders)
  const waiting = useStore(triggers)
  const problem = useStore(accountError)
  const here = useStore(onlyHere)
  const [panel, setPanel] = useState<Panel>('open')
  const mine = (symbol: string | undefined) => !here || symbol === market.symbol
  const shownOrders = (orders ?? []).filter(order => mine(order.currency_pair))
  const shownTriggers = (waiting ?? []).filter(order => mine(order.market))
  const cancelAll = () => void call('DELETE', '/spot/orders', { currency_pair: market.symbol }).then(() => tell('plain', 'Orders cancelled', pairOf(market.symbol)), failed('Not cancelled'))
  const items = [
    { id: 'open' as const, label: <>Open orders{orders && <em>{shownOrders.length}</em>}</> }, { id: 'triggers' as const, label: <>Triggers{waiting && <em>{shownTriggers.length}</em>}</> },
    { id: 'history' as const, label: 'History' }, { id: 'fills' as const, label: 'Trades' }, { id: 'assets' as const, label: 'Assets' },
  ]
  return (
    <>
      <Tabs label="Orders" value={panel} onChange={setPanel} items={items}>
        {(panel === 'open' || panel === 'triggers') && <Check label="This market only" value={here} onChange={onlyHere.set} />}
        {panel === 'open' && shownOrders.some(order => order.currency_pair === market.symbol) && <button className="plain small" aria-label={`Cancel all on ${market.base}/${market.quote}`} onClick={cancelAll}>Cancel all</button>}
      </Tabs>
      {!who ? <Waiting rows={3} /> : !who.signed_in ? <Empty icon="user" title="Your orders stand here"><button className="plain" onClick={() => signingIn.set(true)}>Sign in</button></Empty>
        : problem && !orders ? <Problem text={problem} retry={() => void readAccount()} />
          : panel === 'open' ? (orders ? <OpenOrders rows={shownOrders} /> : <Waiting rows={3} />)
            : panel === 'triggers' ? (waiting ? <Triggers rows={shownTriggers} /> : <Waiting rows={3} />)
              : panel === 'history' ? <History pair={market.symbol} /> : panel === 'fills' ? <Fills pair={market.symbol} /> : <Assets />}
    </>
  )
}
