import { useState, type FormEvent } from 'react'
import { session, signIn, signInAsDemo, signInByName } from '../api/rest'
import { useStore } from '../data/store'
import { Dialog, Tabs, TextField, useAction } from '../ui/controls'
import { tell } from '../ui/toast'

export function SignIn({ onClose }: { onClose: () => void }) {
  const who = useStore(session)
  const [by, setBy] = useState<'key' | 'password'>('key')
  const [name, setName] = useState('')
  const [secret, setSecret] = useState('')
  const [code, setCode] = useState('')
  const action = useAction()
  const enter = async (act: () => Promise<void>) => {
    if (!(await action.run(act))) return
    tell('good', 'Signed in', session.get()?.is_demo ? 'The demo account has virtual funds: nothing here is real money.' : '')
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void enter(() => (by === 'key' ? signIn(name.trim(), secret.trim()) : signInByName(name.trim(), secret, code.trim())))
  }
  const turn = (to: 'key' | 'password') => { setBy(to); setName(''); setSecret(''); action.clear() }
  return (
    <Dialog title="Sign in" onClose={onClose}>
      {who?.demo_sign_in && (
        <>
          <button className="primary block" disabled={action.busy} onClick={() => void enter(signInAsDemo)}>Use the demo account</button>
          <p className="hint center">Virtual funds, live markets, one click.</p>
          <p className="or"><span>or</span></p>
        </>
      )}
      <form onSubmit={submit} className="stack">
        <Tabs small label="How to sign in" value={by} onChange={turn} items={[{ id: 'key', label: 'API key' }, { id: 'password', label: 'Password' }]} />
        <TextField key={`${by} name`} label={by === 'key' ? 'Key' : 'Name'} value={name} onChange={setName} autoComplete="username" required />
        <TextField key={`${by} secret`} label={by === 'key' ? 'Secret' : 'Password'} value={secret} onChange={setSecret} type="password" autoComplete="current-password" required
          hint={by === 'key' ? 'Sent once to this venue and kept by nobody; the session may do what the key may.' : 'Set one on the page API keys, while signed in with a key.'} />
        {by === 'password' && <TextField label="One-time code, where set up" value={code} onChange={setCode} autoComplete="one-time-code" inputMode="numeric" />}
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className={who?.demo_sign_in ? 'plain block' : 'primary block'} disabled={action.busy || !name || !secret}>Sign in</button>
      </form>
    </Dialog>
  )
}
