import type { ReactNode } from 'react'
import { session } from '../api/rest'
import { useStore } from '../data/store'
import { signingIn } from '../state'
import { Empty, Waiting } from '../ui/controls'

/** A page that is about somebody: asks who it is first. */
export function NeedsSession({ title, what, children }: { title: string; what: string; children: ReactNode }) {
  const who = useStore(session)
  if (!who) return <Waiting rows={8} />
  if (who.signed_in) return children
  return <div className="page"><h1>{title}</h1><section className="card"><Empty icon="user" title={what}><button className="primary" onClick={() => signingIn.set(true)}>Sign in</button></Empty></section></div>
}
