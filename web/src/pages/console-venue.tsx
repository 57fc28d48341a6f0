import { useState } from 'react'
import { operate } from '../api/rest'
import { amount, capital, moment, words } from '../data/format'
import { NumberField, Problem, useAction, Waiting } from '../ui/controls'
import { useReading } from '../ui/reading'
import { Table, type Column } from '../ui/table'
import { tell } from '../ui/toast'

interface Status { sequence: number; durable_sequence: number; state_hash: string; clock: number; rules_version: number; counts: Record<string, number> }
interface Checks { ok: boolean; checks: { name: string; ok: boolean; detail: string }[] }
interface Fund { account: string; asset: string; amount: string }

async function ready(): Promise<{ good: boolean; text: string }> {
  const answer = await fetch('/health/ready')
  const json = (await answer.json()) as { status?: string; message?: string }
  return { good: answer.ok, text: json.message ?? json.status ?? '' }
}

export const Light = ({ good, children }: { good: boolean; children: React.ReactNode }) => <span className={`light ${good ? 'good' : 'bad'}`}><i aria-hidden="true" />{children}</span>

function Clock({ token, clock, manual, done }: { token: string; clock: number; manual: boolean; done: () => void }) {
  const [seconds, setSeconds] = useState('3600')
  const action = useAction()
  const act = (path: string, body: unknown, said: string) => void action.run(async () => { await operate(token, 'POST', path, body); tell('good', said); done() })
  return (
    <section className="card stack">
      <h2>Clock</h2>
      <p className="figure num">{moment(clock)}</p>
      {manual ? (
        <form className="rowform" onSubmit={event => { event.preventDefault(); act('clock/advance', { seconds }, 'The clock has moved') }}>
          <NumberField label="Advance by" unit="seconds" value={seconds} onChange={setSeconds} />
          <button className="primary" disabled={action.busy || !Number(seconds)}>Advance</button>
          <button type="button" className="plain" disabled={action.busy} onClick={() => act('clock/advance', { seconds: 28_800 }, 'Eight hours on')}>8 hours</button>
        </form>
      ) : <p className="hint">It follows real time. Start the venue with <span className="mono">--clock manual</span> to move it by hand.</p>}
      <div className="rowform">
        <button className="plain" disabled={action.busy} onClick={() => act('pause', { paused: true }, 'Ticks and participants are paused')}>Pause</button>
        <button className="plain" disabled={action.busy} onClick={() => act('pause', { paused: false }, 'The venue goes on')}>Go on</button>
      </div>
      {action.error && <p className="wrongs" role="alert">{action.error}</p>}
    </section>
  )
}

export function Venue({ token, manual }: { token: string; manual: boolean }) {
  const status = useReading(() => operate<Status>(token, 'GET', 'status'), [token], 3_000)
  const checks = useReading(() => operate<Checks>(token, 'GET', 'invariants'), [token], 15_000)
  const funds = useReading(() => operate<{ funds: Fund[] }>(token, 'GET', 'funds'), [token], 5_000)
  const health = useReading(ready, [], 3_000)
  if (status.error) return <Problem text={status.error} retry={() => void status.again()} />
  if (!status.value) return <Waiting />
  const now = status.value
  const columns: Column<Fund>[] = [
    { id: 'account', label: 'Account', cell: row => (row.account.includes(':') ? row.account : capital(words(row.account))) }, { id: 'asset', label: 'Asset', cell: row => <b>{row.asset}</b> }, { id: 'amount', label: 'Amount', number: true, cell: row => amount(row.amount, 4) },
  ]
  const order = (row: Fund) => (row.account === 'insurance' ? 0 : row.account === 'fees' ? 1 : 2)
  return (
    <>
      <section className="card">
        <dl className="figures">
          <div><dt>Health</dt><dd><Light good={health.value?.good ?? false}>{health.error || health.value?.text || '…'}</Light></dd></div>
          <div><dt>Sequence</dt><dd>{amount(now.sequence, 0)}</dd></div>
          <div><dt>Invariants</dt><dd>{checks.value ? <Light good={checks.value.ok}>{checks.value.ok ? `${checks.value.checks.length} hold` : 'broken'}</Light> : '…'}</dd></div>
          {Object.entries(now.counts).filter(([name]) => ['users', 'instruments', 'open_orders', 'positions', 'trades'].includes(name)).map(([name, count]) => <div key={name}><dt>{capital(words(name))}</dt><dd>{amount(count, 0)}</dd></div>)}
        </dl>
        <p className="hint mono">state {now.state_hash} · durable {amount(now.durable_sequence, 0)} · rules {now.rules_version}</p>
        {checks.value?.checks.filter(check => !check.ok).map(check => <p key={check.name} className="wrongs">{check.name}: {check.detail}</p>)}
      </section>
      <div className="cards">
        <Clock token={token} clock={now.clock} manual={manual} done={() => void status.again()} />
        <section className="card flush"><div className="bar"><h2>Insurance fund and the venue's accounts</h2></div>
          {funds.error ? <Problem text={funds.error} /> : !funds.value ? <Waiting /> : <div className="tall"><Table caption="Accounts of the venue" columns={columns} rows={[...funds.value.funds].sort((a, b) => order(a) - order(b))} idOf={row => `${row.account}:${row.asset}`} /></div>}
        </section>
      </div>
    </>
  )
}
