import { useState } from 'react'
import { operate } from '../api/rest'
import { moment } from '../data/format'
import { Dialog, NumberField, Problem, Select, TextField, useAction, Waiting } from '../ui/controls'
import { useReading } from '../ui/reading'
import { Table, type Column } from '../ui/table'
import { tell } from '../ui/toast'

interface User { user_id: number; name: string; main: number; locked: boolean; keys: number; created_at: number }

const wallets = ['spot', 'futures:usdt', 'futures:btc', 'delivery:usdt', 'options'] as const

function Fund({ token, user, onClose }: { token: string; user: User; onClose: () => void }) {
  const [wallet, setWallet] = useState<(typeof wallets)[number]>('spot')
  const [asset, setAsset] = useState('USDT')
  const [size, setSize] = useState('10000')
  const action = useAction()
  const fund = async () => {
    if (!(await action.run(() => operate(token, 'POST', `users/${user.user_id}/fund`, { wallet, asset, amount: size })))) return
    tell('good', `${size} ${asset} for ${user.name || user.user_id}`)
    onClose()
  }
  return (
    <Dialog title={`Fund ${user.name || user.user_id}`} onClose={onClose}>
      <form className="stack" onSubmit={event => { event.preventDefault(); void fund() }}>
        <Select label="Wallet" value={wallet} onChange={setWallet} items={wallets.map(id => ({ id, label: id }))} />
        <div className="pair"><TextField label="Asset" value={asset} onChange={text => setAsset(text.toUpperCase())} /><NumberField label="Amount" value={size} onChange={setSize} /></div>
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy || !Number(size)}>Give</button>
      </form>
    </Dialog>
  )
}

function Reset({ token, user, onClose }: { token: string; user: User; onClose: () => void }) {
  const action = useAction()
  const reset = async () => { if (await action.run(() => operate(token, 'POST', `users/${user.user_id}/reset`, {}))) { tell('good', `${user.name || user.user_id} starts over`); onClose() } }
  return (
    <Dialog title={`Reset ${user.name || user.user_id}`} onClose={onClose}>
      <p>Orders are cancelled, positions closed, and balances put back to the start.</p>
      {action.error && <p className="wrongs" role="alert">{action.error}</p>}
      <button className="danger block" disabled={action.busy} onClick={() => void reset()}>Reset user</button>
    </Dialog>
  )
}

export function Users({ token }: { token: string }) {
  const { value, error, again } = useReading(() => operate<{ users: User[] }>(token, 'GET', 'users'), [token], 10_000)
  const [name, setName] = useState('')
  const [made, setMade] = useState<{ user_id: number; key: string; secret: string } | null>(null)
  const [funded, setFunded] = useState<User | null>(null)
  const [reset, setReset] = useState<User | null>(null)
  const action = useAction()
  const create = () => void action.run(async () => { setMade(await operate(token, 'POST', 'users', { name })); setName(''); await again() })
  if (error) return <Problem text={error} retry={() => void again()} />
  if (!value) return <Waiting />
  const columns: Column<User>[] = [
    { id: 'id', label: 'User', cell: row => <b>{row.user_id}</b> }, { id: 'name', label: 'Name', cell: row => row.name || '–' }, { id: 'main', label: 'Sub-account of', wide: true, cell: row => (row.main !== row.user_id && row.main ? row.main : '–') },
    { id: 'keys', label: 'Keys', number: true, wide: true, cell: row => row.keys }, { id: 'since', label: 'Since', wide: true, cell: row => <span className="faint">{moment(row.created_at * 1000)}</span> },
    { id: 'act', label: '', number: true, cell: row => <span className="acts"><button className="plain small" onClick={() => setFunded(row)}>Fund</button><button className="danger small" onClick={() => setReset(row)}>Reset</button></span> },
  ]
  return (
    <section className="card flush">
      <form className="bar rowform" onSubmit={event => { event.preventDefault(); create() }}>
        <TextField label="New user" value={name} onChange={setName} placeholder="Name" maxLength={64} /><button className="primary" disabled={action.busy || !name}>Create</button>
      </form>
      {action.error && <p className="wrongs" role="alert">{action.error}</p>}
      <Table caption="Users" columns={columns} rows={value.users} idOf={row => String(row.user_id)} />
      {funded && <Fund token={token} user={funded} onClose={() => setFunded(null)} />}
      {reset && <Reset token={token} user={reset} onClose={() => setReset(null)} />}
      {made && <Dialog title={`User ${made.user_id}`} onClose={() => setMade(null)} wide>
        <p className="notice">The secret is shown this once.</p>
        <div className="secret"><span>Key</span><code>{made.key}</code></div><div className="secret"><span>Secret</span><code>{made.secret}</code></div>
      </Dialog>}
    </section>
  )
}
