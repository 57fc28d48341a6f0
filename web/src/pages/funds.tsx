import { useState } from 'react'
import { own, session } from '../api/rest'
import { readAccount } from '../data/account'
import { amount } from '../data/format'
import { useStore } from '../data/store'
import { Check, Dialog, Empty, Problem, useAction, Waiting } from '../ui/controls'
import { useReading } from '../ui/reading'
import { tell } from '../ui/toast'
import { NeedsSession } from './needs-session'

interface Left { currency: string; top_up: string; top_ups_left: number; resets_left: number }

function Reset({ onClose, done }: { onClose: () => void; done: () => void }) {
  const [sure, setSure] = useState(false)
  const action = useAction()
  const reset = async () => {
    if (!(await action.run(() => own('POST', '/funds/reset', {})))) return
    tell('good', 'Back to the start', 'Orders are cancelled, and the funds are those of the first day.')
    done()
    onClose()
  }
  return (
    <Dialog title="Reset the demo account" onClose={onClose}>
      <p>Every open order is cancelled and every position closed. Balances become those of the start. Your history stays.</p>
      <Check label="Start over" value={sure} onChange={setSure} />
      {action.error && <p className="wrongs" role="alert">{action.error}</p>}
      <button className="danger block" disabled={!sure || action.busy} onClick={() => void reset()}>Reset account</button>
    </Dialog>
  )
}

function Funds() {
  const who = useStore(session)
  const { value: left, error, again } = useReading(() => own<Left>('GET', '/funds'), [])
  const [asks, setAsks] = useState(false)
  const action = useAction()
  const done = () => { void again(); void readAccount() }
  const topUp = async () => {
    if (!(await action.run(() => own('POST', '/funds/top-up', {})))) return
    tell('good', `${amount(left?.top_up)} ${left?.currency} added`, 'They are in the spot wallet.')
    done()
  }
  if (!who?.is_demo) return <div className="page"><h1>Demo funds</h1><section className="card"><Empty icon="coins" title="These are for the demo account">You are signed in with another one: the operator of this venue funds it in the console.</Empty></section></div>
  return (
    <div className="page">
      <h1>Demo funds</h1>
      <p className="lead">Everything on this venue is virtual. Try what you would not try elsewhere, and start over when it went wrong.</p>
      {error ? <Problem text={error} retry={() => void again()} /> : !left ? <Waiting rows={4} /> : (
        <div className="cards">
          <section className="card stack even"><h2>Top up</h2><p className="lead">Adds {amount(left.top_up)} {left.currency} to the spot wallet. Left today: <b data-testid="top-ups">{left.top_ups_left}</b>.</p>
            {action.error && <p className="wrongs" role="alert">{action.error}</p>}
            <button className="primary" disabled={action.busy || left.top_ups_left === 0} onClick={() => void topUp()}>Add {amount(left.top_up)} {left.currency}</button></section>
          <section className="card stack even"><h2>Start over</h2><p className="lead">Cancels your orders, closes your positions, and gives you the funds of the first day. Left today: <b>{left.resets_left}</b>.</p>
            <button className="danger" disabled={left.resets_left === 0} onClick={() => setAsks(true)}>Reset account</button></section>
        </div>
      )}
      {asks && <Reset onClose={() => setAsks(false)} done={done} />}
    </div>
  )
}

export default function FundsPage() { return <NeedsSession title="Demo funds" what="Sign in with the demo account"><Funds /></NeedsSession> }
