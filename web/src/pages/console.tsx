import { useState, type FormEvent } from 'react'
import { operate, session } from '../api/rest'
import { store, useStore } from '../data/store'
import { Tabs, TextField, useAction } from '../ui/controls'
import { Instruments, Prices } from './console-markets'
import { Users } from './console-users'
import { Venue } from './console-venue'

/** The operator's token: in this tab's memory, nowhere else, and gone with it. */
const token = store('')

type Part = 'venue' | 'markets' | 'prices' | 'users'

function Gate() {
  const [text, setText] = useState('')
  const action = useAction()
  const enter = (event: FormEvent) => {
    event.preventDefault()
    void action.run(async () => {
      await operate(text.trim(), 'GET', 'status')
      token.set(text.trim())
    })
  }
  return (
    <div className="page narrow">
      <h1>Operator's console</h1>
      <p className="lead">Users, markets, prices and the clock of this venue. It needs the admin token: the file <span className="mono">admin-token</span> in the data folder, or <span className="mono">SLUICE_ADMIN_TOKEN</span>.</p>
      <form className="card stack" onSubmit={enter}>
        <TextField label="Admin token" type="password" autoComplete="off" value={text} onChange={setText} required hint="Kept in this tab's memory only: reloading the page forgets it." />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary" disabled={action.busy || !text}>Open console</button>
      </form>
    </div>
  )
}

export default function ConsolePage() {
  const now = useStore(token)
  const manual = useStore(session)?.manual_clock ?? false
  const [part, setPart] = useState<Part>('venue')
  if (!now) return <Gate />
  return (
    <div className="page">
      <header><h1>Operator's console</h1><button className="plain" onClick={() => token.set('')}>Lock</button></header>
      <Tabs label="Part of the console" value={part} onChange={setPart} items={[{ id: 'venue', label: 'Venue' }, { id: 'markets', label: 'Instruments' }, { id: 'prices', label: 'Prices' }, { id: 'users', label: 'Users' }]} />
      {part === 'venue' ? <Venue token={now} manual={manual} /> : part === 'markets' ? <Instruments token={now} /> : part === 'prices' ? <Prices token={now} /> : <Users token={now} />}
    </div>
  )
}
