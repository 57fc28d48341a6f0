import { useState } from 'react'
import { operate } from '../api/rest'
import { actionOf, actionWords, changesTerms, isAction, ofDelivery, ofPerpetual, shared, termsOf, type Action, type ChangeKind, type Values } from '../data/changes'
import { moment, words } from '../data/format'
import { reloadMarkets } from '../data/markets'
import { Choice, Dialog, NumberField, Select, TextField, useAction } from '../ui/controls'
import { useReading } from '../ui/reading'
import { tell } from '../ui/toast'

const hour = 3_600
const kinds: readonly { id: ChangeKind; label: string }[] = [{ id: 'terms', label: 'Terms' }, { id: 'dividend', label: 'Dividend' }, { id: 'split', label: 'Split' }]
const intervals = [{ id: '', label: 'As it is' }, ...[1, 2, 4, 8].map(hours => ({ id: String(hours * hour), label: hours === 1 ? '1 hour' : `${hours} hours` }))]
const graces = [{ id: '', label: '3 days' }, { id: String(hour), label: '1 hour' }, { id: String(24 * hour), label: '1 day' }, { id: '0', label: 'None' }]

/**
 * Changes a listed contract: other terms, or a dividend or a split of the stock behind it.
 * @param sleeps Whether the market behind it has hours: only then can it be of a stock.
 */
export function Change({ token, name, delivery, sleeps, onClose, done }: { token: string; name: string; delivery: boolean; sleeps: boolean; onClose: () => void; done: () => void }) {
  const [kind, setKind] = useState<ChangeKind>('terms')
  const [terms, setTerms] = useState<Values>({})
  const [event, setEvent] = useState<Values>({ reference: '', amount: '', new_shares: '2', old_shares: '1' })
  const [at, setAt] = useState('')
  const action = useAction()
  const path = `instruments/${encodeURIComponent(name)}`
  const send = () => void action.run(async () => {
    if (kind === 'terms') await operate(token, 'PUT', path, termsOf(terms))
    else await operate(token, 'POST', `${path}/actions`, actionOf(kind, event, at))
    tell('good', kind === 'terms' ? `${name} has other terms` : `A ${kind} of ${name} is ${at ? 'announced' : 'done'}`)
    void reloadMarkets()
    done()
    onClose()
  })
  const term = ([id, label]: readonly [string, string]) => <TextField key={id} label={label} inputMode="decimal" value={terms[id] ?? ''} placeholder="as it is" onChange={to => setTerms(now => ({ ...now, [id]: to }))} />
  const field = (id: string, label: string) => <NumberField label={label} value={event[id] ?? ''} onChange={to => setEvent(now => ({ ...now, [id]: to }))} />
  return (
    <Dialog title={`Change ${name}`} onClose={onClose} wide>
      <form className="stack" onSubmit={submitted => { submitted.preventDefault(); send() }}>
        {sleeps && <Choice label="What to change" className="wholly" value={kind} onChange={to => { setKind(to); action.clear() }} items={kinds} />}
        {kind === 'terms' ? <>
          <div className="triple">{[...shared, ...(delivery ? ofDelivery : ofPerpetual)].map(term)}
            {!delivery && <Select label="Funding every" value={terms.funding_interval ?? ''} onChange={to => setTerms(now => ({ ...now, funding_interval: to }))} items={intervals} />}
            <Select label="Time of grace" value={terms.config_grace ?? ''} onChange={to => setTerms(now => ({ ...now, config_grace: to }))} items={graces} /></div>
          <p className="hint">What is left empty stays. Rates are fractions: 0.02 is 2%. Whom the change alone would liquidate keeps the requirements of before for the time of grace.</p>
        </> : <>
          <div className="triple">{kind === 'dividend' ? field('amount', 'Amount a share') : <>{field('new_shares', 'New shares')}{field('old_shares', 'For old shares')}</>}
            <TextField label="Reference" value={event.reference!} onChange={to => setEvent(now => ({ ...now, reference: to }))} required maxLength={64} />
            <TextField label="When (empty: at once)" type="datetime-local" value={at} onChange={setAt} /></div>
          <p className="hint">{kind === 'dividend' ? 'Shorts pay longs, and mark and index fall by the amount.' : 'While its market is closed: orders are cancelled, sizes multiplied and prices divided.'} A reference is used once.</p>
        </>}
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy || !(kind === 'terms' ? changesTerms(terms) : isAction(kind, event))}>{kind === 'terms' ? 'Change the terms' : kind === 'dividend' ? 'Announce the dividend' : 'Announce the split'}</button>
      </form>
      {kind !== 'terms' && <Announced token={token} name={name} />}
    </Dialog>
  )
}

function Announced({ token, name }: { token: string; name: string }) {
  const { value, again } = useReading(() => operate<{ actions: Action[] }>(token, 'GET', 'actions'), [token], 5_000)
  const action = useAction()
  const rows = (value?.actions ?? []).filter(row => row.instrument === name)
  const back = (id: number) => void action.run(async () => { await operate(token, 'DELETE', `actions/${id}`); tell('good', 'It is taken back'); await again() })
  if (!rows.length) return null
  return (
    <fieldset className="stack"><legend>Announced and done</legend>
      {rows.map(row => (
        <div key={row.id} className="bar"><span><b>{row.reference}</b> {row.kind}, {actionWords(row)}, {words(row.status)} {row.at ? moment(row.at * 1000) : ''}</span>
          {row.status === 'scheduled' && <button type="button" className="plain small" disabled={action.busy} onClick={() => back(row.id)}>Take back</button>}</div>
      ))}
      {action.error && <p className="wrongs" role="alert">{action.error}</p>}
    </fieldset>
  )
}
