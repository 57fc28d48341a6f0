import { useState } from 'react'
import { call } from '../api/rest'
import type { ChaseOrder, FuturesPriceTriggeredOrder, TrailOrder } from '../api/schema'
import { trimmed, words } from '../data/format'
import { readFutures } from '../data/futures'
import { markets, type Market } from '../data/markets'
import { useStore } from '../data/store'
import { Dialog, Empty, NumberField, useAction } from '../ui/controls'
import { Icon } from '../ui/icons'
import { Table, type Column } from '../ui/table'
import { tell } from '../ui/toast'
import { Distance, distanceOf, isDistance, unitOf, type Measure } from './auto-fields'
import { bare, failed, name, negative, Past, sideCell, time } from './futures-cells'

const watched = ['last', 'mark', 'index']
// With decimals where the contract has them; size is whole.
const sizeOf = (order: FuturesPriceTriggeredOrder) => order.initial.amount ?? order.initial.size ?? 0

function Triggers({ rows, settle }: { rows: FuturesPriceTriggeredOrder[]; settle: string }) {
  const cancel = (id: number) => void call('DELETE', `/futures/${settle}/price_orders/${id}`).then(() => tell('plain', 'Trigger order cancelled'), failed('Not cancelled'))
  const columns: Column<FuturesPriceTriggeredOrder>[] = [
    { id: 'contract', label: 'Contract', cell: order => <b>{name(order.initial.contract)}</b> },
    { id: 'what', label: 'Order', cell: order => (Number(sizeOf(order)) === 0 ? 'Close position' : <>{sideCell(sizeOf(order))} {bare(sizeOf(order))}{order.initial.reduce_only && <small> reduce</small>}</>) },
    { id: 'when', label: 'When', number: true, cell: order => `${watched[order.trigger.price_type ?? 0]} ${order.trigger.rule === 1 ? '≥' : '≤'} ${trimmed(order.trigger.price)}` },
    { id: 'then', label: 'Then at', number: true, cell: order => (Number(order.initial.price) === 0 ? 'Market' : trimmed(order.initial.price)) },
    { id: 'act', label: '', number: true, cell: order => <button className="icon" aria-label={`Cancel trigger order ${order.id}`} onClick={() => cancel(order.id!)}><Icon name="close" /></button> },
  ]
  return rows.length ? <Table caption="Trigger orders" columns={columns} rows={rows} idOf={order => String(order.id)} /> : <Empty icon="bolt" title="No trigger orders" />
}

const trailWatches = ['', 'last', 'index', 'mark']
const autoRoot = (settle: string) => `/futures/${settle}/autoorder/v1`

function what(order: TrailOrder | ChaseOrder) {
  return <>{sideCell(order.amount)} {Number(order.amount) === 0 ? 'position' : bare(order.amount)}{order.reduce_only && <small> reduce</small>}</>
}

/** Another distance or size for a trailing order; where it starts only until it has. */
function ChangeTrail({ order, market, onClose }: { order: TrailOrder; market: Market; onClose: () => void }) {
  const [distance, setDistance] = useState((order.price_offset ?? '').replace('%', ''))
  const [measure, setMeasure] = useState<Measure>((order.price_offset ?? '').endsWith('%') ? 'percent' : 'price')
  const [size, setSize] = useState(bare(order.amount))
  const action = useAction()
  const save = async () => {
    const offset = distanceOf(distance, measure), amount = (negative(order.amount) ? '-' : '') + size
    const changes = { ...(offset !== order.price_offset ? { price_offset: offset } : {}), ...(Number(amount) !== Number(order.amount) ? { amount } : {}) }
    if (Object.keys(changes).length && !(await action.run(() => call('POST', `${autoRoot(market.settle)}/trail/update`, undefined, { id: order.id, ...changes })))) return
    void readFutures(market.settle)
    onClose()
  }
  return (
    <Dialog title={`Change the trailing order on ${name(order.contract)}`} onClose={onClose}>
      <form className="stack" onSubmit={event => { event.preventDefault(); void save() }}>
        <Distance label="Distance" unitLabel="Distance in" value={distance} onChange={setDistance} measure={measure} onMeasure={setMeasure} market={market} />
        <NumberField label="New size" unit="contracts" value={size} onChange={setSize} />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy || !isDistance(distance, measure)}>Change order</button>
      </form>
    </Dialog>
  )
}

function Trails({ rows, settle }: { rows: TrailOrder[]; settle: string }) {
  const all = useStore(markets) ?? []
  const [changed, setChanged] = useState<TrailOrder | null>(null)
  const stop = (id: number) => void call('POST', `${autoRoot(settle)}/trail/stop`, undefined, { id }).then(() => { tell('plain', 'Trailing order stopped'); void readFutures(settle) }, failed('Not stopped'))
  const columns: Column<TrailOrder>[] = [
    { id: 'contract', label: 'Contract', cell: order => <b>{name(order.contract)}</b> }, { id: 'what', label: 'Order', cell: what },
    { id: 'distance', label: 'Distance', number: true, cell: order => trimmedDistance(order.price_offset) },
    { id: 'from', label: 'Furthest', number: true, cell: order => (Number(order.extremum_price) ? `${trailWatches[order.price_type ?? 1]} ${trimmed(order.extremum_price)}` : <>starts at {trailWatches[order.price_type ?? 1]} {order.is_gte ? '≥' : '≤'} {trimmed(order.activation_price)}</>) },
    { id: 'at', label: 'Fires at', number: true, cell: order => (Number(order.trigger_price) ? <span className="warned">{trimmed(order.trigger_price)}</span> : '–') },
    { id: 'act', label: '', number: true, cell: order => <span className="acts"><button className="icon" aria-label={`Change trailing order ${order.id}`} onClick={() => setChanged(order)}><Icon name="edit" /></button><button className="icon" aria-label={`Stop trailing order ${order.id}`} onClick={() => stop(order.id!)}><Icon name="close" /></button></span> },
  ]
  const market = changed && all.find(known => known.kind === 'futures' && known.settle === settle && known.symbol === changed.contract)
  return <>
    <Table caption="Trailing orders" columns={columns} rows={rows} idOf={order => String(order.id)} />
    {changed && market && <ChangeTrail order={changed} market={market} onClose={() => setChanged(null)} />}
  </>
}

const trimmedDistance = (offset: string | undefined) => (offset?.endsWith('%') ? `${trimmed(offset.slice(0, -1))} %` : trimmed(offset))
const behind = (order: ChaseOrder) => (order.price_type === 2 ? `${trimmed(order.price_gap_value)}${unitOf(order.price_gap_type === '2' ? 'percent' : 'price')} behind the best` : 'at the best')

function Chases({ rows, settle }: { rows: ChaseOrder[]; settle: string }) {
  const stop = (id: string) => void call('POST', `${autoRoot(settle)}/chase/stop`, undefined, { id }).then(() => { tell('plain', 'Chase stopped'); void readFutures(settle) }, failed('Not stopped'))
  const columns: Column<ChaseOrder>[] = [
    { id: 'contract', label: 'Contract', cell: order => <b>{name(order.contract)}</b> }, { id: 'what', label: 'Order', cell: what }, { id: 'where', label: 'Chases', cell: behind },
    { id: 'now', label: 'Stands at', number: true, cell: order => trimmed(order.chase_price) },
    { id: 'limit', label: 'Never beyond', number: true, cell: order => (Number(order.price_limit) ? trimmed(order.price_limit) : '–') },
    { id: 'filled', label: 'Filled', number: true, wide: true, cell: order => trimmed(order.fill_amount) },
    { id: 'act', label: '', number: true, cell: order => <button className="icon" aria-label={`Stop chase ${order.id}`} onClick={() => stop(order.id!)}><Icon name="close" /></button> },
  ]
  return <Table caption="Chase orders" columns={columns} rows={rows} idOf={order => order.id!} />
}

type Ended = { id?: string | number; contract?: string; amount?: string; reduce_only?: boolean; finish_time?: number; status_code?: string; reason?: string }
const ended: Column<Ended>[] = [
  { id: 'time', label: 'Ended', cell: order => time(order.finish_time) }, { id: 'contract', label: 'Contract', cell: order => <b>{name(order.contract)}</b> }, { id: 'what', label: 'Order', cell: order => what(order as TrailOrder) },
  { id: 'end', label: 'End', cell: order => <>{words(order.status_code ?? '')}{order.reason && order.reason !== order.status_code && <small> {words(order.reason)}</small>}</> },
]
const picked = (answer: unknown) => (answer as { orders: Ended[] }).orders

/** Everything of a settle currency that waits outside the book or moves in it by itself. */
export function WaitingOrders({ triggers, trails, chases, market }: { triggers: FuturesPriceTriggeredOrder[]; trails: TrailOrder[]; chases: ChaseOrder[]; market: Market }) {
  const [past, setPast] = useState(false)
  const root = autoRoot(market.settle)
  const stopAll = () => {
    const stopped = Promise.all([trails.length && call('POST', `${root}/trail/stop_all`, undefined, {}), chases.length && call('POST', `${root}/chase/stop_all`, undefined, {})])
    stopped.then(() => { tell('plain', 'Trailing and chase orders stopped'); void readFutures(market.settle) }, failed('Not stopped'))
  }
  const query = { is_finished: 'true', contract: market.symbol, sort_by: 2, page_size: 20 }
  return <div className="stacked">
    {(triggers.length > 0 || trails.length + chases.length === 0) && <Triggers rows={triggers} settle={market.settle} />}
    {trails.length > 0 && <Trails rows={trails} settle={market.settle} />}
    {chases.length > 0 && <Chases rows={chases} settle={market.settle} />}
    <p className="under">
      {trails.length + chases.length > 0 && <button className="plain small" onClick={stopAll}>Stop all trailing and chase orders</button>}
      <button className="plain small" aria-expanded={past} onClick={() => setPast(!past)}>{past ? 'Hide' : 'Show'} ended trailing and chase orders</button>
    </p>
    {past && <>
      <Past path={`${root}/trail/list`} query={query} columns={ended} idOf={row => String(row.id)} caption="Ended trailing orders" empty="No ended trailing orders" pick={picked} />
      <Past path={`${root}/chase/list`} query={query} columns={ended} idOf={row => String(row.id)} caption="Ended chase orders" empty="No ended chase orders" pick={picked} />
    </>}
  </div>
}
