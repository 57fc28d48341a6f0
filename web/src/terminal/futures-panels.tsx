import { useEffect, useState } from 'react'
import { call, place, session } from '../api/rest'
import type { FuturesAccountBook, FuturesOrder, MyFuturesTrade, Position, PositionClose } from '../api/schema'
import * as decimal from '../data/decimal'
import { amount, capital, direction, signed, trimmed, words } from '../data/format'
import { followFutures, futuresState, readFutures, unrealised } from '../data/futures'
import { markets, quotes, type Market } from '../data/markets'
import { useStore } from '../data/store'
import { signingIn } from '../state'
import { Dialog, Empty, NumberField, Problem, Tabs, useAction, Waiting } from '../ui/controls'
import { Icon } from '../ui/icons'
import { Table, type Column } from '../ui/table'
import { tell } from '../ui/toast'
import { bare, failed, name, negative, Past, sideCell, time } from './futures-cells'
import { Share } from './share'
import { WaitingOrders } from './waiting-orders'

type Panel = 'positions' | 'open' | 'triggers' | 'history' | 'fills' | 'closed' | 'book'

/** Auto-deleveraging: five lights are first in the queue, one is last. */
function Lights({ rank }: { rank: number | undefined }) {
  const lit = rank === undefined || rank >= 6 ? 0 : 6 - rank
  return <span className="lights" role="img" aria-label={lit ? `Auto-deleveraging: ${lit} of 5 lights` : 'Not in the auto-deleveraging queue'} title={`Auto-deleveraging: ${lit} of 5`}>{[1, 2, 3, 4, 5].map(i => <i key={i} className={i <= lit ? `on at${lit}` : ''} />)}</span>
}

function Close({ position, market, onClose }: { position: Position; market: Market; onClose: () => void }) {
  const [percent, setPercent] = useState(100)
  const [price, setPrice] = useState('')
  const action = useAction()
  const held = decimal.absolute(decimal.of(position.size))
  const part = percent === 100 ? held : decimal.divide(decimal.multiply(held, decimal.of(percent)), decimal.of(100), market.sizeDecimals)
  const dual = position.mode === 'dual_long' || position.mode === 'dual_short'
  const close = async () => {
    const short = negative(position.size)
    const whole = percent === 100 && !price
    const size = whole ? '0' : (short ? '' : '-') + decimal.short(part)
    const done = await action.run(() => place(`/futures/${market.settle}/orders`, {
      contract: market.symbol, size, price: price || '0', tif: price ? 'gtc' : 'ioc', text: 't-web',
      ...(whole ? (dual ? { reduce_only: true, auto_size: short ? 'close_short' : 'close_long' } : { close: true }) : { reduce_only: true }),
    }))
    if (!done) return
    void readFutures(market.settle)
    onClose()
  }
  return (
    <Dialog title={`Close ${name(position.contract)}`} onClose={onClose}>
      <form className="stack" onSubmit={event => { event.preventDefault(); void close() }}>
        <p>{bare(decimal.text(part))} of {bare(position.size)} contracts, {price ? `at ${trimmed(price)} or better` : 'at market'}.</p>
        <Share value={percent} onChange={to => setPercent(Math.max(1, to))} />
        <NumberField label="Limit price (optional)" unit={market.quote} value={price} onChange={setPrice} step={market.tick} hint="Empty closes at market" />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className={`block ${negative(position.size) ? 'buy' : 'sell'}`} disabled={action.busy || part.raw === 0n}>Close {percent}%</button>
      </form>
    </Dialog>
  )
}

function Protect({ position, market, onClose }: { position: Position; market: Market; onClose: () => void }) {
  const [profit, setProfit] = useState('')
  const [loss, setLoss] = useState('')
  const action = useAction()
  const short = negative(position.size)
  const dual = position.mode === 'dual_long' || position.mode === 'dual_short'
  const set = async () => {
    const one = (price: string, rises: boolean) => place(`/futures/${market.settle}/price_orders`, {
      initial: { contract: market.symbol, size: 0, price: '0', tif: 'ioc', text: 't-web', ...(dual ? { reduce_only: true, auto_size: short ? 'close_short' : 'close_long' } : { close: true }) },
      trigger: { strategy_type: 0, price_type: 1, price, rule: rises ? 1 : 2, expiration: 86_400 * 30 }, order_type: short ? 'close-short-position' : 'close-long-position',
    })
    const done = await action.run(async () => { if (profit) await one(profit, !short); if (loss) await one(loss, short) })
    if (!done) return
    tell('good', 'Set', 'They close the whole position when the mark price is reached.')
    void readFutures(market.settle)
    onClose()
  }
  return (
    <Dialog title={`Take profit and stop loss on ${name(position.contract)}`} onClose={onClose}>
      <form className="stack" onSubmit={event => { event.preventDefault(); void set() }}>
        <p className="hint">Entry {trimmed(position.entry_price)}, liquidation {trimmed(position.liq_price)}. Closes the whole position at market by the mark price.</p>
        <NumberField label={short ? 'Take profit, below' : 'Take profit, above'} unit={market.quote} value={profit} onChange={setProfit} step={market.tick} />
        <NumberField label={short ? 'Stop loss, above' : 'Stop loss, below'} unit={market.quote} value={loss} onChange={setLoss} step={market.tick} />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy || (!profit && !loss)}>Set</button>
      </form>
    </Dialog>
  )
}

function Margin({ position, market, onClose }: { position: Position; market: Market; onClose: () => void }) {
  const [change, setChange] = useState('')
  const [adds, setAdds] = useState(true)
  const action = useAction()
  const dual = position.mode === 'dual_long' || position.mode === 'dual_short'
  const save = async () => {
    const path = dual ? `/futures/${market.settle}/dual_comp/positions/${market.symbol}/margin` : `/futures/${market.settle}/positions/${market.symbol}/margin`
    if (!(await action.run(() => call('POST', path, { change: adds ? change : `-${change}`, dual_side: dual ? position.mode : undefined })))) return
    void readFutures(market.settle)
    onClose()
  }
  return (
    <Dialog title={`Margin of ${name(position.contract)}`} onClose={onClose}>
      <form className="stack" onSubmit={event => { event.preventDefault(); void save() }}>
        <div className="pair"><button type="button" className={adds ? 'primary' : 'plain'} aria-pressed={adds} onClick={() => setAdds(true)}>Add</button><button type="button" className={adds ? 'plain' : 'primary'} aria-pressed={!adds} onClick={() => setAdds(false)}>Take out</button></div>
        <NumberField label="Amount" unit={market.settle.toUpperCase()} value={change} onChange={setChange} hint={`Margin now: ${trimmed(position.margin)}`} />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy || !Number(change)}>Change margin</button>
      </form>
    </Dialog>
  )
}

function Positions({ rows, settle }: { rows: Position[]; settle: string }) {
  const all = useStore(markets) ?? []
  const now = useStore(quotes)
  const [asked, setAsked] = useState<{ what: 'close' | 'protect' | 'margin'; position: Position } | null>(null)
  const marketOf = (position: Position) => all.find(market => market.kind === 'futures' && market.settle === settle && market.symbol === position.contract)
  const decimals = (position: Position) => marketOf(position)?.priceDecimals ?? 2
  const markOf = (position: Position) => now.get(`futures:${settle}:${position.contract}`)?.mark ?? position.mark_price
  const cross = (position: Position) => (position.pos_margin_mode ? position.pos_margin_mode === 'cross' : Number(position.leverage) === 0)
  const pnl = (position: Position) => unrealised(marketOf(position), position, markOf(position))
  const rate = (position: Position) => { const margin = Number(position.initial_margin) || Number(position.margin); return margin ? (Number(pnl(position)) / margin) * 100 : 0 }
  const columns: Column<Position>[] = [
    { id: 'contract', label: 'Contract', cell: row => <span className={`held ${negative(row.size) ? 'short' : 'long'}`}><b>{name(row.contract)}</b><small>{negative(row.size) ? 'Short' : 'Long'} · {cross(row) ? 'cross' : 'isolated'} {trimmed(row.lever ?? (cross(row) ? row.cross_leverage_limit : row.leverage))}x</small></span> },
    { id: 'size', label: 'Contracts', number: true, cell: row => <span className={negative(row.size) ? 'down' : 'up'}>{trimmed(String(row.size))}</span> },
    { id: 'entry', label: 'Entry', number: true, cell: row => amount(row.entry_price, decimals(row)) },
    { id: 'mark', label: 'Mark', number: true, wide: true, cell: row => amount(markOf(row), decimals(row)) },
    { id: 'liq', label: 'Liquidation', number: true, cell: row => <span className="warned">{Number(row.liq_price) ? amount(row.liq_price, decimals(row)) : '–'}</span> },
    { id: 'margin', label: 'Margin', number: true, wide: true, cell: row => (cross(row) ? amount(row.initial_margin, 2) : <button className="inline" onClick={() => setAsked({ what: 'margin', position: row })}>{amount(row.margin, 2)}</button>) },
    { id: 'pnl', label: 'Unrealised', number: true, cell: row => <span className={direction(pnl(row))}>{signed(pnl(row), settle === 'usdt' ? 2 : 6)} <small className={direction(pnl(row))}>{rate(row).toFixed(1)}%</small></span> },
    { id: 'realised', label: 'Realised', number: true, wide: true, cell: row => <span className={direction(row.realised_pnl)}>{signed(row.realised_pnl, settle === 'usdt' ? 2 : 6)}</span> },
    { id: 'adl', label: 'ADL', wide: true, cell: row => <Lights rank={row.adl_ranking} /> },
    { id: 'act', label: '', number: true, cell: row => <span className="acts"><button className="plain small" onClick={() => setAsked({ what: 'protect', position: row })}>TP/SL</button><button className="plain small" aria-label={`Close ${name(row.contract)}`} onClick={() => setAsked({ what: 'close', position: row })}>Close</button></span> },
  ]
  const market = asked && marketOf(asked.position)
  const done = () => setAsked(null)
  return <>
    {rows.length ? <Table caption="Positions" columns={columns} rows={rows} idOf={row => `${row.contract}:${row.mode}`} /> : <Empty icon="bolt" title="No open positions">Buy to be long, sell to be short; the form shows what margin it takes.</Empty>}
    {asked && market && (asked.what === 'close' ? <Close position={asked.position} market={market} onClose={done} /> : asked.what === 'protect' ? <Protect position={asked.position} market={market} onClose={done} /> : <Margin position={asked.position} market={market} onClose={done} />)}
  </>
}

function Amend({ order, market, onClose }: { order: FuturesOrder; market: Market; onClose: () => void }) {
  const [price, setPrice] = useState(String(order.price ?? ''))
  const [size, setSize] = useState(String(order.size).replace('-', ''))
  const action = useAction()
  const save = async () => {
    const full = (negative(order.size) ? '-' : '') + size
    const changed = { ...(price !== String(order.price) ? { price } : {}), ...(full !== String(order.size) ? { size: full } : {}) }
    if (Object.keys(changed).length === 0) { onClose(); return }
    if (await action.run(() => call('PUT', `/futures/${market.settle}/orders/${order.id}`, undefined, changed))) { tell('good', 'Order changed'); onClose() }
  }
  return (
    <Dialog title={`Change the order on ${name(order.contract)}`} onClose={onClose}>
      <form className="stack" onSubmit={event => { event.preventDefault(); void save() }}>
        <NumberField label="New price" unit={market.quote} value={price} onChange={setPrice} step={market.tick} />
        <NumberField label="New size" unit="contracts" value={size} onChange={setSize} />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy}>Change order</button>
      </form>
    </Dialog>
  )
}

function Orders({ rows, settle }: { rows: FuturesOrder[]; settle: string }) {
  const all = useStore(markets) ?? []
  const [amended, setAmended] = useState<FuturesOrder | null>(null)
  const cancel = (order: FuturesOrder) => void call('DELETE', `/futures/${settle}/orders/${order.id}`).then(() => tell('plain', 'Order cancelled', name(order.contract)), failed('Not cancelled'))
  const columns: Column<FuturesOrder>[] = [
    { id: 'time', label: 'Time', wide: true, cell: order => time(order.create_time) }, { id: 'contract', label: 'Contract', cell: order => <b>{name(order.contract)}</b> },
    { id: 'side', label: 'Side', cell: order => <>{sideCell(order.size)}{(order.is_reduce_only || order.is_close) && <small> reduce</small>}</> }, { id: 'price', label: 'Price', number: true, cell: order => trimmed(order.price) },
    { id: 'size', label: 'Contracts', number: true, cell: order => bare(order.size) }, { id: 'left', label: 'Left', number: true, cell: order => bare(order.left) }, { id: 'tif', label: 'In force', wide: true, cell: order => (order.tif === 'poc' ? 'post only' : order.tif) },
    { id: 'act', label: '', number: true, cell: order => <span className="acts"><button className="icon" aria-label={`Change order ${order.id}`} onClick={() => setAmended(order)}><Icon name="edit" /></button><button className="icon" aria-label={`Cancel order ${order.id}`} onClick={() => cancel(order)}><Icon name="close" /></button></span> },
  ]
  const market = amended && all.find(known => known.kind === 'futures' && known.settle === settle && known.symbol === amended.contract)
  return <>
    {rows.length ? <Table caption="Open orders" columns={columns} rows={rows} idOf={order => String(order.id)} /> : <Empty icon="chart" title="No open orders" />}
    {amended && market && <Amend order={amended} market={market} onClose={() => setAmended(null)} />}
  </>
}

const pastOrders: Column<FuturesOrder>[] = [
  { id: 'time', label: 'Ended', cell: order => time(order.finish_time) }, { id: 'contract', label: 'Contract', cell: order => <b>{name(order.contract)}</b> }, { id: 'side', label: 'Side', cell: order => sideCell(order.size) },
  { id: 'price', label: 'Price', number: true, wide: true, cell: order => (Number(order.price) ? trimmed(order.price) : 'Market') }, { id: 'fill', label: 'Average', number: true, cell: order => (Number(order.fill_price) ? trimmed(order.fill_price) : '–') },
  { id: 'size', label: 'Contracts', number: true, cell: order => bare(order.size) }, { id: 'end', label: 'End', cell: order => capital(words(order.finish_as ?? '')) },
]
const pastFills: Column<MyFuturesTrade>[] = [
  { id: 'time', label: 'Time', cell: fill => time(fill.create_time) }, { id: 'contract', label: 'Contract', cell: fill => <b>{name(fill.contract)}</b> }, { id: 'side', label: 'Side', cell: fill => sideCell(fill.size) },
  { id: 'price', label: 'Price', number: true, cell: fill => trimmed(fill.price) }, { id: 'size', label: 'Contracts', number: true, cell: fill => bare(fill.size) }, { id: 'role', label: 'Role', wide: true, cell: fill => fill.role }, { id: 'fee', label: 'Fee', number: true, cell: fill => trimmed(fill.fee) },
]
const pastCloses: Column<PositionClose>[] = [
  { id: 'time', label: 'Closed', cell: row => time(row.time) }, { id: 'contract', label: 'Contract', cell: row => <b>{name(row.contract)}</b> }, { id: 'side', label: 'Side', cell: row => <span className={row.side === 'short' ? 'down' : 'up'}>{capital(row.side ?? '')}</span> },
  { id: 'pnl', label: 'Profit and loss', number: true, cell: row => <span className={direction(row.pnl)}>{signed(row.pnl)}</span> }, { id: 'fund', label: 'Funding', number: true, wide: true, cell: row => signed(row.pnl_fund) }, { id: 'fee', label: 'Fees', number: true, wide: true, cell: row => signed(row.pnl_fee) }, { id: 'text', label: 'How', cell: row => words(row.text ?? '') },
]
const pastMoves: Column<FuturesAccountBook>[] = [
  { id: 'time', label: 'Time', cell: row => time(row.time) }, { id: 'type', label: 'What', cell: row => bookWords[row.type ?? ''] ?? capital(words(row.type ?? '')) }, { id: 'text', label: 'Of', wide: true, cell: row => name(row.contract) || '–' },
  { id: 'change', label: 'Change', number: true, cell: row => <span className={direction(row.change)}>{signed(row.change)}</span> }, { id: 'balance', label: 'Balance', number: true, cell: row => amount(row.balance) },
]
const bookWords: Record<string, string> = { dnw: 'Transfer', pnl: 'Profit and loss', fee: 'Fee', refr: 'Rebate', fund: 'Funding' }

export default function FuturesPanels({ market }: { market: Market }) {
  const who = useStore(session)
  const state = useStore(futuresState(market.settle))
  const [panel, setPanel] = useState<Panel>('positions')
  const user = who?.user_id
  useEffect(() => followFutures(market.settle), [market.settle, user])
  const held = (state.positions ?? []).filter(position => Number(position.size) !== 0)
  const count = (list: unknown[] | null) => (list ? <em>{list.length}</em> : null)
  const waiting = state.triggers && state.trails && state.chases && [...state.triggers, ...state.trails, ...state.chases]
  const items = [
    { id: 'positions' as const, label: <>Positions{state.positions && <em>{held.length}</em>}</> }, { id: 'open' as const, label: <>Open orders{count(state.orders)}</> }, { id: 'triggers' as const, label: <>Triggers{count(waiting)}</> },
    { id: 'history' as const, label: 'History' }, { id: 'fills' as const, label: 'Trades' }, { id: 'closed' as const, label: 'Closed' }, { id: 'book' as const, label: 'Account book' },
  ]
  const root = `/futures/${market.settle}`
  const cancelAll = () => void call('DELETE', `${root}/orders`, { contract: market.symbol }).then(() => { tell('plain', 'Orders cancelled', name(market.symbol)); void readFutures(market.settle) }, failed('Not cancelled'))
  const account = state.account
  const places = market.settle === 'usdt' ? 2 : 6
  return (
    <>
      <Tabs label="Positions and orders" value={panel} onChange={setPanel} items={items}>
        {panel === 'open' && state.orders?.some(order => order.contract === market.symbol) && <button className="plain small" aria-label={`Cancel all on ${name(market.symbol)}`} onClick={cancelAll}>Cancel all</button>}
        {account && panel === 'positions' && <span className="hint num spare">Balance {amount(account.total, places)} {market.settle.toUpperCase()}</span>}
      </Tabs>
      {!who ? <Waiting rows={3} /> : !who.signed_in ? <Empty icon="user" title="Your positions stand here"><button className="plain" onClick={() => signingIn.set(true)}>Sign in</button></Empty>
        : state.error && !state.positions ? <Problem text={state.error} retry={() => void readFutures(market.settle)} />
          : !state.positions || !state.orders || !waiting ? <Waiting rows={3} />
            : panel === 'positions' ? <Positions rows={held} settle={market.settle} /> : panel === 'open' ? <Orders rows={state.orders} settle={market.settle} /> : panel === 'triggers' ? <WaitingOrders triggers={state.triggers!} trails={state.trails!} chases={state.chases!} market={market} />
              : panel === 'history' ? <Past path={`${root}/orders`} query={{ status: 'finished', contract: market.symbol, limit: 50 }} columns={pastOrders} idOf={row => String(row.id)} caption="Ended orders" empty="No ended orders" />
                : panel === 'fills' ? <Past path={`${root}/my_trades`} query={{ contract: market.symbol, limit: 50 }} columns={pastFills} idOf={row => String(row.id)} caption="Your trades" empty="No trades yet" />
                  : panel === 'closed' ? <Past path={`${root}/position_close`} query={{ limit: 50 }} columns={pastCloses} idOf={row => `${row.time}:${row.contract}:${row.pnl}`} caption="Closed positions" empty="No closed positions" />
                    : <Past path={`${root}/account_book`} query={{ limit: 50 }} columns={pastMoves} idOf={row => row.id ?? `${row.time}:${row.change}:${row.balance}`} caption="Account book" empty="Nothing has moved yet" />}
    </>
  )
}
