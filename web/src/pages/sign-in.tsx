import { useState, type FormEvent } from 'react'
import { session, signIn, signInAsDemo } from '../api/rest'
import { useStore } from '../data/store'
import { Dialog, TextField, useAction } from '../ui/controls'
import { tell } from '../ui/toast'

export function SignIn({ onClose }: { onClose: () => void }) {
  const who = useStore(session)
  const [key, setKey] = useState('')
  const [secret, setSecret] = useState('')
  const action = useAction()
  const enter = async (act: () => Promise<void>) => {
    if (!(await action.run(act))) return
    tell('good', 'Signed in', session.get()?.is_demo ? 'The demo account has virtual funds: nothing here is real money.' : '')
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void enter(() => signIn(key.trim(), secret.trim()))
  }
  return (
    <Dialog title="Sign in" onClose={onClose}>
      {who?.demo_sign_in && (
        <>
          <button className="primary block" disabled={action.busy} onClick={() => void enter(signInAsDemo)}>Use the demo account</button>
          <p className="hint center">Virtual funds, live markets, one click.</p>
          <p className="or"><span>or with an API key</span></p>
        </>
      )}
      <form onSubmit={submit} className="stack">
        <TextField label="Key" value={key} onChange={setKey} autoComplete="username" required />
        <TextField label="Secret" value={secret} onChange={setSecret} type="password" autoComplete="current-password" required hint="Sent once to this venue and kept by nobody; the session may do what the key may." />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className={who?.demo_sign_in ? 'plain block' : 'primary block'} disabled={action.busy || !key || !secret}>Sign in</button>
      </form>
    </Dialog>
  )
}
