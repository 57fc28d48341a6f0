import { useState } from 'react'
import { operate } from '../api/rest'
import { trimmed, words } from '../data/format'
import { Choice, Empty, NumberField, Problem, TextField, useAction, Waiting } from '../ui/controls'
import { Icon } from '../ui/icons'
import { useReading } from '../ui/reading'
import { Table, type Column } from '../ui/table'
import { tell } from '../ui/toast'
import { Change } from './console-change'
import { Listing } from './console-listing'
import { Light } from './console-venue'

interface Instrument { name: string; symbol: string; product: string; status: string; last_price: string; session?: string }

const list = (token: string) => operate<{ instruments: Instrument[] }>(token, 'GET', 'instruments')

export function Instruments({ token }: { token: string }) {
  const { value, error, again } = useReading(() => list(token), [token], 5_000)
  const [search, setSearch] = useState('')
  const [listing, setListing] = useState(false)
  const [changed, setChanged] = useState<Instrument>()
  const action = useAction()
  const act = (said: string, path: string, body: unknown) => void action.run(async () => { await operate(token, 'POST', path, body); tell('good', said); await again() })
  if (error) return <Problem text={error} retry={() => void again()} />
  if (!value) return <Waiting rows={10} />
  const wanted = search.trim().toUpperCase()
  const rows = value.instruments.filter(row => row.name.toUpperCase().includes(wanted)).slice(0, 200)
  const columns: Column<Instrument>[] = [
    { id: 'name', label: 'Instrument', cell: row => <b>{row.name}</b> },
    { id: 'status', label: 'Status', cell: row => <Light good={row.status === 'trading'}>{words(row.status)}</Light> },
    { id: 'last', label: 'Last price', number: true, wide: true, cell: row => trimmed(row.last_price) },
    { id: 'act', label: '', number: true, cell: row => (
      <span className="acts">
        {row.status === 'trading' ? <button className="danger small" disabled={action.busy} onClick={() => act(`${row.name} is halted`, `instruments/${encodeURIComponent(row.name)}/status`, { status: 'circuit_breaker' })}>Halt</button>
          : <button className="plain small" disabled={action.busy} onClick={() => act(`${row.name} trades again`, `instruments/${encodeURIComponent(row.name)}/status`, { status: 'trading' })}>Resume</button>}
        {row.product !== 'spot' && <button className="plain small" onClick={() => setChanged(row)}>Change</button>}
        <button className="plain small roomy" disabled={action.busy} onClick={() => act('Participants have left', 'liquidity', { instruments: [row.name], mode: 'off' })}>No liquidity</button>
        <button className="plain small roomy" disabled={action.busy} onClick={() => act('Participants return', 'liquidity', { instruments: [row.name], mode: 'on' })}>Liquidity</button>
      </span>
    ) },
  ]
  return (
    <section className="card flush">
      <div className="bar"><h2>{value.instruments.length} instruments</h2><button className="primary" onClick={() => setListing(true)}>List an instrument</button><div className="search"><Icon name="search" /><input type="search" aria-label="Search instruments" placeholder="Search" value={search} onChange={event => setSearch(event.target.value)} /></div></div>
      {action.error && <p className="wrongs" role="alert">{action.error}</p>}
      {rows.length ? <Table caption="Instruments" columns={columns} rows={rows} idOf={row => row.name} /> : <Empty icon="search" title="Nothing matches">{value.instruments.length ? 'Try another word.' : 'This venue lists nothing yet.'}</Empty>}
      {changed && <Change key={changed.name} token={token} name={changed.name} delivery={changed.product === 'delivery'} sleeps={changed.session !== undefined} onClose={() => setChanged(undefined)} done={() => void again()} />}
      {listing && <Listing token={token} onClose={() => setListing(false)} done={name => { setSearch(name); void again() }} />}
    </section>
  )
}

export function Prices({ token }: { token: string }) {
  const [name, setName] = useState('BTC_USDT')
  const [kind, setKind] = useState<'index' | 'mark'>('index')
  const [price, setPrice] = useState('')
  const [percent, setPercent] = useState('10')
  const [falls, setFalls] = useState(true)
  const [only, setOnly] = useState('')
  const pin = useAction()
  const shock = useAction()
  const pinned = (body: unknown, said: string) => void pin.run(async () => { await operate(token, 'POST', 'prices', body); tell('good', said) })
  const shake = () => void shock.run(async () => {
    await operate(token, 'POST', 'shock', { percent: falls ? `-${percent}` : percent, ...(only.trim() ? { instruments: only.split(/[\s,]+/).filter(Boolean) } : {}) })
    tell(falls ? 'down' : 'up', `Prices ${falls ? 'fell' : 'rose'} by ${percent}%`, only.trim() || 'All simulated prices')
  })
  return (
    <div className="cards">
      <form className="card stack" onSubmit={event => { event.preventDefault(); pinned({ prices: { [name.trim()]: price }, kind, mode: 'pin' }, `${name} is pinned at ${price}`) }}>
        <h2>Pin a price</h2>
        <p className="lead">Takes a price out of the simulation until it is released. What depends on it follows by the rules: marks, liquidations, triggers.</p>
        <Choice label="Which price" value={kind} onChange={setKind} items={[{ id: 'index', label: 'Index' }, { id: 'mark', label: 'Mark' }]} />
        <div className="pair"><TextField label={kind === 'index' ? 'Index' : 'Instrument'} value={name} onChange={setName} /><NumberField label="Price" value={price} onChange={setPrice} /></div>
        {pin.error && <p className="wrongs" role="alert">{pin.error}</p>}
        <div className="pair"><button className="primary" disabled={pin.busy || !Number(price)}>Pin</button><button type="button" className="plain" disabled={pin.busy} onClick={() => pinned({ names: [name.trim()], kind, mode: 'release' }, `${name} is released`)}>Release</button></div>
      </form>
      <form className="card stack" onSubmit={event => { event.preventDefault(); shake() }}>
        <h2>Shock</h2>
        <p className="lead">Moves simulated prices at once. Positions that cannot bear it are liquidated.</p>
        <Choice label="Direction" value={falls ? 'falls' : 'rises'} onChange={to => setFalls(to === 'falls')} items={[{ id: 'falls', label: 'Fall' }, { id: 'rises', label: 'Rise' }]} />
        <NumberField label="By" unit="%" value={percent} onChange={setPercent} step="1" />
        <TextField label="Only these instruments (optional)" value={only} onChange={setOnly} placeholder="BTC_USDT, ETH_USDT" />
        {shock.error && <p className="wrongs" role="alert">{shock.error}</p>}
        <button className="danger" disabled={shock.busy || !Number(percent)}>Shock the markets</button>
      </form>
    </div>
  )
}
