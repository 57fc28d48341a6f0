import { useState } from 'react'
import { own } from '../api/rest'
import { capital, moment } from '../data/format'
import { Check, Choice, Dialog, Empty, Problem, TextField, useAction, Waiting } from '../ui/controls'
import { Icon } from '../ui/icons'
import { useReading } from '../ui/reading'
import { Table, type Column } from '../ui/table'
import { tell } from '../ui/toast'
import { PasswordCard } from './login'
import { NeedsSession } from './needs-session'

interface Permission { name: string; read_only: boolean }
interface Key { key: string; secret?: string; name: string; perms: Permission[]; ip_whitelist: string[]; created_at: number; last_access: number }

const offered = ['spot', 'futures', 'delivery', 'options', 'wallet', 'account', 'unified', 'earn', 'loan']

function Copy({ label, text }: { label: string; text: string }) {
  const copy = () => void navigator.clipboard.writeText(text).then(() => tell('plain', `${label} copied`), () => tell('bad', 'Not copied', 'Select the text and copy it by hand.'))
  return <div className="secret"><span>{label}</span><code>{text}</code><button type="button" className="plain small" onClick={copy}><Icon name="copy" />Copy {label.toLowerCase()}</button></div>
}

function NewKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [grants, setGrants] = useState<ReadonlyMap<string, 'read' | 'write'>>(new Map([['spot', 'write'], ['futures', 'write'], ['wallet', 'read'], ['account', 'read']]))
  const [addresses, setAddresses] = useState('')
  const [made, setMade] = useState<Key | null>(null)
  const action = useAction()
  const grant = (id: string, level: 'none' | 'read' | 'write') => setGrants(now => { const next = new Map(now); if (level === 'none') next.delete(id); else next.set(id, level); return next })
  const create = () => action.run(async () => setMade(await own<Key>('POST', '/keys', {
    name, perms: [...grants].map(([id, level]) => ({ name: id, read_only: level === 'read' })), ip_whitelist: addresses.split(/[\s,]+/).filter(Boolean),
  })))
  if (made) return (
    <Dialog title="Your new key" onClose={onClose} wide>
      <p className="notice">The secret is shown this once. Keep both where your program reads them.</p>
      <Copy label="Key" text={made.key} /><Copy label="Secret" text={made.secret ?? ''} />
      <button className="primary block" onClick={onClose}>I have kept them</button>
    </Dialog>
  )
  return (
    <Dialog title="New API key" onClose={onClose} wide>
      <form className="stack" onSubmit={event => { event.preventDefault(); void create() }}>
        <TextField label="Name" value={name} onChange={setName} maxLength={64} required placeholder="my bot" />
        <fieldset><legend>May</legend>
          <div className="grantlist">{offered.map(id => (
            <div key={id}><span>{capital(id)}</span><Choice label={`Permission ${id}`} className="tiny" value={grants.get(id) ?? 'none'} onChange={level => grant(id, level)} items={[{ id: 'none', label: 'Nothing' }, { id: 'read', label: 'Read' }, { id: 'write', label: 'Read and write' }]} /></div>
          ))}</div>
        </fieldset>
        <TextField label="Only from these addresses (optional)" value={addresses} onChange={setAddresses} placeholder="192.0.2.1, 192.0.2.2" hint="IPv4, with commas between them. Empty lets the key be used from anywhere." />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy || !name}>Create key</button>
      </form>
    </Dialog>
  )
}

function Remove({ row, onClose, done }: { row: Key; onClose: () => void; done: () => void }) {
  const [sure, setSure] = useState(false)
  const action = useAction()
  const remove = async () => {
    if (!(await action.run(() => own('DELETE', `/keys/${encodeURIComponent(row.key)}`)))) return
    tell('plain', 'Key deleted', row.name)
    done()
    onClose()
  }
  return (
    <Dialog title={`Delete the key ${row.name}`} onClose={onClose}>
      <p>Whatever uses <span className="mono">{row.key.slice(0, 8)}…</span> is refused from the next request on. Its orders stay.</p>
      <Check label="I know what uses this key" value={sure} onChange={setSure} />
      {action.error && <p className="wrongs" role="alert">{action.error}</p>}
      <button className="danger block" disabled={!sure || action.busy} onClick={() => void remove()}>Delete key</button>
    </Dialog>
  )
}

function Keys() {
  const { value: rows, error, again } = useReading(() => own<Key[]>('GET', '/keys'), [])
  const [making, setMaking] = useState(false)
  const [removed, setRemoved] = useState<Key | null>(null)
  const columns: Column<Key>[] = [
    { id: 'name', label: 'Name', cell: row => <b>{row.name || '–'}</b> }, { id: 'key', label: 'Key', cell: row => <span className="mono">{row.key.slice(0, 12)}{row.key.length > 12 && '…'}</span> },
    { id: 'perms', label: 'May', cell: row => (row.perms.length > 15 ? 'everything' : row.perms.map(permission => permission.name + (permission.read_only ? ' (read)' : '')).join(', ') || 'nothing') },
    { id: 'from', label: 'From', wide: true, cell: row => row.ip_whitelist.join(', ') || 'anywhere' }, { id: 'made', label: 'Created', wide: true, cell: row => <span className="faint">{moment(row.created_at * 1000)}</span> },
    { id: 'used', label: 'Last used', wide: true, cell: row => <span className="faint">{row.last_access ? moment(row.last_access * 1000) : 'not since the venue started'}</span> },
    { id: 'act', label: '', number: true, cell: row => <button className="icon" aria-label={`Delete key ${row.name}`} onClick={() => setRemoved(row)}><Icon name="close" /></button> },
  ]
  return (
    <div className="page">
      <header><h1>API keys</h1><button className="primary" onClick={() => setMaking(true)}>New key</button></header>
      <p className="lead">Any client of the dialect works here after changing its base URL to <span className="mono">{location.origin}</span>. A key signs its requests; give it no more than it needs.</p>
      <section className="card flush">{error ? <Problem text={error} retry={() => void again()} /> : !rows ? <Waiting /> : rows.length ? <Table caption="API keys" columns={columns} rows={rows} idOf={row => row.key} /> : <Empty icon="key" title="No keys yet" />}</section>
      <PasswordCard />
      {making && <NewKey onClose={() => { setMaking(false); void again() }} />}
      {removed && <Remove row={removed} onClose={() => setRemoved(null)} done={() => void again()} />}
    </div>
  )
}

export default function KeysPage() { return <NeedsSession title="API keys" what="Sign in to see your API keys"><Keys /></NeedsSession> }
