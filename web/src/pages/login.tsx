import { useState } from 'react'
import { own } from '../api/rest'
import { Problem, TextField, useAction, Waiting } from '../ui/controls'
import { useReading } from '../ui/reading'
import { tell } from '../ui/toast'

interface Login { name: string; codes: boolean }

/** A name and password for the key that is signed in with, and one-time codes on top. */
export function PasswordCard() {
  const { value: login, error, again } = useReading(() => own<Login>('GET', '/login'), [])
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [offer, setOffer] = useState<{ secret: string; uri: string } | null>(null)
  const [code, setCode] = useState('')
  const action = useAction()
  const act = (said: string, method: string, path: string, body?: unknown) => void action.run(async () => {
    await own<Login>(method, path, body)
    tell('good', said)
    setPassword('')
    setCode('')
    setOffer(null)
    await again()
  })
  if (error) return <Problem text={error} retry={() => void again()} />
  if (!login) return <Waiting rows={3} />
  return (
    <div className={login.name ? 'cards' : 'cards single'}>
      <form className="card stack" onSubmit={event => { event.preventDefault(); act('Password set', 'PUT', '/login', { name: name || login.name, password }) }}>
        <h2>Password</h2>
        <p className="lead">{login.name ? <>You can sign in as <b>{login.name}</b>, with what the key of this session may.</> : 'Sign in with a name and password instead of this key.'}</p>
        <TextField label="Sign-in name" value={name} onChange={setName} placeholder={login.name || 'ada'} autoComplete="username" />
        <TextField label="New password" type="password" value={password} onChange={setPassword} autoComplete="new-password" hint="At least 10 characters" />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <div className="rowform"><button className="primary" disabled={action.busy || password.length < 10 || !(name || login.name)}>{login.name ? 'Change password' : 'Set password'}</button>
          {login.name && <button type="button" className="danger" disabled={action.busy} onClick={() => act('Password removed', 'DELETE', '/login')}>Remove</button>}</div>
      </form>
      {login.name && (
        <form className="card stack" onSubmit={event => { event.preventDefault(); if (login.codes) act('Codes are off', 'POST', '/login/codes/off', { code }); else act('Codes are asked for from now on', 'PUT', '/login/codes', { code }) }}>
          <h2>One-time codes</h2>
          {login.codes && <p className="lead">A code is asked for whenever you sign in as <b>{login.name}</b>. One more turns them off.</p>}
          {!login.codes && !offer && <><p className="lead">Ask for a code of an authenticator besides the password.</p><button type="button" className="plain" disabled={action.busy} onClick={() => void action.run(async () => setOffer(await own('POST', '/login/codes', {})))}>Set up</button></>}
          {offer && <div className="secret"><span>Type this secret into your authenticator, then its first code here.</span><code>{offer.secret}</code></div>}
          {(login.codes || offer) && <><TextField label="Code" value={code} onChange={setCode} inputMode="numeric" autoComplete="one-time-code" /><button className={login.codes ? 'danger' : 'primary'} disabled={action.busy || code.length < 6}>{login.codes ? 'Turn codes off' : 'Turn codes on'}</button></>}
        </form>
      )}
    </div>
  )
}
